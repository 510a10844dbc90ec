#pragma once
#include <yaml-cpp/yaml.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gf::project {

/// Reads values out of YAML and collects everything that is wrong with them, each with its place.
class YamlReader {
 public:
  void complain(const YAML::Node& at, const std::string& sentence);
  const std::vector<std::string>& problems() const { return problems_; }

  /// Whether `node` is a map (complains if not); its keys must be among `known`, each once.
  bool open(const YAML::Node& node, const std::string& what, const std::vector<std::string>& known);
  std::string text(const YAML::Node& map, const char* key, std::string fallback = {});
  int integer(const YAML::Node& map, const char* key, int least, int most, int fallback);
  double number(const YAML::Node& map, const char* key, double least, double most, double fallback);
  /// "500ms", "5s", "2m". Without a fallback (nullptr) it must be there; the empty one means 0.
  std::chrono::milliseconds duration(const YAML::Node& map, const char* key, const char* fallback);
  std::vector<std::string> texts(const YAML::Node& map, const char* key);
  /// A path inside the checkout, cleaned.
  std::string inside(const YAML::Node& map, const char* key);
  /// A map of texts; numbers and booleans count as texts.
  std::map<std::string, std::string> table(const YAML::Node& map, const char* key);
  /// The text at `key`, which must be one of `choices`.
  std::string choice(const YAML::Node& map, const char* key, const std::vector<std::string>& choices,
                     std::string fallback);

 private:
  std::vector<std::string> problems_;
};

/// "a number", "a list" …: what stands there, for messages.
std::string kind_of(const YAML::Node& node);

/// Pure: whether it leads into the checkout: relative and without "..".
bool is_inside(const std::filesystem::path& path);
/// Pure: without superfluous parts and slashes.
std::string clean(const std::string& path);

}  // namespace gf::project
