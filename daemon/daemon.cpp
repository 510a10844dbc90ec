#include "daemon.hpp"

#include <spdlog/spdlog.h>

#include <charconv>
#include <cstdlib>
#include <fstream>

namespace gf {

namespace {

constexpr std::size_t kept_warnings = 20;
constexpr auto link_patience = std::chrono::seconds(20);  // with a node whose agent is being started
constexpr unsigned cap_sys_resource = 24;
constexpr const char* link_in_node = "/greenfield/link";  // not below /run, where nodes mount memory

std::string cluster_name() {
  const char* name = std::getenv("GF_CLUSTER");  // tests have clusters of their own
  return name && *name ? name : "greenfield";
}

/// GF_IMAGE_BUDGET_MIB, where it is a number.
std::uint64_t image_budget() {
  const char* told = std::getenv("GF_IMAGE_BUDGET_MIB");
  const std::string_view text = told ? told : "";
  std::uint64_t mib = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mib);
  const bool whole = error == std::errc() && end == text.data() + text.size() && mib < (1ull << 40);
  if (!text.empty() && !whole) spdlog::warn("GF_IMAGE_BUDGET_MIB is no number of MiB: '{}'", text);
  return whole ? mib << 20 : deploy::image_budget;
}

int free_mib() {
  std::ifstream file("/proc/meminfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("MemAvailable:")) return std::atoi(line.c_str() + 13) / 1024;
  return 0;
}

}  // namespace

cluster::HostFacts Daemon::host_facts() {
  cluster::HostFacts host;
  host.cgroup_v1 = !std::filesystem::exists("/sys/fs/cgroup/cgroup.controllers");
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("CapBnd:"))
      host.sys_resource = (std::strtoull(line.c_str() + 7, nullptr, 16) >> cap_sys_resource & 1) != 0;
  return host;
}

