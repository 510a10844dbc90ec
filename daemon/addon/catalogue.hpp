#pragma once
#include "addon/addon_spec.hpp"
#include "system/file_system.hpp"

namespace gf::addon {

/// All addons that there are.
class Catalogue {
 public:
  explicit Catalogue(std::map<std::string, AddonSpec> specs) : specs_(std::move(specs)) {}
  /// Reads <share>/addons/*/addon.yaml and <share>/images/versions.env. Throws Error(bad_config).
  static Catalogue load(FileSystem& files, const std::filesystem::path& share);

  /// Throws Error(not_found) with the nearest name.
  const AddonSpec& at(const std::string& name) const;
  const std::map<std::string, AddonSpec>& all() const { return specs_; }
  std::vector<std::string> names() const;

 private:
  std::map<std::string, AddonSpec> specs_;
};

}  // namespace gf::addon
