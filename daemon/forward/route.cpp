#include "forward/route.hpp"

#include "core/backoff.hpp"
#include "core/with_timeout.hpp"
#include "protocol/error.hpp"

namespace gf::forward {

Route::Route(Ways ways, kube::KubeApi& kube, Clock& clock, ForwardSpec spec)
    : ways_(std::move(ways)), kube_(kube), clock_(clock), spec_(std::move(spec)) {}

void Route::set_spec(ForwardSpec spec) {
  spec_ = std::move(spec);
  address_.reset();
}

Task<std::unique_ptr<http::Stream>> Route::connect() {
  std::unique_ptr<http::Stream> stream;
  auto trying = keep_trying(&stream);
  auto limited = with_timeout(clock_, hold, "cannot reach " + spec_.name, std::move(trying));
  co_await std::move(limited);
  co_return stream;
}

Task<> Route::keep_trying(std::unique_ptr<http::Stream>* stream) {
  using namespace std::chrono_literals;
  Backoff backoff(50ms, 1s);
  for (;;) {
    std::exception_ptr failed;
    try {
      auto trying = try_once();
      *stream = co_await std::move(trying);
      trouble_.clear();
      co_return;
    } catch (...) {
      failed = std::current_exception();
    }
    const auto error = error_from(failed);
    if (error.code() == ErrorCode::cancelled) std::rethrow_exception(failed);
    // Whatever it was (a pod being replaced, a Service made anew, a node stopped): the address may have changed.
    trouble_ = error.message();
    address_.reset();
    co_await clock_.sleep_for(backoff.next());
  }
}

Task<std::unique_ptr<http::Stream>> Route::try_once() { return spec_.app.empty() ? try_service() : try_pod(); }

Task<std::unique_ptr<http::Stream>> Route::try_pod() {
  const auto place = choose(ways_.pods(spec_.space, spec_.app), turn_++);
  if (!place)
    throw Error(ErrorCode::cluster_unavailable,
                "cannot connect to " + spec_.app + " in the namespace " + spec_.space + ": no pod of it is ready");
  node::DialTarget target{"127.0.0.1", spec_.service_port, place->container_id};
  auto dialling = ways_.link(place->node).dial(std::move(target));
  co_return co_await std::move(dialling);
}

Task<std::unique_ptr<http::Stream>> Route::try_service() {
  const bool untroubled = trouble_.empty();
  if (untroubled) trouble_ = "no node of the cluster is connected";
  auto* const link = co_await ways_.any_link();
  if (untroubled) trouble_.clear();
  if (!address_) {
    auto finding = find_address();
    address_ = co_await std::move(finding);
  }
  node::DialTarget target{address_->host, address_->port};
  auto dialling = link->dial(std::move(target));
  co_return co_await std::move(dialling);
}

Task<Address> Route::find_address() {
  const auto place = spec_.service + " in the namespace " + spec_.space;
  const int port = spec_.service_port;
  auto getting = kube_.get("v1", "Service", spec_.space, spec_.service);
  const auto service = co_await std::move(getting);
  if (!service) throw Error(ErrorCode::cluster_unavailable, "cannot find the Service " + place);
  std::vector<Json> slices;
  if (is_headless(*service)) {
    auto listing =
        kube_.list("discovery.k8s.io/v1", "EndpointSlice", spec_.space, "kubernetes.io/service-name=" + spec_.service);
    slices = co_await std::move(listing);
  }
  const auto address = resolve(*service, slices, port);
  if (!address) throw Error(ErrorCode::cluster_unavailable, "cannot connect to " + place + ": no pod of it is ready");
  co_return *address;
}

}  // namespace gf::forward