Daemon::Daemon(net::io_context& io, Paths paths)
    : io_(io),
      paths_(std::move(paths)),
      feed_(io.get_executor(), clock_),
      started_(clock_.wall_seconds()),
      engine_(container::make_docker_engine(io.get_executor(), container::docker_socket_path())),
      operations_(io.get_executor(), clock_, files_, paths_.state / "operations"),
      mirror_(io.get_executor(), kube_),
      links_(io.get_executor(), *engine_, clock_, {paths_.agent.string(), paths_.supervisor.string()},
             {paths_.link(cluster_name()).string(), link_in_node}),
      images_(
          io.get_executor(), clock_, *engine_, processes_, paths_.share / "images/image",
          [this](std::string node) { return links_.connected(std::move(node), link_patience); },
          [this] { return deploy::wiring_in(mirror_); }),
      providers_(
          cluster::make_providers(*engine_, processes_, host_facts(), (paths_.state / "kind.kubeconfig").string())),
      cluster_({io.get_executor(),
                clock_,
                *engine_,
                providers_,
                kube_,
                {paths_.link(cluster_name()).string(), link_in_node}},
               cluster_name(), "kind",
               [this](std::vector<std::string> nodes) {
                 if (nodes == nodes_) return;
                 nodes_ = std::move(nodes);
                 links_.set_nodes(nodes_);
               }),
      kustomize_(processes_, files_, workers_, paths_.cache / "rendered"),
      rollout_(kube_, mirror_, clock_),
      addons_({io.get_executor(), kube_, mirror_, *engine_, images_, kustomize_, rollout_, clock_,
               [this] { return cluster::workload_nodes(environment_.cluster_seen()); }, free_mib,
               [this](const std::string& subject, const std::string& sentence) { warn(subject, sentence); },
               [this](std::string addon) { return sleeper_.wake(std::move(addon)); }},
              addon::Catalogue::load(files_, paths_.share), state::Document(files_, paths_.state / "addons.json"),
              state::Document(files_, paths_.state / "saved-secrets.json")),
      registry_(files_, paths_.state / "projects.json"),
      sources_(io.get_executor(), clock_, workers_),
      builder_(*engine_, images_, workers_, files_, paths_.state / "built"),
      history_(clock_, state::Document(files_, paths_.state / "history.json")),
      deploy_(
          {io.get_executor(),
           clock_,
           workers_,
           kube_,
           mirror_,
           links_,
           images_,
           builder_,
           kustomize_,
           rollout_,
           sources_,
           [this] { return cluster::workload_nodes(environment_.cluster_seen()); },
           [this](const std::string& project, const std::string& app) { environment_.request_rollout(project, app); },
           [this](const std::string& project, const std::string& sentence) { warn(project, sentence); },
           [this](const std::string& project, const std::string& app, const deploy::LastSync& sync) {
             sleeper_.touch(environment::Environment::forward_name(project, app));
             tell(project, app, sync);
           },
           [this] { watch_.look_again(); },
           [this](const std::string& project, AppSpec app) {
             const auto routing = deliveries_.routing_of(project, app.name);
             return environment::divided(std::move(app), routing);
           },
           [this](const std::string& project, const AppSpec& app) { return environment_.wanted_data(project, app); },
           [this](const std::string& project, const AppSpec& app) { return environment_.used_data(project, app); },
           [this](const std::string& project) { environment_.follow_checkout(project); },
           history_,
           [this] { collector_.begin(); },
           files_,
           paths_.state / "ledgers"}),
      collector_(
          {io.get_executor(), *engine_, images_, builder_, kube_, mirror_, history_,
           [this] {
             std::vector<std::string> names;
             for (const auto& node : environment_.cluster_seen().nodes)
               if (node.running) names.push_back(node.name);
             return names;
           },
           [this] { return deploy_.in_hand(); }, [](const std::string& sentence) { spdlog::info("{}", sentence); }},
          image_budget()),
      sleepers_({clock_, operations_, kube_, mirror_, rollout_, addons_, deploy_, registry_}),
      sleeper_({io.get_executor(), clock_, sleepers_,
                [this](const std::string& subject, const std::string& sentence) { warn(subject, sentence); }}),
      forwards_(
          io.get_executor(),
          {[this] { return links_.any(); }, [this](const std::string& node) -> node::Link& { return links_.at(node); },
           [this](const std::string& space, const std::string& app) {
             return mirror_.all("Pod", space, deploy::app_label, app);
           }},
          {[this](const std::string& forward) { return sleeper_.use(sleepers_.behind(forward)); },
           [this](const std::string& forward) { return sleeper_.admit(sleepers_.behind(forward)); }},
          kube_, clock_, state::Document(files_, paths_.state / "ports.json")),
      environment_({io.get_executor(), clock_, workers_, operations_, cluster_, kube_, mirror_, links_, images_,
                    addons_, deploy_, forwards_, registry_, sleeper_, *engine_,
                    [this](const std::string& subject, const std::string& sentence) { warn(subject, sentence); },
                    [this](const std::string& project) {
                      deliveries_.forget(project);
                      history_.forget(project);
                      deploy_.forget(project);
                    }},
                   state::Document(files_, paths_.state / "environment.json")),
      versions_(environment_, deploy_),
      traffic_(io.get_executor(), clock_, [this] { return environment_.port_of("prometheus"); }),
      deliveries_({clock_, operations_, versions_, traffic_},
                  state::Document(files_, paths_.state / "deliveries.json")),
      backups_({io.get_executor(), clock_, workers_, files_, operations_, kube_, mirror_, addons_,
                [this] {
                  std::vector<std::string> names;
                  for (const auto& one : registry_.all())
                    if (one.up) names.push_back(one.name);
                  return names;
                },
                [this](const std::string& subject, const std::string& sentence) { warn(subject, sentence); }},
               paths_.data / "backups", state::Document(files_, paths_.state / "backup.json")),
      cluster_backups_({io.get_executor(), clock_, workers_, files_, operations_, kube_, mirror_, *engine_, rollout_,
                        [this] { return cluster::workload_nodes(environment_.cluster_seen()); },
                        [this](const std::string& subject, const std::string& sentence) { warn(subject, sentence); }},
                       paths_.data / "cluster-backups"),
      snapshots_({io.get_executor(), clock_, operations_, kube_, mirror_, *engine_, addons_},
                 state::Document(files_, paths_.state / "snapshots.json")),
      unsealer_({clock_, kube_, rollout_, operations_, addons_}),
      doctor_(*engine_, processes_),
      page_({io.get_executor(), clock_, files_,
             [this](const std::string& endpoint) { return environment_.port_of(endpoint); }},
            paths_.share),
      services_(services()),
      watch_(io.get_executor(), services_, feed_),
      server_(io.get_executor(), paths_.socket().string(), api::make_api(services_)) {
  operations_.on_event([this](const Operation& operation, const Json& parameters, const Event& event) {
    tell(operation, parameters, event);
  });
  mirror_.on_event([this](const kube::WatchEvent& event) {
    const auto kind = event.object.value("kind", "");
    if (kind == "Deployment" || kind == "StatefulSet") sleeper_.look_again();
  });
  sources_.on_warning([this](const std::string& root, const std::string& sentence) { warn(root, sentence); });
  auto sentences = addons_.warnings();
  sentences.insert(sentences.end(),
                   {registry_.warning(), history_.warning(), forwards_.warning(), environment_.warning(),
                    deliveries_.warning(), backups_.warning(), snapshots_.warning()});
  for (const auto& sentence : sentences)
    if (!sentence.empty()) warn("state", sentence);
}

