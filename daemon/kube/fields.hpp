#pragma once
#include <string>

#include "protocol/json.hpp"

/// Reading objects of which nothing is certain: a member that is missing, null or of another type counts as empty.
namespace gf::kube {

/// The member `key`, or an empty object that lives for ever.
const Json& at(const Json& object, const char* key);
std::string text(const Json& object, const char* key);
int number(const Json& object, const char* key, int fallback = 0);
std::string name_of(const Json& object);  ///< of its metadata

}  // namespace gf::kube
