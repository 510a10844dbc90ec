#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace gf {

/// Where things live, by the XDG Base Directory specification. All absolute.
struct Paths {
  std::filesystem::path
      runtime;  ///< $XDG_RUNTIME_DIR/gf, else /run/user/UID/gf when that exists, else /tmp/gf-UID (0700, ours)
  std::filesystem::path state;   ///< $XDG_STATE_HOME/gf, else ~/.local/state/gf
  std::filesystem::path data;    ///< $XDG_DATA_HOME/gf, else ~/.local/share/gf: backups
  std::filesystem::path cache;   ///< $XDG_CACHE_HOME/gf, else ~/.cache/gf
  std::filesystem::path config;  ///< $XDG_CONFIG_HOME/gf, else ~/.config/gf
  std::filesystem::path
      share;  ///< holds addons/ and images/: $GF_SHARE, else ../share/greenfield of the program, else the source tree
  std::filesystem::path
      agent;  ///< the gf-agent program: $GF_AGENT, else ../libexec/greenfield/gf-agent, else beside the program's build
  std::filesystem::path supervisor;  ///< the gf-supervise program: $GF_SUPERVISE, else likewise

  std::filesystem::path socket() const { return runtime / "gfd.sock"; }
  std::filesystem::path lock() const { return runtime / "gfd.lock"; }
  std::filesystem::path log() const { return state / "gfd.log"; }
  /// What the nodes of a cluster have mounted, to meet gfd there. Not below `runtime`: their engine starts no node
  /// whose folder a restart of the machine has taken away.
  std::filesystem::path link(const std::string& cluster) const { return state / "clusters" / cluster / "link"; }
};

using Environment = std::function<std::optional<std::string>(const std::string&)>;

/// Pure but for looking whether folders exist. `program` is /proc/self/exe. Relative XDG values are ignored, as the
/// specification says.
Paths find_paths(const Environment& environment, const std::filesystem::path& program, unsigned uid);
Paths find_paths();  ///< for this process

}  // namespace gf
