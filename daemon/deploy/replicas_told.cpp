#include <algorithm>

#include "core/when_all.hpp"
#include "core/with_timeout.hpp"
#include "deploy/replicas.hpp"
#include "kube/readiness.hpp"
#include "protocol/error.hpp"

// What people are told of replicas: how they stand, and by a look into them whether that is so.
namespace gf::deploy {

namespace {

constexpr auto patience = std::chrono::seconds(30);  ///< with a replica that is brought up to date, or starts
constexpr auto look_pause = std::chrono::milliseconds(200);

int restarts_of(const Json& pod) {
  int sum = 0;
  for (const auto& item : pod.value("status", Json::object()).value("containerStatuses", Json::array()))
    sum += item.value("restartCount", 0);
  return sum;
}

}  // namespace

std::vector<ReplicaStatus> Replicas::status() const {
  std::vector<ReplicaStatus> all;
  for (const auto* pod : with_.mirror.all("Pod", project_, app_label, app_.name)) {
    ReplicaStatus one;
    one.pod = pod->at("metadata").value("name", "");
    one.node = pod->at("spec").value("nodeName", "");
    one.state = kube::trouble(*pod);
    if (one.state.empty())
      one.state = pod->at("metadata").contains("deletionTimestamp")
                      ? "Terminating"
                      : pod->value("status", Json::object()).value("phase", "");
    one.restarts = restarts_of(*pod);
    one.ready = kube::assess(*pod).ready;
    if (const auto found = replicas_.find(one.pod); found != replicas_.end() && found->second->tree) {
      one.tree = found->second->tree->digest();
      one.commit = found->second->head.commit;
      one.dirty = found->second->head.dirty;
      one.synced = is_current(*found->second);
    }
    all.push_back(std::move(one));
  }
  return all;
}

/// A look into all replicas, for as long as somebody waits for it or works on it.
struct Replicas::Look {
  explicit Look(Executor executor) : changed(executor) {}
  std::vector<Verdict> verdicts;
  bool ended = false, complete = false;
  Signal changed;
};

/// Ends a look, also one that was never begun since nobody is followed any more.
class Replicas::LookEnd {
 public:
  explicit LookEnd(std::shared_ptr<Look> look) : look_(std::move(look)) {}
  ~LookEnd() {
    look_->ended = true;
    look_->changed.notify_all();
  }
  LookEnd(const LookEnd&) = delete;
  LookEnd& operator=(const LookEnd&) = delete;

 private:
  std::shared_ptr<Look> look_;
};

/// The work belongs to the group: these replicas may end while somebody waits here.
Task<std::vector<Verdict>> Replicas::verify(bool repair) {
  auto look = std::make_shared<Look>(with_.executor);
  for (const auto& [pod, replica] : replicas_) {
    Verdict verdict;
    verdict.pod = pod;
    verdict.node = replica->node;
    look->verdicts.push_back(std::move(verdict));
  }
  auto end = std::make_shared<LookEnd>(look);
  syncing_.spawn("compare the replicas of " + app_.name, look_into_all(look, repair, std::move(end)));
  while (!look->ended) {
    auto waiting = look->changed.wait();
    co_await std::move(waiting);
  }
  if (!look->complete)
    throw Error(ErrorCode::cancelled, "cannot compare the replicas: they are not followed any more", "gf status");
  co_return look->verdicts;
}

Task<> Replicas::look_into_all(std::shared_ptr<Look> look, bool repair, std::shared_ptr<LookEnd> end) {
  std::vector<Task<>> all;
  for (std::size_t i = 0; i < look->verdicts.size(); ++i) all.push_back(look_into(look, i, repair));
  auto together = when_all(std::move(all));
  co_await std::move(together);
  look->complete = true;
  end.reset();
}

Task<> Replicas::look_into(std::shared_ptr<Look> look, std::size_t index, bool repair) {
  auto& verdict = look->verdicts[index];
  const auto deadline = with_.clock.now() + patience;
  for (;;) {
    try {
      auto looking = look_at_rest(verdict, repair);
      co_await std::move(looking);
      if (verdict.state != Verdict::State::unknown) co_return;
      verdict.reason = why_not_at_rest(verdict.pod);
    } catch (const Error& error) {
      // Its container has ended, or the link to its node: both come back.
      if (error.code() == ErrorCode::cancelled) throw;
      verdict.reason = error.message();
    }
    if (with_.clock.now() >= deadline || !find(verdict.pod)) co_return;
    auto waiting = with_.clock.sleep_for(look_pause);
    co_await std::move(waiting);
  }
}

/// Leaves the state unknown when the replica is not at rest, or was not from the beginning of the look to its end.
Task<> Replicas::look_at_rest(Verdict& verdict, bool repair) {
  bool mended = false;
  for (;;) {
    auto resting = with_timeout(with_.clock, patience, "too long", wait_for_rest(verdict.pod));
    bool rested = true;
    try {
      co_await std::move(resting);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::timed_out) throw;
      rested = false;
    }
    const auto replica = find(verdict.pod);
    if (!rested || !replica) co_return;
    auto held = with_.paths_in(replica->image);
    held.insert(held.end(), replica->unsure.begin(), replica->unsure.end());
    const auto wanted = replica->tree;
    auto& link = with_.links.at(replica->node);
    auto comparing = drift_of_container(link, replica->container_id, app_, wanted, std::move(held));
    auto found = co_await std::move(comparing);
    if (find(verdict.pod) != replica || !is_at_rest(replica) || replica->tree != wanted) co_return;
    verdict.tree = wanted->digest();
    verdict.reason.clear();
    if (found.empty()) {
      verdict.state = mended ? Verdict::State::repaired : Verdict::State::identical;
      co_return;
    }
    verdict.files = std::move(found);
    if (!repair || mended || replica->mounted) {
      verdict.state = Verdict::State::drifted;
      if (repair && replica->mounted) verdict.reason = "the checkout is mounted there: only a new pod gets it anew";
      co_return;
    }
    mend(replica, verdict.files);
    mended = true;
  }
}

Task<> Replicas::wait_for_rest(std::string pod) {
  for (;;) {
    const auto replica = find(pod);
    if (!replica || is_at_rest(replica)) co_return;
    auto waiting = rested_.wait();
    co_await std::move(waiting);
  }
}

/// Through the ordinary sync: what is not as it should be is not known to be there.
void Replicas::mend(const std::shared_ptr<Replica>& replica, const std::vector<DriftedFile>& files) {
  for (const auto& file : files) replica->unsure.insert(file.path);
  replica->mending = replica->busy = true;
  syncing_.spawn("repair " + replica->pod, bring_up_to_date(replica->pod, replica->container_id));
}

bool Replicas::is_at_rest(const std::shared_ptr<Replica>& replica) const {
  return !replica->container_id.empty() && !replica->busy && replica->tree && replica->tree == snapshot_.tree;
}

std::shared_ptr<Replicas::Replica> Replicas::find(const std::string& pod) const {
  const auto found = replicas_.find(pod);
  return found == replicas_.end() ? nullptr : found->second;
}

std::string Replicas::why_not_at_rest(const std::string& pod) const {
  const auto replica = find(pod);
  if (!replica) return "it is gone";
  if (replica->container_id.empty()) return "its container does not run";
  return replica->trouble.empty() ? "it was synced all the time" : replica->trouble;
}

}  // namespace gf::deploy
