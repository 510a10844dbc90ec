#pragma once
#include "cluster/provider.hpp"
#include "cluster/providers/kind_config.hpp"
#include "container/engine.hpp"
#include "system/process_runner.hpp"

namespace gf::cluster {

/// Drives the real `kind` for creation and the container engine's API for everything else. What it knows of a cluster
/// stands in the labels of its containers; that a creation went through to the end, in a file inside the control plane.
class KindProvider final : public Provider {
 public:
  /// `scratch` is a file that `kind` may write its kubeconfig to: it insists on one, and the user's is never touched.
  KindProvider(container::Engine& engine, ProcessRunner& processes, HostFacts host, std::string scratch)
      : engine_(engine), processes_(processes), host_(host), scratch_(std::move(scratch)) {}

  std::string_view name() const override { return "kind"; }
  Task<Observation> observe(std::string cluster) override;
  Task<> create(CreateSpec spec, operation::Context& context) override;
  Task<> start(std::string cluster, operation::Context& context) override;
  Task<> stop(std::string cluster, operation::Context& context) override;
  Task<> remove(std::string cluster, operation::Context& context) override;
  Task<std::string> kubeconfig(std::string cluster) override;

 private:
  Task<bool> create_once(CreateSpec spec, operation::Context& context);
  Task<std::vector<Node>> nodes(std::string cluster, bool* network_policy = nullptr);
  container::Engine& engine_;
  ProcessRunner& processes_;
  HostFacts host_;
  std::string scratch_;
};

/// Pure: kind's own step lines (" • Preparing nodes 📦 …" begins a step, " ✓ …" ends it) as step titles of ours.
struct KindLine {
  enum class Type { begins, ends, other } type = Type::other;
  std::string title;
};
KindLine read_kind_line(std::string_view line);

/// Pure: whether kind failed only since nodes of that name were there already.
bool met_leftovers(std::string_view errors);

}  // namespace gf::cluster
