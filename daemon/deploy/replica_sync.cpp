#include "deploy/mounted.hpp"
#include "deploy/replicas.hpp"

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
    auto held = with_.paths_in(replica->image);
    held.insert(held.end(), replica->unsure.begin(), replica->unsure.end());
    auto comparing =
        deltas_of_container(with_.workers, link, replica->container_id, root_, app_, wanted.tree, std::move(held));
    deltas = co_await std::move(comparing);
  }
  std::set<std::string> unsettled;
  for (const auto& delta : deltas) {
    replica->unsure.insert(delta.touched.begin(), delta.touched.end());
    unsettled.insert(delta.unsettled.begin(), delta.unsettled.end());
  }
  std::erase_if(deltas, [](const auto& delta) { return delta.deletes.empty() && delta.writes.empty(); });
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
  co_return sum;
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
