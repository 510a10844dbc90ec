#include "kube/watcher.hpp"

#include <set>

#include "kube/resource_catalogue.hpp"
#include "protocol/error.hpp"

namespace gf::kube {

namespace {

constexpr int gone = 410;

/// The part of an object that names it.
Json identity(const Json& object) {
  Json metadata;
  for (const char* key : {"name", "namespace", "uid", "labels"})
    if (object["metadata"].contains(key)) metadata[key] = object["metadata"][key];
  Json named;
  named["apiVersion"] = object.value("apiVersion", "");
  named["kind"] = object.value("kind", "");
  named["metadata"] = std::move(metadata);
  return named;
}

}  // namespace

Watcher::Watcher(Source source, Clock& clock, std::string space, std::string labels, WatchSink sink)
    : source_(std::move(source)),
      clock_(clock),
      space_(std::move(space)),
      labels_(std::move(labels)),
      sink_(std::move(sink)),
      backoff_(std::chrono::milliseconds(100), std::chrono::milliseconds(500)) {}

Task<> Watcher::run() {
  for (;;) {
    try {
      if (version_.empty()) {
        auto listing = list();
        co_await std::move(listing);
      }
      auto following = follow();
      co_await std::move(following);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::cancelled) throw;
    } catch (const boost::system::system_error& error) {
      if (error.code() == net::error::operation_aborted) throw;
    }
    // Also after a stream that simply ended: a server that closes at once is not asked in a tight loop.
    auto waiting = clock_.sleep_for(backoff_.next());
    co_await std::move(waiting);
  }
}

http::Request Watcher::request(const std::string& query) const {
  http::Request request;
  request.target = resource_path(resource_, space_) + '?' + query;
  if (!labels_.empty()) request.target += "&labelSelector=" + http::percent_encode(labels_);
  return request;
}

Task<> Watcher::list() {
  auto finding = source_.resource();
  resource_ = co_await std::move(finding);
  auto sending = source_.send(request("limit=0"));
  const auto response = co_await std::move(sending);
  if (response.status != 200)
    throw Error(ErrorCode::cluster_unavailable, "cannot list " + resource_.plural, {}, response.body);
  auto body = parse_json(response.body, "the cluster's answer");
  std::set<std::string> present;
  for (const auto& item : body["items"]) present.insert(item["metadata"].value("uid", ""));
  const auto before = known_;
  for (const auto& [uid, object] : before)
    if (!present.contains(uid)) tell("DELETED", object);
  for (auto& item : body["items"]) {
    const bool is_known = before.contains(item["metadata"].value("uid", ""));
    tell(is_known ? "MODIFIED" : "ADDED", std::move(item));
  }
  version_ = body["metadata"].value("resourceVersion", "");
  if (!std::exchange(synced_, true)) sink_(WatchEvent{"SYNCED", nullptr});
}

Task<> Watcher::follow() {
  auto opening = source_.open(request("watch=true&allowWatchBookmarks=true&resourceVersion=" + version_));
  const auto stream = co_await std::move(opening);
  if (stream->head().status != 200) {
    if (stream->head().status == gone) version_.clear();
    throw Error(ErrorCode::cluster_unavailable, "cannot watch " + resource_.plural);
  }
  for (;;) {
    auto reading = stream->read_line();
    const auto line = co_await std::move(reading);
    if (!line) co_return;
    if (line->empty()) continue;
    auto event = parse_json(*line, "a watch event");
    const auto type = event.value("type", "");
    auto& object = event["object"];
    if (type == "ERROR") {
      if (object.value("code", 0) == gone) version_.clear();
      throw Error(ErrorCode::cluster_unavailable, "cannot go on watching " + resource_.plural, {},
                  object.value("message", ""));
    }
    version_ = object["metadata"].value("resourceVersion", version_);
    backoff_.reset();
    if (type != "BOOKMARK") tell(type, std::move(object));
  }
}

void Watcher::tell(const std::string& type, Json object) {
  object["apiVersion"] = resource_.api_version;
  object["kind"] = resource_.kind;
  const auto uid = object["metadata"].value("uid", "");
  if (type == "DELETED")
    known_.erase(uid);
  else
    known_[uid] = identity(object);
  sink_(WatchEvent{type, std::move(object)});
}

}  // namespace gf::kube
