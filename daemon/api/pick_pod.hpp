#pragma once
#include <string>
#include <vector>

#include "protocol/json.hpp"

namespace gf::api {

/// Pure: the pod in which a program shall run: the one called `name`, or, where that is empty, one in which `container`
/// runs and that is not being ended; one that takes requests before one that does not. nullptr: there is none.
const Json* pick_pod(const std::vector<const Json*>& pods, const std::string& container, const std::string& name);

}  // namespace gf::api
