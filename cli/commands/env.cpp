#include <iostream>

#include "commands.hpp"

namespace gf::cli {

namespace {

/// As a shell reads it back.
std::string quoted(const std::string& text) {
  std::string safe = "'";
  for (const char c : text) safe += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return safe + "'";
}

std::string url_of(const Json& project, const std::string& app) {
  for (const auto& one : project.at("apps"))
    if ((app.empty() || one.value("name", "") == app) && !one.value("url", "").empty()) return one.value("url", "");
  throw Error(ErrorCode::not_found, "cannot find a port of " + (app.empty() ? "this project" : app), "gf status");
}

}  // namespace

void add_env(CLI::App& app, Context& context) {
  app.add_subcommand("env",
                     "connection settings of this project's addons for programs on this machine: eval \"$(gf env)\"")
      ->callback([&context] {
        context.session.ensure_daemon();
        const auto project = current_project(context, context.session.get("/v1/status"));
        const auto env = context.session.get("/v1/projects/" + project.value("name", "") + "/env").at("env");
        if (context.output.json)
          std::cout << dump(env) << '\n';
        else
          for (const auto& [name, value] : env.items())
            std::cout << "export " << name << '=' << quoted(value.get<std::string>()) << '\n';
      });
}

void add_url(CLI::App& app, Context& context) {
  auto name = std::make_shared<std::string>();
  auto print = [&context, name] {
    context.session.ensure_daemon();
    const auto address = url_of(current_project(context, context.session.get("/v1/status")), *name);
    std::cout << (context.output.json ? dump(Json{{"url", address}}) : address) << std::endl;
    return address;
  };
  auto* url = app.add_subcommand("url", "where an app answers");
  url->add_option("app", *name, "the app (default: the first with a port)");
  url->callback(print);
  auto* open = app.add_subcommand("open", "open an app in the browser");
  open->add_option("app", *name, "the app (default: the first with a port)");
  open->callback([print] {
    const auto address = print();
    ::execlp("xdg-open", "xdg-open", address.c_str(), static_cast<char*>(nullptr));
    throw Error(ErrorCode::not_found, "cannot open a browser: there is no xdg-open", "open " + address + " yourself");
  });
}

}  // namespace gf::cli
