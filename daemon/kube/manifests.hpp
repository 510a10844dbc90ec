#pragma once
#include <string>
#include <vector>

#include "protocol/json.hpp"

namespace gf::kube {

/// The documents of a YAML text as JSON, empty ones left out. Plain scalars are read by YAML 1.2's core schema, as
/// Kubernetes does; quoted ones are strings. `what` names the text in the error.
/// Throws Error(bad_config) with line and column.
std::vector<Json> read_documents(const std::string& text, const std::string& what);

/// `object` as a YAML document in blocks, with a line's end at its end. Whatever YAML could take for something else
/// than a string is quoted: read_documents() gives the same back, and so does YAML 1.1.
std::string write_document(const Json& object);

}  // namespace gf::kube
