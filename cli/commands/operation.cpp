#include <iostream>

#include "commands.hpp"
#include "render/table.hpp"

namespace gf::cli {

namespace {

void print_list(Context& context) {
  const auto answer = context.session.get("/v1/operations");
  if (context.output.json) {
    std::cout << dump(answer) << '\n';
    return;
  }
  std::vector<std::vector<std::string>> rows{{"ID", "WHAT", "ABOUT", "STATE", "BEGUN", "TOOK"}};
  for (const auto& item : answer.at("operations")) {
    const auto operation = operation_from_json(item);
    rows.push_back({operation.id, operation.kind, operation.subject, std::string(name(operation.state)),
                    local_time_text(operation.created),
                    operation.finished ? duration_text(*operation.finished - operation.created) : "-"});
  }
  std::cout << table(rows);
}

}  // namespace

void add_operation(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("operation", "long actions: list them, watch one, cancel one");
  command->require_subcommand(1);
  auto id = std::make_shared<std::string>();
  command->add_subcommand("list", "the newest first")->callback([&context] {
    context.session.ensure_daemon();
    print_list(context);
  });
  auto* show = command->add_subcommand("show", "replay its steps, and follow it if it still runs");
  show->add_option("id", *id)->required();
  show->callback([&context, id] {
    context.session.ensure_daemon();
    follow(context.session, context.output, *id);
  });
  auto* cancel = command->add_subcommand("cancel", "end one");
  cancel->add_option("id", *id)->required();
  cancel->callback([&context, id] {
    context.session.ensure_daemon();
    context.session.send("DELETE", "/v1/operations/" + http::percent_encode(*id), nullptr);
    if (context.no_wait) return;
    try {
      follow(context.session, context.output, *id);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::cancelled) throw;
    }
  });
}

}  // namespace gf::cli
