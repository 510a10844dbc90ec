#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include "project/project_file.hpp"

namespace gf::project {

namespace {

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A folder's name made into a project's name.
std::string name_from(const std::filesystem::path& root) {
  std::string name;
  for (const char c : root.filename().string()) {
    const char low = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    name += (low >= 'a' && low <= 'z') || (low >= '0' && low <= '9') ? low : '-';
  }
  name.erase(0, std::min(name.size(), name.find_first_of("abcdefghijklmnopqrstuvwxyz")));
  name = name.substr(0, 30);
  while (name.ends_with('-')) name.pop_back();
  return name.empty() ? "app" : name;
}

std::string exposed_port(const std::string& dockerfile) {
  std::smatch found;
  return std::regex_search(dockerfile, found, std::regex("(^|\n)[ \t]*EXPOSE[ \t]+([0-9]{1,5})")) ? found[2].str()
                                                                                                  : "8000";
}

/// What the files that name a project's libraries say of the layers that it uses.
std::vector<std::string> guess_addons(const std::filesystem::path& root, const std::vector<std::string>& known) {
  const auto text = read(root / "requirements.txt") + read(root / "pyproject.toml") + read(root / "package.json") +
                    read(root / "go.mod") + read(root / "pom.xml");
  const std::pair<const char*, const char*> signs[] = {{"redis", "redis"},      {"psycopg", "postgres"},
                                                       {"asyncpg", "postgres"}, {"\"pg\"", "postgres"},
                                                       {"pgx", "postgres"},     {"postgres", "postgres"}};
  std::vector<std::string> addons;
  for (const auto& [sign, addon] : signs)
    if (text.find(sign) != std::string::npos && std::ranges::find(known, addon) != known.end() &&
        std::ranges::find(addons, addon) == addons.end())
      addons.emplace_back(addon);
  return addons;
}

const char* source_folder(const std::filesystem::path& root) {
  for (const char* folder : {"app", "src", "lib"})
    if (std::filesystem::is_directory(root / folder)) return folder;
  return nullptr;
}

}  // namespace

std::string propose(std::string root, Vocabulary vocabulary) {
  const std::filesystem::path top(root);
  const auto dockerfile = read(top / "Dockerfile");
  const auto addons = guess_addons(top, vocabulary.addons);
  std::string uses;
  for (const auto& addon : addons) uses += (uses.empty() ? "" : ", ") + addon;
  std::string text = "apiVersion: greenfield.dev/v1\nname: " + name_from(top) +
                     "\ncluster: {provider: kind, workers: 2}   # a control plane and two workers\n"
                     "profile: dev                            # dev | full: how big the addons are\n"
                     "# data: per-branch                      # postgres and redis: each branch begins with a copy\n";
  if (!addons.empty()) text += "addons:                                 # `gf addon list` shows all\n";
  for (const auto& addon : addons) text += "  " + addon + ": {}\n";
  text += "apps:\n  api:\n";
  text += "    build: {context: .}                 # " +
          std::string(dockerfile.empty() ? "write a Dockerfile here first\n" : "the Dockerfile beside this file\n");
  text += "    port: " + exposed_port(dockerfile) +
          "                          # where the program listens\n    replicas: 2\n"
          "    # sleep_after: 30m                  # scaled to zero when nobody used it for so long; a connection "
          "wakes it\n";
  if (!uses.empty())
    text += "    uses: [" + uses + "]             # their connection settings become environment variables\n";
  if (const auto* folder = source_folder(top))
    text += std::string("    sync: [{from: ") + folder + ", to: /srv/app/" + folder +
            "}]   # saved files go straight into every replica: `to` is where the Dockerfile puts them\n"
            "    on_sync: restart                    # none | reload (a signal) | restart (the program, in its "
            "container)\n";
  return text;
}

}  // namespace gf::project
