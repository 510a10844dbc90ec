#include <iostream>

#include "commands.hpp"

namespace gf::cli {

namespace {

using Words = std::vector<std::string>;

struct Level {
  std::string path;  ///< "gf addon"
  Words words;       ///< subcommands and options that may follow
  Words descriptions;
};

/// What may follow each command: from the table of commands itself, so that it cannot go stale.
void collect(const CLI::App& app, const std::string& path, std::vector<Level>& levels) {
  Level level{path, {}, {}};
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    level.words.push_back(sub->get_name());
    level.descriptions.push_back(sub->get_description());
  }
  for (const auto* option : app.get_options([](const CLI::Option* one) { return !one->get_lnames().empty(); })) {
    level.words.push_back("--" + option->get_lnames().front());
    level.descriptions.push_back(option->get_description());
  }
  levels.push_back(std::move(level));
  for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    collect(*sub, path + ' ' + sub->get_name(), levels);
}

std::string joined(const Words& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

/// Words that are no command (an app's name, an option's value) leave the level as it is; after "--" a program's own
/// words begin. Written so that zsh understands it too.
std::string bash(const std::vector<Level>& levels) {
  std::string known, choices;
  for (const auto& level : levels) {
    if (level.path != "gf") known += (known.empty() ? "'" : "|'") + level.path + '\'';
    choices += "    '" + level.path + "') choices='" + joined(level.words) + "' ;;\n";
  }
  return "_gf() {\n  local level=gf word choices= i\n  COMPREPLY=()\n"
         "  for ((i = 1; i < COMP_CWORD; i++)); do\n    word=${COMP_WORDS[i]}\n"
         "    if [ \"$word\" = -- ]; then return; fi\n    case \"$level $word\" in\n      " +
         known + ") level=\"$level $word\" ;;\n    esac\n  done\n  case $level in\n" + choices +
         "  esac\n  COMPREPLY=($(compgen -W \"$choices\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n"
         "complete -o default -F _gf gf\n";
}

std::string zsh(const std::vector<Level>& levels) {
  return "#compdef gf\nautoload -U +X bashcompinit && bashcompinit\n" + bash(levels);
}

std::string fish(const std::vector<Level>& levels) {
  std::string text = "complete -c gf -f\n";
  for (const auto& level : levels) {
    std::string condition = level.path == "gf"
                                ? "__fish_use_subcommand"
                                : "__fish_seen_subcommand_from " + level.path.substr(level.path.rfind(' ') + 1);
    for (std::size_t i = 0; i < level.words.size(); ++i) {
      const bool option = level.words[i].starts_with("--");
      std::string description;
      for (const char c : level.descriptions[i]) description += c == '\'' ? std::string("\\'") : std::string(1, c);
      text += "complete -c gf -n '" + condition +
              (option ? "' -l " + level.words[i].substr(2) : "' -a " + level.words[i]) + " -d '" + description + "'\n";
    }
  }
  return text;
}

}  // namespace

void add_completion(CLI::App& app, Context&) {
  auto* command = app.add_subcommand("completion", "completions for a shell: source <(gf completion bash)");
  auto shell = std::make_shared<std::string>();
  command->add_option("shell", *shell)->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([&app, shell] {
    std::vector<Level> levels;
    collect(app, "gf", levels);
    std::cout << (*shell == "bash" ? bash(levels) : *shell == "zsh" ? zsh(levels) : fish(levels));
  });
}

}  // namespace gf::cli
