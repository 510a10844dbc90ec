#include <filesystem>
#include <fstream>
#include <iostream>

#include "commands.hpp"

namespace gf::cli {

void add_init(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("init", "write a commented greenfield.yaml for what is in this folder");
  auto force = std::make_shared<bool>(false);
  command->add_flag("--force", *force, "replace one that is there");
  command->callback([&context, force] {
    const auto folder = std::filesystem::absolute(context.folder.empty() ? "." : context.folder).lexically_normal();
    if (std::filesystem::exists(folder / "greenfield.yaml") && !*force)
      throw Error(ErrorCode::usage, "cannot write greenfield.yaml: there is one", "gf init --force replaces it");
    context.session.ensure_daemon();
    Json body;
    body["root"] = folder.string().ends_with('/') ? folder.parent_path().string() : folder.string();
    const auto answer = context.session.send("POST", "/v1/init", body);
    std::ofstream(answer.value("path", "")) << answer.value("text", "");
    if (context.output.json)
      std::cout << dump(answer) << '\n';
    else
      std::cout << "wrote " << answer.value("path", "") << "; read it, then: gf up\n";
  });
}

}  // namespace gf::cli
