#include "dev/view.hpp"

namespace gf::cli {

namespace {

constexpr std::size_t kept_logs = 500, kept_output = 100, kept_saves = 10, kept_warnings = 2;

std::string in_lines(const std::string& title, const Error& error) {
  auto text = title + ": " + error.message();
  if (!error.cause().empty()) text += '\n' + error.cause();
  while (text.ends_with('\n')) text.pop_back();
  return error.hint().empty() ? text : text + "\ntry: " + error.hint();
}

bool is_of_operation(const std::string& key) { return !key.starts_with("app ") && !key.starts_with("addon "); }

}  // namespace

DevView::DevView(std::string project_name) : name(std::move(project_name)) {}

void DevView::take_status(const Json& status) {
  stands_at_ = status.at("daemon").value("last_event", std::uint64_t{0});
  apps.clear();
  addons.clear();
  works.clear();
  warnings.clear();
  std::erase_if(troubles, [](const auto& entry) { return !is_of_operation(entry.first); });
  cluster = status.at("cluster");
  for (const auto& addon : status.at("addons")) take_state("addon", Json{{"now", addon}});
  for (const auto& one : status.at("projects")) {
    if (one.value("name", "") != name) continue;
    take_state("project", Json{{"now", one}});
    for (const auto& app : one.at("apps")) take_state("app", Json{{"project", name}, {"now", app}});
  }
  for (const auto& warning : status.at("warnings"))
    if (warnings.push_front(warning.get<std::string>()); warnings.size() > kept_warnings) warnings.pop_back();
}

void DevView::take_event(const Json& event) {
  now = event.value("time", now);
  const auto type = event.value("type", "");
  const auto of = event.value("project", "");
  if (!of.empty() && of != name) return;
  if (type == "operation") {
    take_operation(event);
  } else if (type == "save") {
    saves.push_front(event);
    if (saves.size() > kept_saves) saves.pop_back();
  } else if (type == "warning" && is_news(event)) {
    warnings.push_front(event.value("subject", "") + ": " + event.value("text", ""));
    if (warnings.size() > kept_warnings) warnings.pop_back();
  } else if (event.contains("now") && is_news(event)) {
    take_state(type, event);
  }
}

void DevView::take_log(const Json& line) {
  logs.push_back(line);
  if (logs.size() > kept_logs) logs.pop_front();
}

void DevView::take_operation(const Json& event) {
  const auto id = event.value("id", "");
  const auto key = event.value("kind", "") + ' ' + event.value("subject", "");
  const auto step = event_from_json(event.at("event"));
  auto& work = works[id];
  work.title = key + " (" + id + ')';
  work.tree.add(step);
  if (step.type == EventType::log) {
    work.output.push_back(step.text);
    if (work.output.size() > kept_output) work.output.pop_front();
  }
  if (step.type != EventType::operation || !ended(operation_state_from(step.state))) return;
  works.erase(id);
  if (step.state == "failed" && step.error) troubles[key] = in_lines(key, *step.error);
  if (step.state != "done") return;
  troubles.erase(key);
  // `up` ensures all of the project: what failed before it is no news any more.
  if (event.value("kind", "") == "up")
    std::erase_if(troubles, [](const auto& entry) { return is_of_operation(entry.first); });
}

void DevView::take_state(const std::string& type, const Json& event) {
  const auto thing = event.at("now");
  const auto thing_name = thing.value("name", "");
  const bool is_gone = thing.value("state", "") == "removed";
  if (type == "cluster") {
    cluster = thing;
  } else if (type == "project" && thing_name == name) {
    project = thing;
    project.erase("apps");
    if (thing.value("state", "") == "up") troubles.erase("up " + name);
  } else if (type == "app" || type == "addon") {
    auto& things = type == "app" ? apps : addons;
    if (is_gone)
      things.erase(thing_name);
    else
      things[thing_name] = thing;
    take_health(type + ' ' + thing_name, thing);
  }
}

/// What has failed is in trouble until it stands well again: not while it only tries anew.
void DevView::take_health(const std::string& key, const Json& thing) {
  const auto state = thing.value("state", "");
  const auto reason = thing.value("reason", "");
  if (state == "failed")
    troubles[key] = key + " failed" + (reason.empty() ? "" : ": " + reason);
  else if (state != "starting" && state != "waiting")
    troubles.erase(key);
}

std::set<std::string> trouble_names(const DevView& view) {
  std::set<std::string> names;
  for (const auto& [trouble, text] : view.troubles) names.insert(trouble);
  return names;
}

std::string notification(const std::set<std::string>& before, const std::set<std::string>& now) {
  std::string failed, well;
  for (const auto& one : now)
    if (!before.contains(one)) failed += (failed.empty() ? "failed: " : ", ") + one;
  for (const auto& one : before)
    if (!now.contains(one)) well += (well.empty() ? "well again: " : ", ") + one;
  return failed + (failed.empty() || well.empty() ? "" : "; ") + well;
}

}  // namespace gf::cli
