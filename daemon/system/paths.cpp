#include "system/paths.hpp"

#include <unistd.h>

#include <cstdlib>

namespace gf {

namespace fs = std::filesystem;

namespace {

/// An absolute path of the environment, else the fallback.
fs::path folder(const Environment& environment, const std::string& variable, const fs::path& fallback) {
  const auto value = environment(variable);
  if (value && fs::path(*value).is_absolute()) return *value;
  return fallback;
}

fs::path first_existing(std::initializer_list<fs::path> candidates) {
  for (const auto& candidate : candidates) {
    std::error_code ignored;
    if (fs::exists(candidate, ignored)) return candidate;
  }
  return *candidates.begin();
}

}  // namespace

Paths find_paths(const Environment& environment, const fs::path& program, unsigned uid) {
  const auto home = folder(environment, "HOME", "/");
  const auto user = fs::path("/run/user") / std::to_string(uid);
  std::error_code ignored;
  Paths paths;
  const auto runtime = folder(environment, "XDG_RUNTIME_DIR", "");
  if (!runtime.empty())
    paths.runtime = runtime / "gf";
  else if (fs::is_directory(user, ignored))
    paths.runtime = user / "gf";
  else
    paths.runtime = "/tmp/gf-" + std::to_string(uid);
  paths.state = folder(environment, "XDG_STATE_HOME", home / ".local/state") / "gf";
  paths.data = folder(environment, "XDG_DATA_HOME", home / ".local/share") / "gf";
  paths.cache = folder(environment, "XDG_CACHE_HOME", home / ".cache") / "gf";
  paths.config = folder(environment, "XDG_CONFIG_HOME", home / ".config") / "gf";
  const auto prefix = program.parent_path().parent_path();
  // In a build tree the program lies in build/<preset>/<room>: the source tree is three folders up.
  const auto source = prefix.parent_path().parent_path();
  paths.share = folder(environment, "GF_SHARE", first_existing({prefix / "share/greenfield", source}));
  paths.agent =
      folder(environment, "GF_AGENT",
             first_existing({prefix / "libexec/greenfield/gf-agent", program.parent_path() / "agent/gf-agent"}));
  paths.supervisor = folder(
      environment, "GF_SUPERVISE",
      first_existing({prefix / "libexec/greenfield/gf-supervise", program.parent_path() / "supervise/gf-supervise"}));
  return paths;
}

Paths find_paths() {
  const auto environment = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (!value) return std::nullopt;
    return std::string(value);
  };
  return find_paths(environment, fs::read_symlink("/proc/self/exe"), ::getuid());
}

}  // namespace gf
