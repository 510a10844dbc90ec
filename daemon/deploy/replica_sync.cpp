#include "deploy/mounted.hpp"
#include "deploy/replicas.hpp"
#include "protocol/error.hpp"

// What a change of the checkout is to one container.
namespace gf::deploy {

/// Writes what the container lacks.
Task<LastSync> Replicas::write_files(std::shared_ptr<Replica> replica, source::Snapshot wanted) {
  auto& link = with_.links.at(replica->node);
  std::vector<Delta> deltas;
  if (replica->tree) {
    auto reading = deltas_between(with_.workers, root_, app_, replica->tree, wanted.tree, replica->unsure);
    deltas = co_await std::move(reading);
  } else {  // it is filled for the first time
    recall(*replica, *wanted.tree);
    std::vector<std::string> held(replica->held.begin(), replica->held.end());
    auto comparing =
        deltas_of_container(with_.workers, link, replica->container_id, root_, app_, wanted.tree, std::move(held));
    deltas = co_await std::move(comparing);
  }
  std::set<std::string> unsettled;
  std::vector<std::string> brought, gone;
  for (const auto& delta : deltas) {
    replica->unsure.insert(delta.touched.begin(), delta.touched.end());
    for (const auto& path : delta.touched) (wanted.tree->find(path) ? brought : gone).push_back(path);
    unsettled.insert(delta.unsettled.begin(), delta.unsettled.end());
  }
  std::erase_if(deltas, [](const auto& delta) { return delta.deletes.empty() && delta.writes.empty(); });
  note_held(*replica, brought);
  LastSync sum;
  sum.planned = since_save();
  for (std::size_t i = 0; i < deltas.size(); ++i) {
    node::SyncRequest request;
    request.container_id = replica->container_id;
    request.target = deltas[i].target;
    request.deletes = std::move(deltas[i].deletes);
    request.writes = std::move(deltas[i].writes);
    if (i + 1 == deltas.size()) request.signal = signal_after_sync(app_);
    auto syncing = link.sync(std::move(request));
    const auto result = co_await std::move(syncing);
    sum.files += result.files;
    sum.bytes += result.bytes;
    sum.sent = since_save() - result.seconds;
  }
  replica->unsure = std::move(unsettled);
  note_gone(*replica, gone);
  co_return sum;
}

/// What may lie in a container of which nothing is known: by its image, or by the syncs of a former daemon.
void Replicas::recall(Replica& replica, const source::Tree& wanted) {
  replica.held.merge(with_.ledger.paths(replica.place));
  replica.held.insert(replica.unsure.begin(), replica.unsure.end());
  auto paths = with_.paths_in(replica.image);
  for (const auto& rule : app_.sync) {
    const auto files = synced_files(app_, rule, wanted);
    for (const auto& file : files.files) paths.push_back(path_in_checkout(rule, file.path));
  }
  note_held(replica, paths);
}

void Replicas::note_held(Replica& replica, const std::vector<std::string>& paths) {
  std::vector<std::string> fresh;
  for (const auto& path : paths)
    if (replica.held.insert(path).second) fresh.push_back(path);
  keep([&] { with_.ledger.add(replica.place, fresh); });
}

void Replicas::note_gone(Replica& replica, const std::vector<std::string>& paths) {
  for (const auto& path : paths) replica.held.erase(path);
  keep([&] { with_.ledger.drop(replica.place, paths); });
}

/// A ledger that cannot be written holds up no save.
void Replicas::keep(const std::function<void()>& write) {
  try {
    write();
  } catch (const Error& error) {
    with_.warn(error.message());
  }
}

/// What is mounted is there already: the program is told.
Task<LastSync> Replicas::tell_of_change(std::shared_ptr<Replica> replica, source::Snapshot wanted) {
  LastSync sum;
  sum.files = mounted_changes(app_, *replica->tree, *wanted.tree);
  sum.planned = since_save();
  sum.sent = sum.planned;
  node::SyncRequest request;
  request.signal = signal_after_sync(app_);
  if (sum.files == 0 || request.signal.empty()) co_return sum;
  request.container_id = replica->container_id;
  request.target = app_.sync.front().to;
  auto& link = with_.links.at(replica->node);
  auto telling = link.sync(std::move(request));
  const auto result = co_await std::move(telling);
  sum.sent = since_save() - result.seconds;
  co_return sum;
}

}  // namespace gf::deploy
