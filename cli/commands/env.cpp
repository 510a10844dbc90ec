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

}  // namespace gf::cli
