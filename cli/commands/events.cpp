#include <iostream>

#include "commands.hpp"
#include "event_stream.hpp"
#include "render/event_lines.hpp"

namespace gf::cli {

void add_events(CLI::App& app, Context& context) {
  auto* command =
      app.add_subcommand("events", "what happens: operations, saves, apps, addons, warnings; for other tools");
  struct Options {
    std::uint64_t after = 0;
    bool follow = true;
  };
  auto options = std::make_shared<Options>();
  command->add_option("--after", options->after, "go on after this number; 0 begins with the oldest that is kept")
      ->capture_default_str();
  command->add_flag("-f,--follow", options->follow, "go on as things happen (the default); --follow=false ends before");
  command->callback([&context, options] {
    context.session.ensure_daemon();
    EventLines lines;
    const std::function<bool(const Json&)> show = [&](const Json& event) {
      const auto line = context.output.json ? dump(event) : lines.line(event);
      if (!line.empty()) std::cout << line << std::endl;
      return static_cast<bool>(std::cout);
    };
    context.session.run(read_events(context.session.client(), options->after, options->follow, show));
  });
}

}  // namespace gf::cli
