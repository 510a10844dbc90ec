#pragma once
#include <string>
#include <string_view>

#include "node/messages.hpp"

namespace gf::agent {

using node::Failure;  // what the agent throws: it crosses the stream as it is

/// The words for an errno, lower case: "permission denied".
std::string words(int error);

/// A path for people: quoted, control characters as \xNN.
std::string shown(std::string_view path);

/// The failure of doing `what` ("write") to `path` below `target`, with the remedy where there is one.
Failure file_failure(int error, std::string_view what, std::string_view path, std::string_view target);

}  // namespace gf::agent