api::Services Daemon::services() {
  return {environment_,
          deliveries_,
          backups_,
          cluster_backups_,
          snapshots_,
          unsealer_,
          operations_,
          cluster_,
          kube_,
          mirror_,
          addons_,
          deploy_,
          history_,
          forwards_,
          sleeper_,
          registry_,
          *engine_,
          doctor_,
          page_,
          feed_,
          workers_,
          files_,
          clock_,
          started_,
          [this] { return warnings(); },
          [this] { io_.stop(); }};
}

std::vector<std::string> Daemon::warnings() const { return {warnings_.begin(), warnings_.end()}; }

void Daemon::tell(const Operation& operation, const Json& parameters, const Event& event) {
  Json told;
  told["id"] = operation.id;
  told["kind"] = operation.kind;
  told["subject"] = operation.subject;
  told["project"] = parameters.value("project", "");
  told["event"] = to_json(event);
  feed_.add("operation", std::move(told));
  if (event.type == EventType::operation) watch_.look_again();
}

void Daemon::tell(const std::string& project, const std::string& app, const deploy::LastSync& sync) {
  Json told;
  told["project"] = project;
  told["app"] = app;
  told["files"] = sync.files;
  told["bytes"] = sync.bytes;
  told["replicas"] = sync.replicas;
  told["seen"] = sync.seen;
  told["planned"] = sync.planned;
  told["sent"] = sync.sent;
  told["applied"] = sync.seconds;
  feed_.add("save", std::move(told));
  watch_.look_again();
}

void Daemon::warn(const std::string& subject, const std::string& sentence) {
  spdlog::warn("{}: {}", subject, sentence);
  auto text = subject + ": " + sentence;
  std::erase(warnings_, text);
  warnings_.push_back(std::move(text));
  if (warnings_.size() > kept_warnings) warnings_.pop_front();
  Json told;
  told["subject"] = subject;
  told["text"] = sentence;
  feed_.add("warning", std::move(told));
}

void Daemon::start() {
  server_.start();
  cluster_backups_.start();
  backups_.start();
  environment_.start();
  watch_.start();
  sleeper_.start();
  spdlog::info("serving at {}", paths_.socket().string());
}

Task<> Daemon::stop() {
  auto server = server_.stop();
  co_await std::move(server);
  auto page = page_.stop();
  co_await std::move(page);
  auto operations = operations_.stop();
  co_await std::move(operations);
  auto backups = backups_.stop();
  co_await std::move(backups);
  auto environment = environment_.stop();
  co_await std::move(environment);
  auto forwards = forwards_.close_all();
  co_await std::move(forwards);
  auto sleeper = sleeper_.stop();
  co_await std::move(sleeper);
  auto deploy = deploy_.stop();
  co_await std::move(deploy);
  auto collector = collector_.stop();
  co_await std::move(collector);
  auto sources = sources_.stop();
  co_await std::move(sources);
  auto links = links_.stop();
  co_await std::move(links);
  auto watch = watch_.stop();
  co_await std::move(watch);
  kube_.set(nullptr);
  auto saved = addons_.saved_secrets().stop();
  co_await std::move(saved);
  auto mirror = mirror_.stop();
  co_await std::move(mirror);
}

}  // namespace gf
