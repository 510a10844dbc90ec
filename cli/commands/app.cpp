#include <iostream>
#include <sstream>

#include "commands.hpp"
#include "render/state_words.hpp"
#include "render/table.hpp"

namespace gf::cli {

namespace {

/// File names may hold anything: what a terminal would obey is shown as JSON writes it.
std::string shown(const std::string& path) {
  for (const char c : path)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return dump(Json(path));
  return path;
}

void print_app(const Json& app, bool color) {
  const auto name = app.value("app", "");
  const auto& replicas = app.at("replicas");
  if (!app.value("syncs", false)) {
    std::cout << name << ": no files are synced\n";
    return;
  }
  std::size_t identical = 0;
  for (const auto& replica : replicas)
    if (const auto state = replica.value("state", ""); state == "identical" || state == "repaired") ++identical;
  std::cout << name << ": " << identical << " of " << replicas.size() << " replicas hold the checkout\n";
  std::vector<std::vector<std::string>> rows;
  for (const auto& replica : replicas) {
    const auto reason = replica.value("reason", "");
    rows.push_back({replica.value("pod", ""), replica.value("node", ""), paint(replica.value("state", ""), color),
                    reason.empty() ? replica.value("tree", "") : reason});
  }
  std::istringstream lines(table(rows, "  "));
  for (const auto& replica : replicas) {
    std::string line;
    std::getline(lines, line);
    std::cout << line << '\n';
    rows.clear();
    for (const auto& file : replica.at("files"))
      rows.push_back({file.value("drift", ""), shown(file.value("path", ""))});
    if (const auto more = replica.value("more", 0); more > 0) rows.push_back({"and", std::to_string(more) + " more"});
    std::cout << table(rows, "    ");
  }
}

void verify(Context& context, const std::string& wanted, bool repair) {
  context.session.ensure_daemon();
  const auto project = current_project(context, context.session.get("/v1/status"));
  std::vector<std::string> names;
  if (!wanted.empty()) names.push_back(wanted);
  if (wanted.empty())
    for (const auto& app : project.at("apps")) names.push_back(app.value("name", ""));
  Json all;
  all["apps"] = Json::array();
  Json body;
  body["repair"] = repair;
  bool identical = true, drifted = false;
  for (const auto& name : names) {
    all["apps"].push_back(context.session.send("POST",
                                               "/v1/projects/" + http::percent_encode(project.value("name", "")) +
                                                   "/apps/" + http::percent_encode(name) + "/verify",
                                               body));
    const auto& answer = all["apps"].back();
    identical = identical && answer.value("identical", false);
    for (const auto& replica : answer.at("replicas")) drifted = drifted || replica.value("state", "") == "drifted";
    if (!context.output.json) print_app(answer, context.output.color);
  }
  if (context.output.json)
    std::cout << dump(all) << '\n';
  else if (drifted && !repair)
    std::cout << "gf app verify --repair brings them back to the checkout\n";
  context.exit_code = identical ? 0 : 1;
}

}  // namespace

void add_app(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("app", "what is in the replicas of apps");
  command->require_subcommand(1);
  struct Options {
    std::string app;
    bool repair = false;
  };
  auto options = std::make_shared<Options>();
  auto* verify_command =
      command->add_subcommand("verify", "compare what every replica holds with the checkout, file by file");
  verify_command->add_option("app", options->app, "only this one");
  verify_command->add_flag("--repair", options->repair, "bring those that differ back to the checkout");
  verify_command->callback([&context, options] { verify(context, options->app, options->repair); });
}

}  // namespace gf::cli
