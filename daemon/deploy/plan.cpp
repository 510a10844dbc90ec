#include "deploy/plan.hpp"

#include <algorithm>

#include "core/digest.hpp"
#include "deploy/glob.hpp"
#include "node/messages.hpp"

namespace gf::deploy {

std::string relative_to(const std::string& folder, const std::string& path) {
  if (folder.empty() || folder == ".") return path;
  const auto prefix = folder + '/';
  return path.starts_with(prefix) ? path.substr(prefix.size()) : std::string();
}

std::string joined_paths(const std::vector<std::string>& paths) {
  std::string text;
  for (const auto& path : paths) text += path + '\0';
  return text;
}

std::vector<std::string> split_paths(const std::string& text) {
  std::vector<std::string> paths;
  std::size_t begin = 0;
  for (auto end = text.find('\0'); end != std::string::npos; end = text.find('\0', begin)) {
    paths.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return paths;
}

Route route(const AppSpec& app, const std::string& path, const std::vector<std::string>& ignored) {
  if (path == "greenfield.yaml") return Route::none;  // read by `gf up`
  const auto in_context = relative_to(app.context, path);
  const bool rebuilds = !in_context.empty() && std::ranges::any_of(app.rebuild_on, [&](const auto& glob) {
    return glob_matches(glob, in_context);
  });
  if (!rebuilds && syncs(app))
    for (const auto& rule : app.sync)
      if (!relative_to(rule.from, path).empty()) return Route::sync;
  if (!app.image.empty() || in_context.empty()) return Route::none;
  if (in_context == app.dockerfile || in_context == ".dockerignore") return Route::build;
  return is_docker_ignored(ignored, in_context) ? Route::none : Route::build;
}

std::string signal_after_sync(const AppSpec& app) {
  switch (app.on_sync) {
    case OnSync::none:
      return {};
    case OnSync::reload:
      return app.reload_signal;
    case OnSync::restart:
      return node::restart_signal;
  }
  return {};
}

std::vector<const source::TreeFile*> context_files(const AppSpec& app, const source::Tree& tree,
                                                   const std::vector<std::string>& ignored) {
  std::vector<const source::TreeFile*> files;
  for (const auto& file : tree.files) {
    const auto path = relative_to(app.context, file.path);
    if (path.empty()) continue;
    if (path == app.dockerfile || !is_docker_ignored(ignored, path)) files.push_back(&file);
  }
  return files;
}

std::string image_key(const AppSpec& app, const source::Tree& tree, const std::vector<std::string>& ignored,
                      const std::map<std::string, std::string>& args) {
  Sha256 sum;
  auto add = [&](const std::string& text) { sum.update(std::to_string(text.size()) + ':' + text); };
  add(app.dockerfile);
  for (const auto& [name, value] : args) {
    add(name);
    add(value);
  }
  for (const auto* file : context_files(app, tree, ignored)) {
    if (route(app, file->path, ignored) != Route::build) continue;
    add(file->path);
    add(file->link ? "link" : std::to_string(file->mode));
    add(file->digest);
  }
  return sum.hex().substr(0, 16);
}

}  // namespace gf::deploy
