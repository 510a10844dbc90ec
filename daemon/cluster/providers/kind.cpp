#include "cluster/providers/kind.hpp"

#include <algorithm>

#include "core/when_all.hpp"
#include "protocol/error.hpp"

namespace gf::cluster {

namespace {

constexpr auto cluster_label = "io.x-k8s.kind.cluster";
constexpr auto role_label = "io.x-k8s.kind.role";
// On nodes of our own image, whose pod network enforces no NetworkPolicy; that of kind's does.
constexpr auto image_label = "greenfield.dev/image";
// Written when `kind create` has ended well: a cluster whose creation was cut off lacks it.
constexpr auto complete_marker = "/kind/greenfield-complete";

container::ExecSpec in_node(const std::string& node, std::vector<std::string> command) {
  container::ExecSpec spec;
  spec.container = node;
  spec.command = std::move(command);
  return spec;
}

// kind's last step before the workers join.
constexpr auto last_step_of_control_plane = "installing StorageClass";

/// Turns kind's step lines into steps of ours.
class KindSteps {
 public:
  KindSteps(operation::Context& context, std::function<void()> on_control_plane)
      : context_(context), on_control_plane_(std::move(on_control_plane)) {}

  void line(std::string_view text) {
    const auto read = read_kind_line(text);
    if (read.type == KindLine::Type::other) return;
    end(nullptr);
    if (read.type == KindLine::Type::begins) current_ = context_.begin(read.title);
    if (read.type == KindLine::Type::ends && read.title == last_step_of_control_plane) on_control_plane_();
  }
  void end(std::exception_ptr thrown) {
    if (current_) current_->finish(thrown);
    current_ = nullptr;
  }

