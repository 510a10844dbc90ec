#include "project/yaml_reader.hpp"

#include <algorithm>
#include <charconv>
#include <regex>
#include <set>
#include <sstream>

#include "protocol/json.hpp"

namespace gf::project {

namespace {

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

}  // namespace

std::string kind_of(const YAML::Node& node) {
  if (!node.IsDefined() || node.IsNull()) return "nothing";
  if (node.IsSequence()) return "a list";
  if (node.IsMap()) return "a map";
  return "'" + node.Scalar() + "'";
}

void YamlReader::complain(const YAML::Node& at, const std::string& sentence) {
  const auto mark = at.Mark();
  problems_.push_back("greenfield.yaml:" + std::to_string(mark.line + 1) + ':' + std::to_string(mark.column + 1) +
                      ": " + sentence);
}

bool YamlReader::open(const YAML::Node& node, const std::string& what, const std::vector<std::string>& known) {
  if (!node.IsMap()) {
    complain(node, what + " must be a map, not " + kind_of(node));
    return false;
  }
  std::set<std::string> seen;
  for (const auto& member : node) {
    const auto key = member.first.IsScalar() ? member.first.Scalar() : std::string("?");
    if (!seen.insert(key).second) complain(member.first, "the key '" + key + "' stands here twice");
    if (known.empty() || std::ranges::find(known, key) != known.end()) continue;
    const auto near = nearest(key, known);
    complain(member.first, "unknown key '" + key + "' in " + what + "; " +
                               (near.empty() ? "known are: " + listed(known) : "did you mean '" + near + "'?"));
  }
  return true;
}

std::string YamlReader::text(const YAML::Node& map, const char* key, std::string fallback) {
  const auto node = map[key];
  if (!node.IsDefined()) return fallback;
  if (node.IsScalar() && !node.IsNull()) return node.Scalar();
  complain(node, std::string("'") + key + "' must be a text, not " + kind_of(node));
  return fallback;
}

int YamlReader::integer(const YAML::Node& map, const char* key, int least, int most, int fallback) {
  const auto node = map[key];
  if (!node.IsDefined()) return fallback;
  int value = 0;
  if (node.IsScalar()) {
    const auto& digits = node.Scalar();
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error == std::errc() && end == digits.data() + digits.size() && value >= least && value <= most) return value;
  }
  complain(node, std::string("'") + key + "' must be a whole number from " + std::to_string(least) + " to " +
                     std::to_string(most) + ", not " + kind_of(node));
  return fallback;
}

double YamlReader::number(const YAML::Node& map, const char* key, double least, double most, double fallback) {
  const auto node = map[key];
  if (!node.IsDefined()) return fallback;
  double value = 0;
  if (node.IsScalar()) {
    const auto& digits = node.Scalar();
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error == std::errc() && end == digits.data() + digits.size() && value >= least && value <= most) return value;
  }
  std::ostringstream range;
  range << least << " to " << most;
  complain(node, std::string("'") + key + "' must be a number from " + range.str() + ", not " + kind_of(node));
  return fallback;
}

std::chrono::milliseconds YamlReader::duration(const YAML::Node& map, const char* key, const char* fallback) {
  static const std::regex shape("([1-9][0-9]{0,6})(ms|s|m|h)");
  static const std::map<std::string, int> units = {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
  const auto told = text(map, key, fallback ? fallback : "");
  std::smatch parts;
  if (std::regex_match(told, parts, shape)) return std::chrono::milliseconds(std::stoll(parts[1]) * units.at(parts[2]));
  if (map[key].IsDefined() || !fallback)
    complain(map[key].IsDefined() ? map[key] : map,
             std::string("'") + key + "' must be a time such as 500ms, 5s or 2m, not " + kind_of(map[key]));
  return std::chrono::milliseconds(0);
}

std::vector<std::string> YamlReader::texts(const YAML::Node& map, const char* key) {
  std::vector<std::string> values;
  const auto node = map[key];
  if (!node.IsDefined()) return values;
  if (!node.IsSequence()) {
    complain(node, std::string("'") + key + "' must be a list, not " + kind_of(node));
    return values;
  }
  for (const auto& item : node) {
    if (item.IsScalar())
      values.push_back(item.Scalar());
    else
      complain(item, std::string("'") + key + "' must hold texts, not " + kind_of(item));
  }
  return values;
}

bool is_inside(const std::filesystem::path& path) {
  return !path.is_absolute() && std::ranges::find(path, "..") == path.end();
}

std::string clean(const std::string& path) {
  auto cleaned = std::filesystem::path(path).lexically_normal().string();
  while (cleaned.size() > 1 && cleaned.ends_with('/')) cleaned.pop_back();
  return cleaned;
}

std::string YamlReader::inside(const YAML::Node& map, const char* key) {
  const auto path = text(map, key);
  if (!is_inside(path))
    complain(map[key], std::string("'") + key + "' must lie inside the checkout, not at '" + path + "'");
  return path.empty() ? path : clean(path);
}

std::map<std::string, std::string> YamlReader::table(const YAML::Node& map, const char* key) {
  std::map<std::string, std::string> values;
  const auto node = map[key];
  if (!node.IsDefined() || !open(node, std::string("'") + key + "'", {})) return values;
  for (const auto& member : node) {
    if (member.second.IsScalar())
      values[member.first.Scalar()] = member.second.Scalar();
    else
      complain(member.second, "'" + member.first.Scalar() + "' must be a text, not " + kind_of(member.second));
  }
  return values;
}

std::string YamlReader::choice(const YAML::Node& map, const char* key, const std::vector<std::string>& choices,
                               std::string fallback) {
  const auto value = text(map, key, fallback);
  if (value == fallback || std::ranges::find(choices, value) != choices.end()) return value;
  const auto near = nearest(value, choices);
  complain(map[key], std::string("'") + key + "' cannot be '" + value + "'; " +
                         (near.empty() ? "it is one of: " + listed(choices) : "did you mean '" + near + "'?"));
  return fallback;
}

}  // namespace gf::project
