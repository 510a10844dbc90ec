#include "protocol/json.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include "protocol/error.hpp"

namespace gf {

namespace {

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

Json parse_json(std::string_view text, std::string_view what) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    const auto before = text.substr(0, std::min(error.byte, text.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const auto newline = before.rfind('\n');
    const auto column = newline == std::string_view::npos ? before.size() : before.size() - newline - 1;
    throw Error(ErrorCode::bad_request, "cannot read " + std::string(what) + " as JSON: line " + std::to_string(line) +
                                            ", column " + std::to_string(column));
  }
}

void refuse_unknown(const Json& object, std::initializer_list<std::string_view> known, std::string_view what) {
  if (!object.is_object())
    throw Error(ErrorCode::bad_request, "cannot use " + std::string(what) + ": it must be a JSON object");
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const auto near = nearest(key, {known.begin(), known.end()});
    throw Error(ErrorCode::bad_request, "cannot use " + std::string(what) + ": unknown field '" + key + "'",
                near.empty() ? "" : "did you mean '" + near + "'?");
  }
}

std::string nearest(std::string_view name, const std::vector<std::string>& known) {
  std::string best;
  std::size_t least = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const auto& candidate : known) {
    const auto away = distance(name, candidate);
    if (away < least) {
      least = away;
      best = candidate;
    }
  }
  return best;
}

std::string dump(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace gf
