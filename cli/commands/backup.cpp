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

void print_list(Context& context) {
  const auto answer = context.session.get(path_of(context, "backups"));
  if (context.output.json) {
    std::cout << dump(answer) << '\n';
    return;
  }
  std::vector<std::vector<std::string>> rows{{"ADDON", "TIME", "SIZE", "TOOK", "VERSION", "MADE BY"}};
  for (const auto& one : answer.at("backups"))
    rows.push_back({one.value("addon", ""), one.value("id", ""), bytes_text(one.value("bytes", std::uint64_t{0})),
                    duration_text(one.value("ended", 0.0) - one.value("began", 0.0)), one.value("version", ""),
                    one.value("scheduled", false) ? "schedule" : "hand"});
  std::cout << table(rows);
}

void print_schedule(Context& context, const Json& schedule) {
  const auto at = schedule.value("at", "");
  std::cout << (context.output.json ? dump(schedule) : at.empty() ? "off" : "daily at " + at) << '\n';
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
  command->add_subcommand("list", "what was saved, the oldest first")->callback([&context] {
    context.session.ensure_daemon();
    print_list(context);
  });
  struct Restore {
    std::string addon, at = "latest";
    bool yes = false;
  };
  auto wanted = std::make_shared<Restore>();
  auto* restore = command->add_subcommand("restore", "replace what the project has in an addon by what was saved");
  restore->add_option("addon", wanted->addon)->required();
  restore->add_option("--at", wanted->at, "its TIME as `gf backup list` shows it")->capture_default_str();
  restore->add_flag("--yes", wanted->yes, "do not ask");
  restore->callback([&context, wanted] {
    context.session.ensure_daemon();
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
  };
  auto asked = std::make_shared<Schedule>();
  auto* schedule = command->add_subcommand("schedule", "save all projects that are up every day, or show whether");
  schedule->add_option("how", asked->how, "daily or off")->check(CLI::IsMember({"daily", "off"}));
  schedule->add_option("--at", asked->at, "local time; what the machine slept through is made up for")
      ->capture_default_str();
  schedule->callback([&context, asked] {
    context.session.ensure_daemon();
    if (asked->how.empty()) return print_schedule(context, context.session.get("/v1/backup-schedule"));
    Json body;
    body["at"] = asked->how == "off" ? std::string() : asked->at;
    print_schedule(context, context.session.send("PUT", "/v1/backup-schedule", body));
  });
}

}  // namespace gf::cli
