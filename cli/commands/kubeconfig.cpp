#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "commands.hpp"

namespace gf::cli {

namespace {

/// kubectl knows best how two kubeconfigs become one; the former text is replaced only by a whole new one. Returns
/// whose.
std::string merge(const std::string& text) {
  const char* home = std::getenv("HOME");
  const char* configured = std::getenv("KUBECONFIG");
  const std::filesystem::path target =
      configured && *configured
          ? std::filesystem::path(std::string(configured).substr(0, std::string(configured).find(':')))
          : std::filesystem::path(home ? home : "") / ".kube/config";
  std::filesystem::create_directories(target.parent_path());
  const auto ours = target.string() + ".greenfield", merged = target.string() + ".merged";
  ::umask(0077);
  std::ofstream(ours) << text;
  // The paths travel in the environment: whatever characters they hold, the shell reads none of them as its own.
  ::setenv("KUBECONFIG", (ours + ':' + target.string()).c_str(), 1);
  ::setenv("GF_MERGED", merged.c_str(), 1);
  const bool done = std::system("kubectl config view --flatten > \"$GF_MERGED\"") == 0;
  std::filesystem::remove(ours);
  if (!done) {
    std::filesystem::remove(merged);
    throw Error(ErrorCode::not_found, "cannot merge the kubeconfig: kubectl failed",
                "scripts/bootstrap installs kubectl");
  }
  std::filesystem::rename(merged, target);
  return target.string();
}

}  // namespace

void add_kubeconfig(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("kubeconfig", "print the cluster's kubeconfig");
  auto into = std::make_shared<bool>(false);
  command->add_flag("--merge", *into, "put it into your own (KUBECONFIG, else ~/.kube/config)");
  command->callback([&context, into] {
    context.session.ensure_daemon();
    const auto answer = context.session.get("/v1/kubeconfig");
    const auto text = answer.value("kubeconfig", "");
    if (const auto merged = *into ? merge(text) : std::string(); !merged.empty())
      std::cout << (context.output.json ? dump(Json{{"merged", merged}}) : "merged into " + merged) << '\n';
    else
      std::cout << (context.output.json ? dump(answer) + '\n' : text);
  });
}

}  // namespace gf::cli
