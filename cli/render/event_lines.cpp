#include "render/event_lines.hpp"

#include <set>

#include "render/state_words.hpp"

namespace gf::cli {

namespace {

std::string versions_of(const Json& app) {
  std::set<std::string> versions;
  for (const auto& pod : app.value("pods", Json::array())) versions.insert(version_text(pod));
  versions.erase("-");
  std::string text;
  for (const auto& version : versions) text += ", " + version;
  return text;
}

std::string save_words(const Json& event) {
  return "save " + event.value("project", "") + '/' + event.value("app", "") + ": " +
         count_text(event.value("files", std::uint64_t{0}), "file") + ", " +
         bytes_text(event.value("bytes", std::uint64_t{0})) + ", " +
         count_text(event.value("replicas", std::uint64_t{0}), "replica") + "; " + phases_text(event);
}

}  // namespace

std::string state_words(const Json& event) {
  const auto type = event.value("type", "");
  const auto now = event.value("now", Json::object());
  const auto state = now.value("state", "");
  const auto name = type == "app" ? event.value("project", "") + '/' + now.value("name", "") : now.value("name", "");
  auto words = type + ' ' + name + ' ' + state;
  if (type == "app" && now.contains("replicas"))
    words += ", " + std::to_string(now.value("ready", 0)) + " of " + std::to_string(now.value("replicas", 0)) +
             versions_of(now);
  if (type == "project" && now.contains("commit"))
    words += ", " + (now.value("branch", "").empty() ? "detached" : now.value("branch", "")) + ' ' + version_text(now);
  const auto reason = now.value("reason", "");
  if (!reason.empty() && state != "ready") words += ", " + reason.substr(0, reason.find('\n'));
  return words;
}

std::string EventLines::operation_words(const Json& event) {
  const auto id = event.value("id", "");
  const auto step = event_from_json(event.at("event"));
  auto& tree = trees_[id];
  tree.add(step);
  auto words = step.type == EventType::log ? step.text : tree.plain(step);
  if (step.type == EventType::operation) {
    words = step.state + (step.error ? ": " + step.error->message() : "");
    if (ended(operation_state_from(step.state))) trees_.erase(id);
  }
  if (words.empty()) return {};
  return event.value("kind", "") + ' ' + event.value("subject", "") + " (" + id + "): " + words;
}

std::string EventLines::line(const Json& event) {
  const auto type = event.value("type", "");
  std::string words;
  if (type == "operation") {
    words = operation_words(event);
  } else if (type == "save") {
    words = save_words(event);
  } else if (type == "warning") {
    words = "warning " + event.value("subject", "") + ": " + event.value("text", "");
  } else if (type == "missed") {
    words = "missed: the daemon keeps nothing any more from event " +
            std::to_string(event.value("from", std::uint64_t{0})) + " to " +
            std::to_string(event.value("seq", std::uint64_t{0}));
  } else if (event.contains("now")) {
    words = state_words(event);
    auto& said = said_[type + ' ' + event.value("project", "") + ' ' + event["now"].value("name", "")];
    if (said == words) return {};
    said = words;
  }
  if (words.empty()) return {};
  return local_time_text(event.value("time", 0.0)).substr(11) + "  " + words;
}

}  // namespace gf::cli
