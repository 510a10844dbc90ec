#include "deploy/replicas.hpp"

#include <algorithm>

#include "core/backoff.hpp"
#include "kube/readiness.hpp"
#include "node/pod_exec.hpp"
#include "protocol/error.hpp"

namespace gf::deploy {

namespace {

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

int restarts_of(const Json& pod) {
  int sum = 0;
  for (const auto& item : pod.value("status", Json::object()).value("containerStatuses", Json::array()))
    sum += item.value("restartCount", 0);
  return sum;
}

}  // namespace

Replicas::Replicas(Collaborators with, std::string project, std::string root, AppSpec app)
    : with_(std::move(with)),
      project_(std::move(project)),
      root_(std::move(root)),
      app_(std::move(app)),
      syncing_(with_.executor, [warn = with_.warn](const std::string& name, std::exception_ptr thrown) {
        warn(name + ": " + error_from(thrown).message());
      }) {}

void Replicas::set_snapshot(source::Snapshot snapshot) {
  snapshot_ = std::move(snapshot);
  counting_ = {};
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
    if (id != replica->container_id) {  // a new instance has the image's files, whatever the former one had
      auto fresh = std::make_shared<Replica>();
      fresh->container_id = id;
      replica = std::move(fresh);
    }
    replica->pod = name;
    replica->node = pod->at("spec").value("nodeName", "");
    replica->image = pod->at("spec")["containers"][0].value("image", "");
    replica->gate_open = gate_is_open(*pod);
  }
  replicas_ = std::move(present);
  for (const auto& [pod, replica] : replicas_) wake(replica);
}

void Replicas::wake(const std::shared_ptr<Replica>& replica) {
  if (!syncs(app_) || replica->busy || !snapshot_.tree) return;
  const bool shut_wanted = replica->gate_open && replica->tree == nullptr;
  const bool open_wanted = !replica->gate_open && replica->tree != nullptr;
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

/// Writes what the container lacks of the newest tree. False when there was nothing to do any more.
Task<bool> Replicas::sync_once(std::string pod, std::string container_id) {
  auto replica = current(pod, container_id);
  const auto wanted = snapshot_;
  if (!replica || container_id.empty() || replica->tree == wanted.tree) co_return false;
  auto& link = with_.links.at(replica->node);
  std::vector<Delta> deltas;
  if (replica->tree) {
    auto reading = deltas_between(with_.workers, root_, app_, replica->tree, wanted.tree);
    deltas = co_await std::move(reading);
  } else {
    auto comparing = deltas_of_container(with_.workers, link, container_id, root_, app_, wanted.tree,
                                         with_.paths_in(replica->image));
    deltas = co_await std::move(comparing);
  }
  std::erase_if(deltas, [](const auto& delta) { return delta.deletes.empty() && delta.writes.empty(); });
  LastSync sum;
  for (std::size_t i = 0; i < deltas.size(); ++i) {
    node::SyncRequest request;
    request.container_id = container_id;
    request.target = deltas[i].target;
    request.deletes = std::move(deltas[i].deletes);
    request.writes = std::move(deltas[i].writes);
    if (i + 1 == deltas.size() && app_.on_sync == OnSync::reload) request.signal = app_.reload_signal;
    auto syncing = link.sync(std::move(request));
    const auto result = co_await std::move(syncing);
    sum.files += result.files;
    sum.bytes += result.bytes;
  }
  replica->tree = wanted.tree;
  replica->head = wanted.head;
  if (!deltas.empty() && wanted.tree == snapshot_.tree) {
    counting_.files = std::max(counting_.files, sum.files);
    counting_.bytes = std::max(counting_.bytes, sum.bytes);
    note_all_done();
  }
  co_return true;
}

void Replicas::note_all_done() {
  for (const auto& [pod, replica] : replicas_)
    if (!replica->container_id.empty() && replica->tree != snapshot_.tree) return;
  counting_.seconds = std::chrono::duration<double>(with_.clock.now() - snapshot_.first_event).count();
  last_sync_ = counting_;
  with_.synced();
}

Task<> Replicas::bring_up_to_date(std::string pod, std::string container_id) {
  Backoff backoff(std::chrono::milliseconds(100), std::chrono::seconds(5));
  for (;;) {
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
      if (replica->tree && !replica->gate_open) {
        auto opening = set_gate(pod, true);
        co_await std::move(opening);
        replica->gate_open = true;
      }
    } catch (const Error& error) {
      // Gone, or its node away for a moment: the next event of the pod tells; until then tried again. A file that
      // cannot be written will not become writable by itself.
      if (error.code() == ErrorCode::cancelled) throw;
      if (error.code() == ErrorCode::deploy_failed)
        with_.warn(pod + ": " + error.message() + (error.hint().empty() ? "" : "; " + error.hint()));
      failed = true;
    }
    if (!failed && (container_id.empty() || replica->tree == snapshot_.tree)) {
      replica->busy = false;
      co_return;
    }
    if (!failed) continue;
    auto waiting = with_.clock.sleep_for(backoff.next());
    co_await std::move(waiting);
  }
}

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
      one.synced = found->second->tree == snapshot_.tree;
    }
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace gf::deploy
