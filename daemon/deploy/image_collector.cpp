#include "deploy/image_collector.hpp"

#include <algorithm>

#include "protocol/error.hpp"

namespace gf::deploy {

namespace {

/// Those that builds of apps give, without a registry and with one.
constexpr const char* engine_patterns[] = {"greenfield-app/*", "*/greenfield-app/*"};

bool share_a_name(const image::StoredImage& a, const image::StoredImage& b) {
  return std::ranges::any_of(a.references, [&](const auto& one) { return b.references.contains(one); });
}

void add_images(const Json& pod_spec, std::set<std::string>& all) {
  for (const char* list : {"initContainers", "containers"})
    for (const auto& container : pod_spec.value(list, Json::array()))
      all.insert(image::canonical(container.value("image", "")));
}

std::string mib(std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

}  // namespace

std::vector<image::StoredImage> merged(std::vector<image::StoredImage> all) {
  std::vector<image::StoredImage> whole;
  for (auto& one : all) {
    for (auto known = whole.begin(); known != whole.end();) {
      if (!share_a_name(one, *known)) {
        ++known;
        continue;
      }
      one.references.merge(known->references);
      one.bytes = std::max(one.bytes, known->bytes);
      one.used = std::max(one.used, known->used);
      known = whole.erase(known);
    }
    whole.push_back(std::move(one));
  }
  return whole;
}

std::vector<std::string> images_to_remove(const std::vector<image::StoredImage>& images, const IsOurs& is_ours,
                                          const std::set<std::string>& kept, std::uint64_t budget) {
  std::uint64_t total = 0;
  std::vector<const image::StoredImage*> old;
  for (const auto& one : images) {
    if (one.references.empty() || !std::ranges::all_of(one.references, is_ours)) continue;
    total += one.bytes;
    const bool stays = std::ranges::any_of(one.references, [&](const auto& name) { return kept.contains(name); });
    if (!stays) old.push_back(&one);
  }
  std::ranges::stable_sort(old, {}, &image::StoredImage::used);
  std::vector<std::string> removed;
  for (const auto* one : old) {
    if (total <= budget) break;
    total -= one->bytes;
    removed.insert(removed.end(), one->references.begin(), one->references.end());
  }
  return removed;
}

ImageCollector::ImageCollector(Collaborators with, std::uint64_t budget)
    : with_(std::move(with)), budget_(budget), collecting_(with_.executor) {}

void ImageCollector::begin() {
  again_ = true;
  if (busy_) return;
  busy_ = true;
  collecting_.spawn("collect images", run());
}

Task<> ImageCollector::run() {
  std::exception_ptr thrown;
  try {
    while (again_) {
      again_ = false;
      auto collecting = collect();
      co_await std::move(collecting);
    }
  } catch (const Error& error) {  // the next rollout asks again
    with_.log("images of apps were not looked through: " + error.message());
  } catch (...) {
    thrown = std::current_exception();
  }
  busy_ = false;
  if (thrown) std::rethrow_exception(thrown);
}

Task<> ImageCollector::collect() {
  const auto nodes = with_.nodes();
  auto storing = stored(nodes);
  const auto images = co_await std::move(storing);
  auto using_them = used();
  auto kept = co_await std::move(using_them);
  for (const auto& reference : with_.history.all_pinned()) kept.insert(image::canonical(reference));
  const IsOurs built_here = [this](const std::string& reference) { return is_ours(reference); };
  const auto removing = images_to_remove(images, built_here, kept, budget_);
  for (const auto& reference : removing) {
    if (in_hand().contains(reference)) continue;
    auto leaving_nodes = with_.images.remove(reference, nodes);
    co_await std::move(leaving_nodes);
    const auto name = image::familiar(reference);
    auto leaving = with_.engine.remove_image(name);
    co_await std::move(leaving);
    with_.builder.forget(name);
    with_.log("removed the image " + name + ": those of apps took more than " + mib(budget_));
  }
}

/// Those of the engine and of the nodes, each once, with when it came in last.
Task<std::vector<image::StoredImage>> ImageCollector::stored(std::vector<std::string> nodes) {
  std::vector<image::StoredImage> all;
  std::vector<std::string> patterns(std::begin(engine_patterns), std::end(engine_patterns));
  auto listing = with_.engine.images(std::move(patterns));
  const auto built = co_await std::move(listing);
  for (const auto& one : built) {
    image::StoredImage image;
    for (const auto& tag : one.tags) {
      image.references.insert(image::canonical(tag));
      image.used = std::max({image.used, one.created, with_.history.last_use(tag)});
    }
    image.bytes = one.bytes;
    all.push_back(std::move(image));
  }
  for (auto& node : nodes) {
    auto asking = with_.images.stored_in(std::move(node));
    auto there = co_await std::move(asking);
    all.insert(all.end(), std::move_iterator(there.begin()), std::move_iterator(there.end()));
  }
  co_return merged(std::move(all));
}

/// What pods run, and workloads would.
Task<std::set<std::string>> ImageCollector::used() {
  auto all = in_hand();
  auto listing = with_.kube.list("v1", "Pod", "", "");
  const auto pods = co_await std::move(listing);
  for (const auto& pod : pods) add_images(pod.at("spec"), all);
  for (const char* kind : {"Deployment", "StatefulSet", "DaemonSet", "Job"})
    for (const auto* workload : with_.mirror.all(kind, ""))
      add_images(workload->at("spec").at("template").at("spec"), all);
  co_return all;
}

std::set<std::string> ImageCollector::in_hand() const {
  std::set<std::string> all;
  for (const auto& reference : with_.in_hand()) all.insert(image::canonical(reference));
  return all;
}

/// In the engine are the images of other daemons too.
bool ImageCollector::is_ours(const std::string& reference) const {
  return image::is_app_image(reference) && with_.builder.has_built(image::familiar(reference));
}

}  // namespace gf::deploy
