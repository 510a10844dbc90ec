#pragma once
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace gf {

using Json = nlohmann::json;

/// Parses `text`, which `what` names in the error ("the request body").
/// Throws Error(bad_request) with the line and column of the first fault.
Json parse_json(std::string_view text, std::string_view what);

/// Refuses every member of `object` that is not in `known`, by name and with the nearest known one.
/// Throws Error(bad_request); also when `object` is no JSON object.
void refuse_unknown(const Json& object, std::initializer_list<std::string_view> known, std::string_view what);

/// The nearest of `known` to `name` by edit distance, or "" when none is near (more than a third of the letters
/// differ).
std::string nearest(std::string_view name, const std::vector<std::string>& known);

/// Serialises; bytes that are not UTF-8 (file names may be) become U+FFFD instead of an exception.
std::string dump(const Json& value, int indent = -1);

}  // namespace gf
