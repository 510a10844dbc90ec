#include "kube/mirror.hpp"

namespace gf::kube {

namespace {

struct Kind {
  const char* api_version;
  const char* kind;
  const char* space = "";
  const char* labels = Mirror::managed_label;
};
constexpr Kind kinds[] = {{"apps/v1", "Deployment"},
                          {"apps/v1", "StatefulSet"},
                          {"apps/v1", "DaemonSet"},
                          {"batch/v1", "Job"},
                          {"v1", "Pod"},
                          {"v1", "ConfigMap", "kube-public", ""}};

std::string name_of(const Json& object, const char* key) { return object.at("metadata").value(key, ""); }

}  // namespace

bool has_label(const Json& object, const std::string& label, const std::string& value) {
  const auto& metadata = object.at("metadata");
  const auto labels = metadata.find("labels");
  if (labels == metadata.end() || !labels->is_object()) return false;
  const auto found = labels->find(label);
  return found != labels->end() && (value.empty() || *found == value);
}

Mirror::Mirror(Executor executor, CurrentKubeApi& api)
    : executor_(executor), api_(api), changed_(executor), watches_(executor) {
  api_.on_change([this] { begin_again(); });
  begin_again();
}

Task<> Mirror::wait_synced() {
  while (!api_.available() || !synced()) {
    auto waiting = changed_.wait();
    co_await std::move(waiting);
  }
}

void Mirror::begin_again() {
  ++generation_;
  watches_.cancel();
  objects_.clear();
  syncing_ = api_.available() ? std::size(kinds) : 0;
  changed_.notify_all();
  if (!api_.available()) return;
  for (const auto& kind : kinds) {
    auto sink = [this, generation = generation_](const WatchEvent& event) {
      if (generation == generation_) take(event);
    };
    watches_.spawn(std::string("watch ") + kind.kind,
                   api_.watch(kind.api_version, kind.kind, kind.space, kind.labels, sink));
  }
}

void Mirror::take(const WatchEvent& event) {
  if (event.type == "SYNCED") {
    --syncing_;
  } else {
    Key key(event.object.value("kind", ""), name_of(event.object, "namespace"), name_of(event.object, "name"));
    if (event.type == "DELETED") {
      objects_.erase(key);
    } else {
      auto& object = objects_[std::move(key)];
      object = event.object;
      object["metadata"].erase("managedFields");  // half of the bytes, and nobody reads it
    }
    for (const auto& listener : listeners_) listener(event);
  }
  changed_.notify_all();
}

const Json* Mirror::find(const std::string& kind, const std::string& space, const std::string& name) const {
  const auto found = objects_.find(Key(kind, space, name));
  return found == objects_.end() ? nullptr : &found->second;
}

std::vector<const Json*> Mirror::all(const std::string& kind, const std::string& space, const std::string& label,
                                     const std::string& value) const {
  std::vector<const Json*> found;
  for (const auto& [key, object] : objects_) {
    if (std::get<0>(key) != kind || (!space.empty() && std::get<1>(key) != space)) continue;
    if (label.empty() || has_label(object, label, value)) found.push_back(&object);
  }
  return found;
}

Task<> Mirror::stop() {
  auto stopping = watches_.stop();
  co_await std::move(stopping);
}

}  // namespace gf::kube
