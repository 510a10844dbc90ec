#pragma once
#include <string>
#include <vector>

#include "core/signal.hpp"

namespace gf::environment {

/// Images on their way into the nodes. Each producer delivers once, when its images are there; the one carrier takes
/// what has come together, so that layers that images share travel once.
class Cargo {
 public:
  Cargo(Executor executor, std::size_t producers) : producers_(producers), changed_(executor) {}

  void deliver(std::vector<std::string> references);
  /// What was delivered since the last call, waiting for the first; empty when every producer has delivered and all was
  /// taken.
  Task<std::vector<std::string>> take();
  const std::vector<std::string>& delivered() const { return all_; }

 private:
  std::size_t producers_;
  Signal changed_;
  std::vector<std::string> waiting_, all_;
};

}  // namespace gf::environment
