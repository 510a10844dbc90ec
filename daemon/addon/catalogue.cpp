#include "addon/catalogue.hpp"

#include <sstream>

#include "protocol/error.hpp"

namespace gf::addon {

namespace {

/// NAME=value lines; comments and blank lines are skipped.
std::map<std::string, std::string> read_versions(const std::string& text) {
  std::map<std::string, std::string> rows;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    line.resize(std::min(line.size(), line.find('#')));
    const auto equals = line.find('=');
    if (equals == std::string::npos) continue;
    auto value = line.substr(equals + 1);
    value.erase(value.find_last_not_of(" \t\"") + 1);
    value.erase(0, value.find_first_not_of(" \t\""));
    rows[line.substr(0, equals)] = value;
  }
  return rows;
}

}  // namespace

Catalogue Catalogue::load(FileSystem& files, const std::filesystem::path& share) {
  const auto versions = read_versions(files.read(share / "images/versions.env").value_or(""));
  std::map<std::string, AddonSpec> specs;
  for (const auto& folder : files.list(share / "addons"))
    if (const auto text = files.read(folder / "addon.yaml"))
      specs.emplace(folder.filename(), read_addon(*text, folder, versions));
  for (const auto& [name, spec] : specs)
    for (const auto& required : spec.requires_)
      if (!specs.contains(required))
        throw Error(ErrorCode::bad_config, "cannot use " + (spec.folder / "addon.yaml").string() + ": it requires '" +
                                               required + "', which there is not");
  return Catalogue(std::move(specs));
}

const AddonSpec& Catalogue::at(const std::string& name) const {
  const auto found = specs_.find(name);
  if (found != specs_.end()) return found->second;
  const auto near = nearest(name, names());
  throw Error(ErrorCode::not_found, "cannot find an addon called '" + name + "'",
              near.empty() ? "gf addon list" : "did you mean '" + near + "'?");
}

std::vector<std::string> Catalogue::names() const {
  std::vector<std::string> all;
  for (const auto& [name, spec] : specs_) all.push_back(name);
  return all;
}

}  // namespace gf::addon
