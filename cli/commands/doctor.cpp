#include <algorithm>
#include <iostream>

#include "commands.hpp"
#include "render/table.hpp"

namespace gf::cli {

namespace {

void print_checks(const Context& context, const Json& checks) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& check : checks) {
    const auto state = check.value("state", "");
    const char* code = state == "ok" ? "32" : state == "error" ? "31" : "33";
    rows.push_back({context.output.color ? std::string("\033[") + code + 'm' + state + "\033[0m" : state,
                    check.value("name", ""), check.value("summary", "")});
  }
  std::cout << table(rows);
  for (const auto& check : checks)
    if (check.value("state", "") != "ok")
      std::cout << '\n'
                << check.value("name", "") << ": " << check.value("cost", "")
                << "\n  repair: " << check.value("repair", "")
                << (check.value("fixable", false) ? "   (gf doctor --fix does it)" : "") << '\n';
}

}  // namespace

void add_doctor(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("doctor", "what this machine lacks, what it costs, and the repair");
  auto fix = std::make_shared<bool>(false);
  command->add_flag("--fix", *fix, "do the repairs that can be done");
  command->callback([&context, fix] {
    context.session.ensure_daemon();
    if (*fix) {
      const auto done = context.session.send("POST", "/v1/doctor/fix", Json::object());
      for (const auto& name : done.at("fixed")) std::cerr << "repaired " << name.get<std::string>() << '\n';
      for (const auto& one : done.at("failed"))
        std::cerr << "could not repair " << one.value("name", "") << ": " << one.value("reason", "") << '\n';
    }
    const auto answer = context.session.get("/v1/doctor");
    if (context.output.json)
      std::cout << dump(answer) << '\n';
    else
      print_checks(context, answer.at("checks"));
    const auto is_error = [](const Json& check) { return check.value("state", "") == "error"; };
    context.exit_code = std::ranges::any_of(answer.at("checks"), is_error) ? 1 : 0;
  });
}

}  // namespace gf::cli
