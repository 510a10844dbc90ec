#include "addon/evidence.hpp"

#include <boost/asio/error.hpp>

#include "core/with_timeout.hpp"
#include "protocol/error.hpp"

namespace gf::addon {

namespace {

constexpr int log_lines = 8;
constexpr auto log_limit = std::chrono::seconds(3);  // a node that is gone does not answer at all

Task<> read_log(kube::KubeApi& kube, std::string space, const Suspect& suspect, std::vector<std::string>& lines) {
  kube::LogRequest wanted{std::move(space), suspect.pod, suspect.container};
  wanted.tail = log_lines;
  wanted.previous = suspect.previous;
  auto opening = kube.logs(std::move(wanted));
  const auto stream = co_await std::move(opening);
  for (;;) {
    auto reading = stream->read_line();
    const auto line = co_await std::move(reading);
    if (!line) co_return;
    lines.push_back(*line);
  }
}

/// A container that never began has no log, and one whose node is gone has none to be read.
Task<> try_log(kube::KubeApi& kube, Clock& clock, std::string space, const Suspect& suspect,
               std::vector<std::string>& lines) {
  try {
    auto reading = read_log(kube, std::move(space), suspect, lines);
    auto limited = with_timeout(clock, log_limit, "cannot read the log in time", std::move(reading));
    co_await std::move(limited);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled) throw;
  } catch (const boost::system::system_error& error) {
    if (error.code() == net::error::operation_aborted) throw;
  }
}

}  // namespace

Task<std::optional<Diagnosis>> examine(kube::KubeApi& kube, kube::Mirror& mirror, Clock& clock, const AddonSpec& spec) {
  Evidence seen;
  for (const auto& one : spec.ready)
    if (const auto* object = mirror.find(one.kind, spec.space, one.name)) seen.workloads.push_back(*object);
  for (const auto* pod : mirror.all("Pod", spec.space)) seen.pods.push_back(*pod);
  const auto suspect = find_suspect(spec, seen);
  if (!suspect) co_return std::nullopt;
  auto events = kube.list("v1", "Event", spec.space, "");
  seen.events = co_await std::move(events);
  auto claims = kube.list("v1", "PersistentVolumeClaim", spec.space, "");
  seen.volume_claims = co_await std::move(claims);
  if (!suspect->container.empty()) {
    auto reading = try_log(kube, clock, spec.space, *suspect, seen.log);
    co_await std::move(reading);
  }
  co_return diagnose(spec, *suspect, seen);
}

}  // namespace gf::addon
