#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "container/engine.hpp"
#include "image/delta.hpp"
#include "image/layer_source.hpp"
#include "node/link.hpp"
#include "operation/context.hpp"

namespace gf::image {

/// Brings images of the engine into nodes: only what their content stores lack, read out of the engine once, written to
/// the agents of all nodes that lack something. Nothing is remembered of the nodes but what went wrong: they are asked.
/// Io thread only.
class Transfer {
 public:
  /// The link to a node, waited for. Throws Error(cluster_unavailable).
  using Reach = std::function<Task<node::Link*>(std::string node)>;

  Transfer(container::Engine& engine, Reach reach) : engine_(engine), reach_(std::move(reach)) {}

  /// Whether every one of `nodes` has all `images`.
  Task<bool> complete(std::vector<OciImage> images, std::vector<std::string> nodes);
  /// Makes it so. Progress in bytes. Throws Error(cluster_failed) with the node and its runtime's words,
  /// Error(cluster_unavailable), Error(image_unavailable).
  Task<> run(std::vector<OciImage> images, std::vector<std::string> nodes, operation::Context& context);

 private:
  using Stores = std::map<std::string, Sizes>;

  Task<Stores> look(std::vector<OciImage> images, std::vector<std::string> nodes);
  Task<> run_from(LayerSource& layers, std::vector<OciImage> images, std::vector<std::string> nodes,
                  operation::Context& context);
  Task<> send(Delta delta, LayerSource& layers, operation::Context& context);
  Task<> send_exported(const Delta& delta, Sizes& sizes, Sink sink);
  Task<std::vector<std::unique_ptr<node::Import>>> begin(std::vector<std::string> nodes);

  container::Engine& engine_;
  Reach reach_;
  std::map<std::string, std::set<std::string>> doubted_;  ///< node → configurations of images whose import broke off
};

}  // namespace gf::image
