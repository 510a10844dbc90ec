#pragma once
#include <array>
#include <optional>

#include "deploy/replicas.hpp"
#include "kube/current_api.hpp"
#include "model/faulty_node.hpp"

namespace gf::model {

/// One app with a replica on each of two nodes: all of Greenfield from the snapshot on (Replicas, Mirror, Links, the
/// agents) is real; the API server and the engine are not.
class Cluster {
 public:
  static constexpr std::size_t nodes = 2;

  /// `image` holds what the app's image has at /srv, `built` the checkout's paths in it. With `mounted` the pods say
  /// that the checkout is mounted.
  Cluster(net::io_context& io, Clock& clock, WorkerPool& workers, std::string root, std::filesystem::path image,
          std::vector<std::string> built, bool mounted = false);
  ~Cluster();
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  FaultyNode& node(std::size_t index);
  void set_snapshot(source::Snapshot snapshot);
  /// All replicas have the newest snapshot and take requests.
  bool synced() const;
  /// What every replica holds against the checkout, as `gf app verify` asks.
  std::vector<deploy::Verdict> verify(bool repair);
  /// Called when a pod is let through its readiness gate, or shut out of it.
  void on_gate(std::function<void(std::size_t node, bool open)> listener) { on_gate_ = std::move(listener); }
  /// Saves that have reached all replicas.
  std::size_t saves() const { return saves_; }
  /// The latest of what people were warned of.
  const std::string& warning() const { return warning_; }
  static AppSpec app();

 private:
  class Engine;
  class Api;

  net::io_context& io_;
  const bool mounted_;
  std::string warning_;
  std::size_t saves_ = 0;
  std::function<void(std::size_t node, bool open)> on_gate_ = [](std::size_t, bool) {};
  std::array<std::unique_ptr<FaultyNode>, nodes> nodes_;
  std::unique_ptr<Engine> engine_;
  std::shared_ptr<Api> api_;
  kube::CurrentKubeApi current_;
  kube::Mirror mirror_;
  node::Links links_;
  deploy::Replicas replicas_;
};

}  // namespace gf::model
