#include "project/project_file.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>

#include "project/keys.hpp"
#include "project/mesh_reader.hpp"
#include "project/sleep_reader.hpp"
#include "project/strategy_reader.hpp"
#include "project/sync_reader.hpp"
#include "project/yaml_reader.hpp"
#include "protocol/error.hpp"

namespace gf::project {

namespace {

const std::vector<std::string>& keys(const char* part) { return known_keys().at(part); }

bool is_name(const std::string& text) {
  static const std::regex shape("[a-z]([a-z0-9-]{0,28}[a-z0-9])?");
  return std::regex_match(text, shape);
}

class Parser {
 public:
  Parser(std::string root, Vocabulary vocabulary) : vocabulary_(std::move(vocabulary)) { spec_.root = std::move(root); }

  ProjectSpec parse(const YAML::Node& top) {
    if (in_.open(top, "greenfield.yaml", keys("project"))) read_project(top);
    if (in_.problems().empty()) return std::move(spec_);
    std::string all;
    for (const auto& problem : in_.problems()) all += (all.empty() ? "" : "\n") + problem;
    throw Error(ErrorCode::bad_config,
                "cannot use greenfield.yaml: " + std::to_string(in_.problems().size()) +
                    (in_.problems().size() == 1 ? " problem" : " problems"),
                {}, all);
  }

 private:
  void read_project(const YAML::Node& top) {
    if (in_.text(top, "apiVersion") != "greenfield.dev/v1")
      in_.complain(top["apiVersion"].IsDefined() ? top["apiVersion"] : top, "'apiVersion' must be greenfield.dev/v1");
    spec_.name = in_.text(top, "name");
    if (!is_name(spec_.name))
      in_.complain(top["name"].IsDefined() ? top["name"] : top,
                   "'name' must be 1 to 30 of a-z, 0-9 and '-', beginning with a letter, not '" + spec_.name + "'");
    spec_.profile = in_.choice(top, "profile", {"dev", "full"}, "dev");
    if (const auto cluster = top["cluster"]; cluster.IsDefined() && in_.open(cluster, "'cluster'", keys("cluster"))) {
      spec_.cluster.provider = in_.choice(cluster, "provider", vocabulary_.providers, "kind");
      spec_.cluster.workers = in_.integer(cluster, "workers", 0, 9, 2);
      spec_.cluster.host_ports = in_.integer(cluster, "host_ports", 0, 100, 10);
    }
    if (const auto addons = top["addons"]; addons.IsDefined() && !addons.IsNull()) read_addons(addons);
    if (const auto apps = top["apps"]; apps.IsDefined() && !apps.IsNull() && in_.open(apps, "'apps'", {}))
      read_apps(apps);
    SleepReader(in_, spec_, vocabulary_, known_as_).read(top);
  }

  void read_apps(const YAML::Node& apps) {
    for (const auto& member : apps) read_app(member.first, member.second);
    MeshReader mesh(in_, spec_);  // an app's routes may name any other
    StrategyReader strategy(in_, spec_);
    for (auto& app : spec_.apps) {
      if (const auto node = apps[app.name]["mesh"]; node.IsDefined()) app.mesh = mesh.read(app, node);
      strategy.read(app, apps[app.name]);
    }
  }

  void read_addons(const YAML::Node& addons) {
    if (!in_.open(addons, "'addons'", vocabulary_.addons)) return;
    for (const auto& member : addons) {
      const auto told = member.first.Scalar();
      const bool plain = member.second.IsNull() || !in_.open(member.second, "the addon '" + told + "'", keys("addon"));
      const auto name = plain ? told : read_mode(told, member.second);
      auto& profile = spec_.addons[name];
      profile = spec_.profile;
      if (plain) continue;
      profile = in_.choice(member.second, "profile", {"dev", "full"}, spec_.profile);
      for (const auto& path : in_.texts(member.second, "seed")) {
        if (path.empty() || !is_inside(path))
          in_.complain(member.second["seed"], "'seed' must name files inside the checkout, not '" + path + "'");
        spec_.seeds[name].push_back(clean(path));
      }
    }
  }

  /// The addon that stands behind the name in its mode; apps go on to use it by that name.
  std::string read_mode(const std::string& told, const YAML::Node& addon) {
    if (!addon["mode"].IsDefined()) return told;
    const auto known = vocabulary_.modes.find(told);
    if (known == vocabulary_.modes.end()) {
      in_.complain(addon["mode"], "the addon '" + told + "' has no modes");
      return told;
    }
    std::vector<std::string> choices;
    for (const auto& [mode, unused] : known->second) choices.push_back(mode);
    const auto found = known->second.find(in_.choice(addon, "mode", choices, choices.front()));
    return known_as_[told] = found == known->second.end() ? told : found->second;
  }

