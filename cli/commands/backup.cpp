#include <unistd.h>

#include <iostream>

#include "commands.hpp"
#include "confirm.hpp"
#include "render/table.hpp"

namespace gf::cli {

namespace {

std::string path_of(Context& context, const std::string& what) {
  const auto project = current_project(context, context.session.get("/v1/status"));
  return "/v1/projects/" + http::percent_encode(project.value("name", "")) + '/' + what;
}

void print_backup(const Json& backup, const std::string& verb) {
  std::cout << verb << ' ' << backup.value("addon", "") << " of " << backup.value("project", "") << ": "
            << backup.value("id", "") << ", " << bytes_text(backup.value("bytes", std::uint64_t{0})) << '\n';
}

void back_up(Context& context, const std::vector<std::string>& addons) {
  Json body;
  body["addons"] = addons;
  const auto result = finish(context, context.session.send("POST", path_of(context, "backups"), body));
  if (context.output.json || !result.is_object()) return;
  for (const auto& one : result.at("backups")) print_backup(one, "saved");
}

std::uint64_t number(const Json& value, const char* key) { return value.value(key, std::uint64_t{0}); }

/// Those of the project in this folder, if there is one, and those of the cluster.
Json all_backups(Context& context) {
  Json all;
  all["backups"] = Json::array();
  const auto root = project_root(context.folder);
  const auto status = context.session.get("/v1/status");  // outlives the walk through it
  for (const auto& project : status.at("projects"))
    if (project.value("root", "") == root)
      all = context.session.get("/v1/projects/" + http::percent_encode(project.value("name", "")) + "/backups");
  all["cluster"] = context.session.get("/v1/cluster-backups").at("backups");
  return all;
}

std::vector<std::string> row(const Json& backup, std::string of, std::uint64_t bytes, const char* version) {
  return {std::move(of),
          backup.value("id", ""),
          bytes_text(bytes),
          duration_text(backup.value("ended", 0.0) - backup.value("began", 0.0)),
          backup.value(version, ""),
          backup.value("scheduled", false) ? "schedule" : "hand"};
}

void print_list(Context& context) {
  const auto all = all_backups(context);
  if (context.output.json) {
    std::cout << dump(all) << '\n';
    return;
  }
  std::vector<std::vector<std::string>> rows{{"ADDON", "TIME", "SIZE", "TOOK", "VERSION", "MADE BY"}};
  for (const auto& one : all.at("backups"))
    rows.push_back(row(one, one.value("addon", ""), number(one, "bytes"), "version"));
  for (const auto& one : all.at("cluster"))
    rows.push_back(row(one, "cluster", number(one, "bytes_copied") + number(one, "bytes_linked"), "kubernetes"));
  std::cout << table(rows);
}

void back_up_cluster(Context& context, bool full) {
  Json body;
  body["full"] = full;
  const auto result = finish(context, context.session.send("POST", "/v1/cluster-backups", body));
  if (context.output.json || !result.is_object()) return;
  std::cout << "saved the cluster: " << result.value("id", "") << ", " << number(result.at("objects"), "count")
            << " objects, " << result.at("volumes").size() << " volumes; " << bytes_text(number(result, "bytes_copied"))
            << " copied, " << bytes_text(number(result, "bytes_linked")) << " as in the backup before\n";
  for (const auto& claim : result.at("left_out"))
    std::cout << "not saved: the content of " << claim.get<std::string>() << ", which is no folder on a node\n";
}

void restore_cluster(Context& context, const std::string& at, bool force, bool yes) {
  confirm(force ? "This makes what the backup has of the cluster, and replaces objects that are there already."
                : "This makes what the backup has of the cluster.",
          yes);
  Json body;
  body["force"] = force;
  const auto path = "/v1/cluster-backups/" + http::percent_encode(at) + "/restore";
  const auto result = finish(context, context.session.send("POST", path, body));
  if (context.output.json || !result.is_object()) return;
  std::cout << "restored the cluster of " << result.value("id", "") << ": " << number(result, "created")
            << " objects made, " << number(result, "replaced") << " replaced, " << number(result, "left")
            << " left as they were, " << number(result, "volumes") << " volumes\n"
            << "`gf up` starts its projects and addons.\n";
}

void print_schedule(Context& context, const Json& schedule) {
  const auto at = schedule.value("at", "");
  const auto text =
      at.empty() ? "off" : "daily at " + at + (schedule.value("cluster", false) ? ", the cluster too" : "");
  std::cout << (context.output.json ? dump(schedule) : text) << '\n';
}

}  // namespace

void add_backup(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("backup", "save what this project has in its addons, and put it back");
  command->require_subcommand(1);
  auto addons = std::make_shared<std::vector<std::string>>();
  auto* now = command->add_subcommand("now", "save it to a file for each addon");
  now->add_option("addon", *addons, "only these (default: all of the project)");
  now->callback([&context, addons] {
    context.session.ensure_daemon();
    back_up(context, *addons);
  });
  auto full = std::make_shared<bool>(false);
  auto* cluster = command->add_subcommand("cluster", "save all objects and volumes of the cluster");
  cluster->add_flag("--full", *full, "copy also what has not changed since the last one");
  cluster->callback([&context, full] {
    context.session.ensure_daemon();
    back_up_cluster(context, *full);
  });
  command->add_subcommand("list", "what was saved, the oldest first")->callback([&context] {
    context.session.ensure_daemon();
    print_list(context);
  });
  struct Restore {
    std::string addon, at = "latest";
    bool yes = false, force = false;
  };
  auto wanted = std::make_shared<Restore>();
  auto* restore = command->add_subcommand("restore", "put back what was saved of an addon, or of the cluster");
  restore->add_option("addon", wanted->addon, "what the project has there is replaced; or: cluster")->required();
  restore->add_option("--at", wanted->at, "its TIME as `gf backup list` shows it")->capture_default_str();
  restore->add_flag("--force", wanted->force, "of the cluster: replace objects that are there with other content");
  restore->add_flag("--yes", wanted->yes, "do not ask");
  restore->callback([&context, wanted] {
    context.session.ensure_daemon();
    if (wanted->addon == "cluster") return restore_cluster(context, wanted->at, wanted->force, wanted->yes);
    if (wanted->force) throw Error(ErrorCode::usage, "cannot restore an addon by force: --force is for the cluster");
    const auto path = path_of(context, "restore");
    confirm("This replaces what the project has in " + wanted->addon + '.', wanted->yes);
    Json body;
    body["addon"] = wanted->addon;
    body["at"] = wanted->at;
    const auto result = finish(context, context.session.send("POST", path, body));
    if (!context.output.json && result.is_object()) print_backup(result, "restored");
  });
  struct Schedule {
    std::string how, at = "03:15";
    bool cluster = false;
  };
  auto asked = std::make_shared<Schedule>();
  auto* schedule = command->add_subcommand("schedule", "save all projects that are up every day, or show whether");
  schedule->add_option("how", asked->how, "daily or off")->check(CLI::IsMember({"daily", "off"}));
  schedule->add_option("--at", asked->at, "local time; what the machine slept through is made up for")
      ->capture_default_str();
  schedule->add_flag("--cluster", asked->cluster, "the state of the cluster too: weekly in full");
  schedule->callback([&context, asked] {
    context.session.ensure_daemon();
    if (asked->how.empty()) return print_schedule(context, context.session.get("/v1/backup-schedule"));
    Json body;
    body["at"] = asked->how == "off" ? std::string() : asked->at;
    body["cluster"] = asked->cluster;
    print_schedule(context, context.session.send("PUT", "/v1/backup-schedule", body));
  });
}

}  // namespace gf::cli
