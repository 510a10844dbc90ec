#include "deploy/replicas.hpp"

#include <algorithm>
#include <utility>

#include "core/backoff.hpp"
#include "deploy/mounted.hpp"
#include "node/pod_exec.hpp"
#include "protocol/error.hpp"

namespace gf::deploy {

namespace {

/// A file that was not as the tree says when it was read either changes the tree in a moment or is looked at again, so
/// often. One that never is (it changes all the time, or without anybody hearing of it) waits for the next change.
constexpr auto unsettled_pause = std::chrono::milliseconds(20);
constexpr int unsettled_tries = 50;

Json gate_patch(bool open) {
  Json condition;
  condition["type"] = synced_gate;
  condition["status"] = open ? "True" : "False";
  condition["reason"] = open ? "FilesSynced" : "FilesAwaited";
  Json patch;
  patch["status"]["conditions"] = Json::array({condition});
  return patch;
}

bool gate_is_open(const Json& pod) {
  for (const auto& condition : pod.value("status", Json::object()).value("conditions", Json::array()))
    if (condition.value("type", "") == synced_gate) return condition.value("status", "") == "True";
  return false;
}

}  // namespace

Replicas::Replicas(Collaborators with, std::string project, std::string root, AppSpec app)
    : with_(std::move(with)),
      project_(std::move(project)),
      root_(std::move(root)),
      app_(std::move(app)),
      rested_(with_.executor),
      syncing_(with_.executor, [warn = with_.warn](const std::string& name, std::exception_ptr thrown) {
        warn(name + ": " + error_from(thrown).message());
      }) {}

void Replicas::set_snapshot(source::Snapshot snapshot) {
  const bool is_save = snapshot.tree != snapshot_.tree;
  snapshot_ = std::move(snapshot);
  if (is_save) {
    counting_ = {};
    counting_.seen = since_save();
  }
  for (const auto& [pod, replica] : replicas_) wake(replica);
}

void Replicas::refresh() {
  std::map<std::string, std::shared_ptr<Replica>> present;
  for (const auto* pod : with_.mirror.all("Pod", project_, app_label, app_.name)) {
    const auto name = pod->at("metadata").value("name", "");
    if (pod->at("metadata").contains("deletionTimestamp")) continue;
    auto& replica = present[name];
    if (const auto known = replicas_.find(name); known != replicas_.end())
      replica = known->second;
    else
      replica = std::make_shared<Replica>();
    const auto id = node::container_id(*pod, app_.name);
    const bool mounted = has_checkout_mounted(*pod);
    if (id != replica->container_id) {  // a new instance has the image's files, whatever the former one had
      auto fresh = std::make_shared<Replica>();
      fresh->container_id = id;
      // … but for what is mounted: there it has what was there before it began, at the least.
      if (mounted && replica->container_id.empty()) {
        fresh->tree = replica->tree;
        fresh->head = replica->head;
      }
      replica = std::move(fresh);
    }
    replica->mounted = mounted;
    replica->pod = name;
    replica->node = pod->at("spec").value("nodeName", "");
    replica->image = pod->at("spec")["containers"][0].value("image", "");
    replica->gate_open = gate_is_open(*pod);
  }
  replicas_ = std::move(present);
  for (const auto& [pod, replica] : replicas_) wake(replica);
  rested_.notify_all();
}

void Replicas::wake(const std::shared_ptr<Replica>& replica) {
  if (!syncs(app_) || replica->busy || !snapshot_.tree) return;
  if (replica->mounted && !replica->tree) {
    replica->tree = snapshot_.tree;
    replica->head = snapshot_.head;
  }
  const bool shut_wanted = replica->gate_open && replica->tree == nullptr;
  const bool open_wanted = !replica->mounted && !replica->gate_open && replica->tree != nullptr;
  const bool behind = !replica->container_id.empty() && replica->tree != snapshot_.tree;
  if (!shut_wanted && !open_wanted && !behind) return;
  replica->busy = true;
  syncing_.spawn("sync " + replica->pod, bring_up_to_date(replica->pod, replica->container_id));
}

std::shared_ptr<Replicas::Replica> Replicas::current(const std::string& pod, const std::string& container_id) {
  const auto found = replicas_.find(pod);
  return found != replicas_.end() && found->second->container_id == container_id ? found->second : nullptr;
}

Task<> Replicas::set_gate(std::string pod, bool open) {
  auto patch = gate_patch(open);
  auto patching = with_.kube.patch("v1", "Pod", project_, std::move(pod), "status", std::move(patch));
  co_await std::move(patching);
}

/// Brings the container to the newest tree. Whether there is a newer one by now.
Task<bool> Replicas::sync_once(std::string pod, std::string container_id) {
  auto replica = current(pod, container_id);
  const auto wanted = snapshot_;
  if (!replica || container_id.empty() || is_current(*replica)) co_return false;
  const bool is_save = replica->tree && !(replica->mending && replica->tree == wanted.tree);
  LastSync sum;
  if (replica->mounted) {
    auto telling = tell_of_change(replica, wanted);
    sum = co_await std::move(telling);
  } else {
    auto writing = write_files(replica, wanted);
    sum = co_await std::move(writing);
  }
  replica->tree = wanted.tree;
  replica->head = wanted.head;
  replica->mending = false;
  replica->trouble.clear();
  if (wanted.tree != snapshot_.tree) co_return true;
  if (is_save && sum.files > 0) {
    ++counting_.replicas;
    counting_.files = std::max(counting_.files, sum.files);
    counting_.bytes = std::max(counting_.bytes, sum.bytes);
    counting_.planned = std::max(counting_.planned, sum.planned);
    counting_.sent = std::max(counting_.sent, sum.sent);
  }
  note_all_done();
  co_return false;
}

double Replicas::since_save() const {
  return std::chrono::duration<double>(with_.clock.now() - snapshot_.first_event).count();
}

void Replicas::note_all_done() {
  if (counting_.replicas == 0) return;
  for (const auto& [pod, replica] : replicas_)
    if (!replica->container_id.empty() && replica->tree != snapshot_.tree) return;
  counting_.seconds = since_save();
  last_sync_ = std::exchange(counting_, {});
  with_.synced(*last_sync_);
}

Task<> Replicas::bring_up_to_date(std::string pod, std::string container_id) {
  Backoff backoff(std::chrono::milliseconds(100), std::chrono::seconds(5));
  for (int unsettled = 0;;) {
    auto replica = current(pod, container_id);
    if (!replica) co_return;
    bool failed = false;
    try {
      if (replica->gate_open && !replica->tree) {
        auto shutting = set_gate(pod, false);
        co_await std::move(shutting);
        replica->gate_open = false;
      }
      bool more = true;
      while (more) {
        auto syncing = sync_once(pod, container_id);
        more = co_await std::move(syncing);
      }
      if (replica->tree && !replica->gate_open && !replica->mounted) {
        auto opening = set_gate(pod, true);
        co_await std::move(opening);
        replica->gate_open = true;
      }
    } catch (const Error& error) {
      // Gone, or its node away for a moment: the next event of the pod tells; until then tried again. A file that
      // cannot be written will not become writable by itself.
      if (error.code() == ErrorCode::cancelled) throw;
      replica->trouble = error.message();
      if (error.code() == ErrorCode::deploy_failed)
        with_.warn(pod + ": " + error.message() + (error.hint().empty() ? "" : "; " + error.hint()));
      failed = true;
    }
    const bool newest = container_id.empty() || replica->tree == snapshot_.tree;
    if (!failed && newest && (replica->unsure.empty() || unsettled == unsettled_tries)) {
      replica->busy = false;
      rested_.notify_all();
      co_return;
    }
    if (!failed && !newest) continue;
    if (!failed) ++unsettled;
    const Clock::duration pause = failed ? Clock::duration(backoff.next()) : Clock::duration(unsettled_pause);
    auto waiting = with_.clock.sleep_for(pause);
    co_await std::move(waiting);
  }
}

}  // namespace gf::deploy