  void read_app(const YAML::Node& name, const YAML::Node& node) {
    AppSpec app;
    app.name = name.Scalar();
    if (!is_name(app.name))
      in_.complain(name, "an app's name must be 1 to 30 of a-z, 0-9 and '-', not '" + app.name + "'");
    if (!in_.open(node, "the app '" + app.name + "'", keys("app"))) return;
    app.image = in_.text(node, "image");
    if (node["build"].IsDefined())
      read_build(node["build"], app);
    else if (app.image.empty() && !node["manifests"].IsDefined())
      in_.complain(name, "the app '" + app.name + "' needs one of: build, image, manifests");
    if (node["build"].IsDefined() && !app.image.empty())
      in_.complain(node["image"], "'image' and 'build' exclude each other");
    app.port = in_.integer(node, "port", 1, 65535, 0);
    app.localhost_port = in_.integer(node, "localhost_port", 1, 65535, app.port);
    app.replicas = in_.integer(node, "replicas", 0, 20, 1);
    read_autoscale(node, app);
    app.memory_mib = in_.integer(node, "memory_mib", 16, 65536, 256);
    app.rebuild_on = in_.texts(node, "rebuild_on");
    app.command = in_.texts(node, "command");
    app.env = in_.table(node, "env");
    for (const auto& [variable, value] : app.env)
      if (!std::regex_match(variable, std::regex("[A-Za-z_][A-Za-z0-9_]*")))
        in_.complain(node["env"], "'" + variable + "' is no name of an environment variable");
    app.ready_path = read_path(node, "ready_path", app.port);
    app.metrics_path = read_path(node, "metrics_path", app.port);
    app.manifests = in_.inside(node, "manifests");
    app.uses = in_.texts(node, "uses");
    for (auto& used : app.uses)
      if (const auto known = known_as_.find(used); known != known_as_.end()) used = known->second;
    for (const auto& used : app.uses)
      if (!spec_.addons.contains(used))
        in_.complain(node["uses"], "'uses' names " + used + ", which is not under 'addons'");
    SyncReader(in_, spec_.root).read(app, node);
    if (app.localhost_port != 0)
      for (const auto& other : spec_.apps)
        if (other.localhost_port == app.localhost_port)
          in_.complain(node, "the apps '" + other.name + "' and '" + app.name + "' want the same port " +
                                 std::to_string(app.localhost_port) + " on localhost; set 'localhost_port'");
    spec_.apps.push_back(std::move(app));
  }

  std::string read_path(const YAML::Node& node, const char* key, int port) {
    auto path = in_.text(node, key);
    const auto said = '\'' + std::string(key) + '\'';
    if (!path.empty() && !path.starts_with('/')) in_.complain(node[key], said + " must begin with '/'");
    if (!path.empty() && port == 0) in_.complain(node[key], said + " needs a 'port'");
    return path;
  }

  void read_autoscale(const YAML::Node& app_node, AppSpec& app) {
    const auto node = app_node["autoscale"];
    if (!node.IsDefined() || !in_.open(node, "'autoscale'", keys("autoscale"))) return;
    Autoscale scale;
    scale.min = in_.integer(node, "min", 1, 20, 1);
    scale.max = in_.integer(node, "max", 1, 20, 0);
    scale.cpu = in_.integer(node, "cpu", 1, 100, 70);
    if (scale.max < scale.min)
      in_.complain(node, "'autoscale' needs 'max', and not less than 'min' (" + std::to_string(scale.min) + ')');
    for (const char* other : {"replicas", "manifests"})
      if (app_node[other].IsDefined())
        in_.complain(node, std::string("'autoscale' and '") + other + "' exclude each other");
    if (!spec_.addons.contains("metrics-server"))
      in_.complain(node,
                   "'autoscale' needs the addon metrics-server, which measures: `metrics-server: {}` under 'addons'");
    app.autoscale = scale;
  }

  void read_build(const YAML::Node& build, AppSpec& app) {
    if (!in_.open(build, "'build' (its form is `build: {context: .}`)", keys("build"))) return;
    if (build["context"].IsDefined()) app.context = in_.inside(build, "context");
    app.dockerfile = build["dockerfile"].IsDefined() ? in_.inside(build, "dockerfile") : "Dockerfile";
    app.args = in_.table(build, "args");
  }

  Vocabulary vocabulary_;
  std::map<std::string, std::string> known_as_;  ///< addons in a mode → what they are
  ProjectSpec spec_;
  YamlReader in_;
};

}  // namespace

ProjectSpec parse(std::string text, std::string root, Vocabulary vocabulary) {
  YAML::Node top;
  try {
    top = YAML::Load(text);
  } catch (const YAML::Exception& error) {
    throw Error(ErrorCode::bad_config, "cannot use greenfield.yaml: 1 problem", {},
                "greenfield.yaml:" + std::to_string(error.mark.line + 1) + ':' + std::to_string(error.mark.column + 1) +
                    ": " + error.msg);
  }
  return Parser(std::move(root), std::move(vocabulary)).parse(top);
}

ProjectSpec load(std::string root, Vocabulary vocabulary) {
  std::ifstream file(std::filesystem::path(root) / "greenfield.yaml", std::ios::binary);
  if (!file.is_open())
    throw Error(ErrorCode::bad_config, "cannot find greenfield.yaml in " + root, "`gf init` writes one");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  return parse(std::move(text), std::move(root), std::move(vocabulary));
}

}  // namespace gf::project
