#include <iostream>

#include "commands.hpp"
#include "confirm.hpp"
#include "render/table.hpp"

namespace gf::cli {

namespace {

std::string path_of(const std::string& name) { return "/v1/snapshots/" + http::percent_encode(name); }

std::uint64_t bytes_of(const Json& part) { return part.value("bytes", std::uint64_t{0}); }

void save(Context& context, const std::string& name, const std::vector<std::string>& addons) {
  Json body;
  body["name"] = name;
  body["addons"] = addons;
  const auto result = finish(context, context.session.send("POST", "/v1/snapshots", body));
  if (context.output.json || !result.is_object()) return;
  for (const auto& part : result.at("addons"))
    std::cout << "saved " << part.value("addon", "") << ": " << bytes_text(bytes_of(part))
              << (part.value("shared", false) ? " shared with the volume" : " copied") << ", stood still for "
              << duration_text(part.value("frozen_seconds", 0.0)) << '\n';
  std::cout << "It is kept on the nodes: `gf down --delete` removes it with them.\n";
}

void print_list(Context& context) {
  const auto answer = context.session.get("/v1/snapshots");
  if (context.output.json) {
    std::cout << dump(answer) << '\n';
    return;
  }
  std::vector<std::vector<std::string>> rows{{"NAME", "TIME", "ADDONS", "SIZE"}};
  for (const auto& one : answer.at("snapshots")) {
    std::string addons;
    std::uint64_t bytes = 0;
    for (const auto& part : one.at("addons")) {
      addons += (addons.empty() ? "" : ", ") + part.value("addon", "");
      bytes += bytes_of(part);
    }
    rows.push_back({one.value("name", ""), local_time_text(one.value("created", 0.0)), addons, bytes_text(bytes)});
  }
  std::cout << table(rows);
}

}  // namespace

void add_snapshot(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("snapshot", "keep the volumes of addons as they are now, and go back to them");
  command->require_subcommand(1);
  struct Wanted {
    std::string name;
    std::vector<std::string> addons;
    bool yes = false;
  };
  auto wanted = std::make_shared<Wanted>();
  auto* saving = command->add_subcommand("save", "copy them on their nodes; each addon stands still meanwhile");
  saving->add_option("name", wanted->name)->required();
  saving->add_option("addon", wanted->addons, "only these (default: all that keep something)");
  saving->callback([&context, wanted] {
    context.session.ensure_daemon();
    save(context, wanted->name, wanted->addons);
  });
  command->add_subcommand("list", "what was kept, the oldest first")->callback([&context] {
    context.session.ensure_daemon();
    print_list(context);
  });
  auto* restore =
      command->add_subcommand("restore", "replace the volumes of addons, with what all projects have there");
  restore->add_option("name", wanted->name)->required();
  restore->add_option("addon", wanted->addons, "only these (default: all that it holds)");
  restore->add_flag("--yes", wanted->yes, "do not ask");
  restore->callback([&context, wanted] {
    context.session.ensure_daemon();
    confirm("This replaces what all projects have in these addons by the snapshot " + wanted->name + '.', wanted->yes);
    Json body;
    body["addons"] = wanted->addons;
    finish(context, context.session.send("POST", path_of(wanted->name) + "/restore", body));
  });
  auto* remove = command->add_subcommand("remove", "delete one");
  remove->add_option("name", wanted->name)->required();
  remove->callback([&context, wanted] {
    context.session.ensure_daemon();
    finish(context, context.session.send("DELETE", path_of(wanted->name), nullptr));
  });
}

}  // namespace gf::cli
