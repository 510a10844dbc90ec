#include <iostream>

#include "commands.hpp"
#include "render/table.hpp"

namespace gf::cli {

namespace {

std::string joined(const Json& list) {
  std::string text;
  for (const auto& item : list) text += (text.empty() ? "" : ", ") + item.get<std::string>();
  return text;
}

void print_list(Context& context) {
  const auto answer = context.session.get("/v1/addons");
  if (context.output.json) {
    std::cout << dump(answer) << '\n';
    return;
  }
  std::vector<std::vector<std::string>> rows{{"NAME", "VERSION", "STATE", "PROFILES", "REQUIRES", "SUMMARY"}};
  for (const auto& addon : answer.at("addons"))
    rows.push_back({addon.value("name", ""), addon.value("version", ""), addon.value("state", ""),
                    joined(addon.at("profiles")), joined(addon.at("requires")), addon.value("summary", "")});
  std::cout << table(rows);
}

void print_one(Context& context, const std::string& name) {
  const auto addon = context.session.get("/v1/addons/" + http::percent_encode(name));
  if (context.output.json) {
    std::cout << dump(addon) << '\n';
    return;
  }
  std::cout << addon.value("name", "") << ' ' << addon.value("version", "") << ": " << addon.value("state", "")
            << (addon.value("reason", "").empty() ? "" : ", " + addon.value("reason", "")) << '\n';
  if (!addon.value("stand_in", "").empty()) std::cout << "  " << addon.value("stand_in", "") << '\n';
  if (!addon.at("wanted_by").empty()) std::cout << "  wanted by: " << joined(addon.at("wanted_by")) << '\n';
  if (!addon.at("required_by").empty()) std::cout << "  required by: " << joined(addon.at("required_by")) << '\n';
  for (const auto& endpoint : addon.at("endpoints"))
    if (endpoint.value("port", 0) != 0)
      std::cout << "  " << endpoint.value("name", "") << ": localhost:" << endpoint.value("port", 0) << '\n';
}

}  // namespace

void add_addon(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("addon", "turn infrastructure layers on and off");
  command->require_subcommand(1);
  auto name = std::make_shared<std::string>();
  command->add_subcommand("list", "all there are")->callback([&context] {
    context.session.ensure_daemon();
    print_list(context);
  });
  auto* status = command->add_subcommand("status", "how one stands");
  status->add_option("name", *name)->required();
  status->callback([&context, name] {
    context.session.ensure_daemon();
    print_one(context, *name);
  });
  auto* enable = command->add_subcommand("enable", "start one, with what it requires");
  auto profile = std::make_shared<std::string>();
  enable->add_option("name", *name)->required();
  enable->add_option("--profile", *profile, "dev or full");
  enable->callback([&context, name, profile] {
    context.session.ensure_daemon();
    Json body = Json::object();
    if (!profile->empty()) body["profile"] = *profile;
    finish(context, context.session.send("POST", "/v1/addons/" + http::percent_encode(*name) + "/enable", body));
  });
  auto* disable = command->add_subcommand("disable", "stop one; its data is kept");
  struct Insist {
    bool cascade = false, purge = false;
  };
  auto insist = std::make_shared<Insist>();
  disable->add_option("name", *name)->required();
  disable->add_flag("--cascade", insist->cascade, "also what needs it");
  disable->add_flag("--purge", insist->purge, "delete its data and passwords too");
  disable->callback([&context, name, insist] {
    context.session.ensure_daemon();
    Json body;
    body["cascade"] = insist->cascade;
    body["purge"] = insist->purge;
    finish(context, context.session.send("POST", "/v1/addons/" + http::percent_encode(*name) + "/disable", body));
  });
}

}  // namespace gf::cli
