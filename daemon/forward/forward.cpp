#include "forward/forward.hpp"

#include <cassert>

namespace gf::forward {

ForwardService::ForwardService(Executor executor, Ways ways, Visits visits, kube::KubeApi& kube, Clock& clock,
                               state::Document document)
    : executor_(executor),
      ways_(std::move(ways)),
      visits_(std::move(visits)),
      kube_(kube),
      clock_(clock),
      ports_(std::move(document)) {}

ForwardService::~ForwardService() { assert(listeners_.empty() && "close_all() before the end"); }

Task<int> ForwardService::open(ForwardSpec spec) {
  if (const auto found = listeners_.find(spec.name); found != listeners_.end()) {
    const int port = found->second->port();
    found->second->route().set_spec(std::move(spec));
    co_return port;
  }
  std::optional<LocalPort> held;
  const auto take = [&](int port) {
    held = take_port(executor_, port);
    return held.has_value();
  };
  const int port = ports_.assign(spec.name, spec.preferred_port, take);
  const auto name = spec.name;
  Route route(ways_, kube_, clock_, std::move(spec));
  listeners_[name] = std::make_unique<Listener>(executor_, clock_, visits_, std::move(route), port, std::move(*held));
  co_return port;
}

Task<> ForwardService::close(std::string name) {
  auto node = listeners_.extract(name);
  if (node.empty()) co_return;
  const auto listener = std::move(node.mapped());
  co_await listener->stop();
}

Task<> ForwardService::close_all() {
  while (!listeners_.empty()) {
    auto closing = close(listeners_.begin()->first);
    co_await std::move(closing);
  }
}

/// Who else has a port of localhost.
std::string ForwardService::owner_of(int port) const {
  for (const auto& [name, listener] : listeners_)
    if (listener->port() == port) return name;
  return "another program";
}

std::vector<Forward> ForwardService::list() const {
  std::vector<Forward> all;
  for (const auto& [name, listener] : listeners_) {
    const auto& spec = listener->route().spec();
    auto& forward = all.emplace_back();
    forward.name = name;
    forward.port = listener->port();
    forward.preferred = spec.preferred_port;
    forward.target = spec.service + '.' + spec.space + ':' + std::to_string(spec.service_port);
    forward.connections = listener->connections();
    const auto& trouble = listener->route().trouble();
    forward.state = trouble.empty() ? "listening" : "waiting";
    forward.reason = trouble;
    if (trouble.empty() && spec.preferred_port > 0 && spec.preferred_port != forward.port)
      forward.reason = "port " + std::to_string(spec.preferred_port) + " belongs to " + owner_of(spec.preferred_port);
  }
  return all;
}

}  // namespace gf::forward
