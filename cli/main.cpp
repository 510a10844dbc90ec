#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "commands.hpp"

namespace {

void print(const gf::Error& error, const gf::cli::Output& output) {
  if (output.json) {
    gf::Json json;
    json["error"] = gf::to_json(error);
    std::cerr << gf::dump(json) << '\n';
    return;
  }
  const bool color = output.color && ::isatty(STDERR_FILENO) != 0;
  std::cerr << (color ? "\033[31mgf:\033[0m " : "gf: ") << error.message() << '\n';
  std::string cause = error.cause();
  while (cause.ends_with('\n')) cause.pop_back();
  if (!cause.empty()) {
    std::cerr << "  ";
    for (const char c : cause) std::cerr << c << (c == '\n' ? "  " : "");
    std::cerr << '\n';
  }
  if (!error.hint().empty()) std::cerr << "  try: " << error.hint() << '\n';
}

/// In our words, with the command that was perhaps meant.
gf::Error wrong_usage(const CLI::App& app, const CLI::ParseError& error) {
  const auto* level = &app;
  std::string path = "gf";
  for (; !level->get_subcommands().empty(); path += ' ' + level->get_name()) level = level->get_subcommands().front();
  const auto unknown = app.remaining(true);
  if (unknown.empty())
    return gf::Error(gf::ErrorCode::usage, std::string("cannot use the command line: ") + error.what(),
                     path + " --help");
  std::vector<std::string> known;
  for (const auto* command : level->get_subcommands([](const CLI::App*) { return true; }))
    known.push_back(command->get_name());
  const auto near = gf::nearest(unknown.front(), known);
  return gf::Error(gf::ErrorCode::usage, "cannot understand '" + unknown.front() + "'",
                   near.empty() ? path + " --help" : path + ' ' + near);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  gf::cli::Output output;
  output.tty = ::isatty(STDOUT_FILENO) != 0;
  const char* no_color = std::getenv("NO_COLOR");
  output.color = output.tty && !(no_color && *no_color);
  try {
    gf::cli::Session session(gf::find_paths());
    gf::cli::Context context{session, output, {}, false, 0};
    CLI::App app{"Greenfield: the whole platform on your machine", "gf"};
    app.require_subcommand(1);
    app.fallthrough();
    std::string format = "text";
    app.add_option("-o,--output", format, "how to answer")
        ->check(CLI::IsMember({"text", "json"}))
        ->each([&](const std::string& value) { output.json = context.output.json = value == "json"; });
    app.add_option("-C,--folder", context.folder, "the project's folder (default: the working directory)");
    app.add_flag("--no-wait", context.no_wait, "begin the operation and leave");
    gf::cli::add_commands(app, context);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      if (error.get_exit_code() == 0) return app.exit(error);
      throw wrong_usage(app, error);
    }
    return context.exit_code;
  } catch (const gf::Error& error) {
    print(error, output);
    return gf::exit_code(error.code());
  } catch (const std::exception& error) {
    print(gf::error_from(std::current_exception()), output);
    return 1;
  }
}