 private:
  operation::Context& context_;
  std::function<void()> on_control_plane_;
  std::shared_ptr<operation::Context> current_;
};

std::string lower_first(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

}  // namespace

KindLine read_kind_line(std::string_view line) {
  const auto starts = [&](std::string_view mark) { return line.find(mark) != std::string_view::npos; };
  KindLine read;
  std::string_view mark;
  if (starts("• ")) {
    read.type = KindLine::Type::begins;
    mark = "• ";
  } else if (starts("✓ ")) {
    read.type = KindLine::Type::ends;
    mark = "✓ ";
  } else {
    return read;
  }
  // Titles are ASCII words; the picture behind them and the dots are kind's decoration.
  auto title = line.substr(line.find(mark) + mark.size());
  const auto end = std::find_if(title.begin(), title.end(), [](char c) { return static_cast<unsigned char>(c) > 126; });
  std::string text(title.begin(), end);
  while (!text.empty() && (text.back() == ' ' || text.back() == '.')) text.pop_back();
  read.title = lower_first(std::move(text));
  return read;
}

Task<std::vector<Node>> KindProvider::nodes(std::string cluster, bool* network_policy) {
  auto asking = engine_.containers(std::string(cluster_label) + "=" + cluster);
  const auto listed = co_await std::move(asking);
  std::vector<Node> found;
  for (const auto& one : listed) {
    // The engine's list lags behind its own events: a node that has just died still runs in it. Inspection does not.
    auto inspecting = engine_.container(one.name);
    const auto inspected = co_await std::move(inspecting);
    if (!inspected) continue;
    const auto& container = *inspected;
    const auto role = container.labels.find(role_label);
    if (role == container.labels.end()) continue;
    if (network_policy && container.labels.contains(image_label)) *network_policy = false;
    Node node;
    node.name = container.name;
    node.role = role->second == "control-plane" ? NodeRole::control_plane : NodeRole::worker;
    node.running = container.state == "running";
    node.address = container.address;
    for (const auto& [place, folder] : container.mounts)
      if (place == checkout_in_node(folder)) node.checkouts.push_back(folder);
    found.push_back(std::move(node));
  }
  std::sort(found.begin(), found.end(), [](const Node& a, const Node& b) {
    return std::pair(a.role != NodeRole::control_plane, a.name) < std::pair(b.role != NodeRole::control_plane, b.name);
  });
  co_return found;
}

Task<Observation> KindProvider::observe(std::string cluster) {
  Observation seen;
  seen.nodes = co_await nodes(cluster, &seen.network_policy);
  if (seen.nodes.empty()) co_return seen;
  if (seen.nodes.front().role != NodeRole::control_plane) {
    seen.presence = Presence::broken;
    seen.reason = "its control plane node is gone";
    co_return seen;
  }
  const bool all_run = std::all_of(seen.nodes.begin(), seen.nodes.end(), [](const Node& node) { return node.running; });
  seen.presence = all_run ? Presence::running : Presence::stopped;
  if (!seen.nodes.front().running) co_return seen;
  auto look = in_node(seen.nodes.front().name, {"test", "-f", complete_marker});
  const auto result = co_await engine_.exec(std::move(look), "");
  if (result.exit_code != 0) {
    seen.presence = Presence::broken;
    seen.reason = "its creation was cut off";
  }
  co_return seen;
}

// Sources of the words: kind's own check before it begins, and the engine's refusal of a second container of a name.
bool met_leftovers(std::string_view errors) {
  return errors.find("already exist for a cluster") != std::string_view::npos ||
         errors.find("is already in use by container") != std::string_view::npos;
}

Task<> KindProvider::create(CreateSpec spec, operation::Context& context) {
  auto first = create_once(spec, context);
  if (co_await std::move(first)) co_return;
  // What a killed `kind` had already asked of the engine came into being behind our back, and is removed by now.
  context.log("nodes of an earlier creation were in the way: they are removed, and it begins again");
  auto second = create_once(spec, context);
  if (co_await std::move(second)) co_return;
  throw Error(ErrorCode::cluster_failed,
              "cannot create the cluster '" + spec.name + "': somebody else makes nodes of these names",
              "`gf status` shows the name; GF_CLUSTER sets another");
}

/// False when leftovers were in the way, which it has removed.
Task<bool> KindProvider::create_once(CreateSpec spec, operation::Context& context) {
  ProcessSpec process;
  process.program = "kind";
  process.arguments = {"create",   "cluster", "--name",       spec.name, "--image", spec.node_image,
                       "--config", "-",       "--kubeconfig", scratch_,  "--wait",  "0s"};
  process.input = kind_config(spec, host_);
  KindSteps steps(context, spec.on_control_plane);
  ProcessResult result;
  std::exception_ptr thrown;
  try {
    auto on_line = LineSink([&steps](OutputStream, std::string_view line) { steps.line(line); });
    auto running = processes_.run(process, std::move(on_line));
    result = co_await std::move(running);
  } catch (...) {
    thrown = std::current_exception();
  }
  if (!thrown && met_leftovers(result.errors)) {
    steps.end(nullptr);
    auto cleaning = remove(spec.name, context);
    co_await std::move(cleaning);
    co_return false;
  }
  if (thrown || result.exit_code != 0) {
    Error error(
        ErrorCode::cluster_failed,
        "cannot create the cluster '" + spec.name + "': kind ended with code " + std::to_string(result.exit_code),
        "gf doctor looks for what the host lacks", result.errors);
    if (!thrown) thrown = std::make_exception_ptr(error);
    steps.end(thrown);
    co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
    auto cleaning = remove(spec.name, context);
    co_await std::move(cleaning);
    std::rethrow_exception(thrown);
  }
  steps.end(nullptr);
  auto mark = in_node(spec.name + "-control-plane", {"touch", complete_marker});
  co_await engine_.exec(std::move(mark), "");
  co_return true;
}

Task<> KindProvider::start(std::string cluster, operation::Context& context) {
  auto all = co_await nodes(cluster);
  std::uint64_t done = 0;
  // The control plane goes first: a worker's kubelet that finds no API server waits longer with every try.
  for (const auto& node : all) {
    if (!node.running) co_await engine_.start(node.name);
    context.progress(++done, all.size(), "nodes");
  }
}

Task<> KindProvider::stop(std::string cluster, operation::Context& context) {
  auto all = co_await nodes(cluster);
  std::vector<Task<>> stopping;
  context.progress(0, all.size(), "nodes");
  for (const auto& node : all)
    if (node.running) stopping.push_back(engine_.stop(node.name, std::chrono::seconds(20)));
  auto together = when_all(std::move(stopping));
  co_await std::move(together);
  context.progress(all.size(), all.size(), "nodes");
}

Task<> KindProvider::remove(std::string cluster, operation::Context& context) {
  auto all = co_await nodes(cluster);
  std::vector<Task<>> removing;
  context.progress(0, all.size(), "nodes");
  for (const auto& node : all) removing.push_back(engine_.remove(node.name));
  auto together = when_all(std::move(removing));
  co_await std::move(together);
  context.progress(all.size(), all.size(), "nodes");
}

Task<std::string> KindProvider::kubeconfig(std::string cluster) {
  const auto node = cluster + "-control-plane";
  const auto container = co_await engine_.container(node);
  if (!container || !container->host_ports.contains(6443))
    throw Error(ErrorCode::cluster_unavailable, "cannot find the API server of the cluster '" + cluster + "'", "gf up");
  auto read = in_node(node, {"cat", "/etc/kubernetes/admin.conf"});
  const auto result = co_await engine_.exec(std::move(read), "");
  if (result.exit_code != 0)
    throw Error(ErrorCode::cluster_unavailable, "cannot read the access data of the cluster '" + cluster + "'", "gf up",
                result.errors);
  // Inside, the server is "https://NAME-control-plane:6443"; from here it is the published port.
  auto text = result.output;
  const auto from = text.find("https://");
  const auto to = text.find('\n', from);
  if (from != std::string::npos)
    text.replace(from, to - from, "https://127.0.0.1:" + std::to_string(container->host_ports.at(6443)));
  co_return text;
}

}  // namespace gf::cluster
