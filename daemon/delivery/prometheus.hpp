#pragma once
#include <functional>

#include "delivery/delivery_service.hpp"

namespace gf::delivery {

/// Pure: the number in an answer of Prometheus to an instant query; nullopt when it has none (no series, NaN).
/// Throws Json's own exceptions for another shape.
std::optional<double> number_in(const std::string& answer);

/// Asks the Prometheus of the cluster for what its proxies have counted.
class Prometheus final : public Traffic {
 public:
  /// `port`: where it answers on localhost, 0 when it is off.
  Prometheus(Executor executor, Clock& clock, std::function<int()> port)
      : executor_(executor), clock_(clock), port_(std::move(port)) {}
  Task<std::optional<Samples>> ask(std::string project, std::string app, int seconds) override;

 private:
  Executor executor_;
  Clock& clock_;
  std::function<int()> port_;
};

}  // namespace gf::delivery
