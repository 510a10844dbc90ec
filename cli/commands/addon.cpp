#include <iostream>

#include "commands.hpp"
#include "confirm.hpp"
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

constexpr std::size_t columns = 100;

/// `text` in lines of at most `columns`, broken between words; what does not fit into `most` lines is cut off.
void print_wrapped(const std::string& label, std::string text, std::size_t most) {
  const auto room = columns - label.size();
  for (std::size_t line = 1; !text.empty(); ++line) {
    auto end = text.size();
    if (end > room) {
      end = line < most ? text.rfind(' ', room) : std::string::npos;
      if (end == std::string::npos || end == 0) end = room;
    }
    auto shown = text.substr(0, end);
    text.erase(0, text.find_first_not_of(' ', end));
    if (line == most && !text.empty()) {
      while ((static_cast<unsigned char>(shown.back()) & 0xc0) == 0x80) shown.pop_back();  // no half letter
      shown.resize(std::min(shown.size(), room - 1));
      shown += "…";
      text.clear();
    }
    std::cout << (line == 1 ? label : std::string(label.size(), ' ')) << shown << '\n';
  }
}

/// At most 24 lines with what stands above: what is too long is cut, what is too much was left out by the daemon.
void print_diagnosis(const Json& told) {
  print_wrapped("  held up by: ", told.value("object", ""), 1);
  print_wrapped("  reason: ", told.value("reason", ""), 3);
  for (const char* part : {"events", "log"}) {
    if (told.at(part).empty()) continue;
    std::cout << "  last " << (std::string_view(part) == "log" ? "lines of its log" : part) << ":\n";
    for (const auto& line : told.at(part)) print_wrapped("    ", line.get<std::string>(), 1);
  }
  print_wrapped("  try: ", told.value("next", ""), 2);
}

/// Nobody looks at room that is there; what is full is told by name.
void print_full_volumes(const Json& volumes) {
  for (const auto& volume : volumes) {
    if (!volume.value("full", false)) continue;
    const auto mib = [&](const char* key) { return std::to_string(volume.value(key, std::uint64_t{0}) >> 20); };
    print_wrapped("  ",
                  "volume " + volume.value("claim", "") + " on " + volume.value("node", "") +
                      " is full: " + mib("free_bytes") + " of " + mib("size_bytes") +
                      " MiB are left; delete what is not needed there, or make room on this machine's disk",
                  2);
  }
}

void print_one(Context& context, const std::string& name) {
  const auto addon = context.session.get("/v1/addons/" + http::percent_encode(name));
  if (context.output.json) {
    std::cout << dump(addon) << '\n';
    return;
  }
  const bool explained = addon.contains("diagnosis");
  const auto reason = explained ? "" : addon.value("reason", "");
  std::cout << addon.value("name", "") << ' ' << addon.value("version", "") << ": " << addon.value("state", "")
            << (reason.empty() ? "" : ", " + reason);
  if (!addon.value("profile", "").empty())
    std::cout << ", profile " << addon.value("profile", "") << ", " << addon.value("memory_mib", 0) << " MiB";
  std::cout << '\n';
  print_wrapped("  ", addon.value("stand_in", ""), 2);
  print_wrapped("  wanted by: ", joined(addon.at("wanted_by")), 1);
  print_wrapped("  required by: ", joined(addon.at("required_by")), 1);
  print_full_volumes(addon.at("volumes"));
  if (explained) return print_diagnosis(addon["diagnosis"]);
  for (const auto& endpoint : addon.at("endpoints"))
    if (endpoint.value("port", 0) != 0)
      std::cout << "  " << endpoint.value("name", "") << ": localhost:" << endpoint.value("port", 0) << '\n';
}

/// Tells what going to another profile does, and asks.
void confirm_change(Context& context, const std::string& name, const Json& body, bool yes) {
  const auto plan = context.session.send("POST", "/v1/addons/" + http::percent_encode(name) + "/plan", body);
  if (plan.at("steps").empty()) return;
  for (const auto& step : plan.at("steps")) std::cerr << step.get<std::string>() << '\n';
  confirm("This changes how " + name + " runs, for all projects.", yes);
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
  auto* status = command->add_subcommand("status", "how one stands, and what holds it up");
  status->add_option("name", *name)->required();
  status->callback([&context, name] {
    context.session.ensure_daemon();
    print_one(context, *name);
  });
  auto* enable = command->add_subcommand("enable", "start one, with what it requires");
  auto profile = std::make_shared<std::string>();
  enable->add_option("name", *name)->required();
  enable->add_option("--profile", *profile, "dev or full; from one to the other its data stay");
  auto agreed = std::make_shared<bool>(false);
  enable->add_flag("--yes", *agreed, "do not ask before a change of profile");
  enable->callback([&context, name, profile, agreed] {
    context.session.ensure_daemon();
    Json body = Json::object();
    if (!profile->empty()) {
      body["profile"] = *profile;
      confirm_change(context, *name, body, *agreed);
    }
    finish(context, context.session.send("POST", "/v1/addons/" + http::percent_encode(*name) + "/enable", body));
  });
  auto* reset =
      command->add_subcommand("reset", "make this project's share anew: empty, then seeded; its apps are restarted");
  auto yes = std::make_shared<bool>(false);
  reset->add_option("name", *name)->required();
  reset->add_flag("--yes", *yes, "do not ask");
  reset->callback([&context, name, yes] {
    context.session.ensure_daemon();
    const auto project = current_project(context, context.session.get("/v1/status")).value("name", "");
    confirm("This removes what " + project + " has in " + *name + '.', *yes);
    finish(context,
           context.session.send("POST", "/v1/projects/" + project + "/addons/" + http::percent_encode(*name) + "/reset",
                                Json::object()));
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
