#include "project/sync_reader.hpp"

#include "project/keys.hpp"

namespace gf::project {

namespace {

OnSync on_sync_from(const std::string& word) {
  return word == "reload" ? OnSync::reload : word == "restart" ? OnSync::restart : OnSync::none;
}

}  // namespace

void SyncReader::read(AppSpec& app, const YAML::Node& node) {
  app.on_sync = on_sync_from(in_.choice(node, "on_sync", {"none", "reload", "restart"}, "none"));
  app.reload_signal = in_.choice(node, "reload_signal", {"HUP", "USR1", "USR2", "INT", "TERM"}, "HUP");
  const bool mounts = in_.choice(node, "sync_mode", {"copy", "mount"}, "copy") == "mount";
  app.sync_mode = mounts ? SyncMode::mount : SyncMode::copy;
  if (const auto rules = node["sync"]; rules.IsDefined())
    read_rules(app, rules);
  else if (app.on_sync == OnSync::restart)
    in_.complain(node["on_sync"], "'on_sync: restart' needs 'sync': the files whose changes restart the program");
  if (mounts) check_mount(app, node["sync_mode"]);
}

void SyncReader::read_rules(AppSpec& app, const YAML::Node& rules) {
  if (!rules.IsSequence()) return in_.complain(rules, "'sync' must be a list of {from, to}, not " + kind_of(rules));
  for (const auto& rule : rules) {
    if (!in_.open(rule, "a rule of 'sync'", known_keys().at("sync"))) continue;
    SyncRule read{in_.inside(rule, "from"), in_.text(rule, "to")};
    if (read.from.empty()) in_.complain(rule, "a rule of 'sync' needs 'from'");
    if (!read.to.starts_with('/') || read.to.find("..") != std::string::npos || clean(read.to) == "/")
      in_.complain(rule, "'to' must be an absolute folder in the container, not '" + read.to + "'");
    read.to = clean(read.to);
    if (read.from == ".") read.from.clear();
    app.sync.push_back(std::move(read));
  }
}

void SyncReader::check_mount(const AppSpec& app, const YAML::Node& mode) {
  if (app.sync.empty()) in_.complain(mode, "'sync_mode: mount' needs 'sync': the folders that are mounted, and where");
  // Kubernetes and the container engines divide such paths there.
  if (root_.find(':') != std::string::npos)
    in_.complain(mode, "'sync_mode: mount' cannot mount a checkout whose path holds ':'; move it, or take copy");
}

}  // namespace gf::project
