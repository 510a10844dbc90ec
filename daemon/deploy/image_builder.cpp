#include "deploy/image_builder.hpp"

#include "container/tar.hpp"
#include "core/digest.hpp"
#include "deploy/glob.hpp"
#include "protocol/error.hpp"

namespace gf::deploy {

namespace {

/// The rules of the context's .dockerignore.
std::vector<std::string> docker_ignore(const AppSpec& app, const std::string& root) {
  const auto text =
      source::read_file(root, (app.context.empty() || app.context == "." ? "" : app.context + '/') + ".dockerignore");
  return text ? read_docker_ignore(*text) : std::vector<std::string>();
}

/// Blocks. One file of a tar; empty when it vanished meanwhile.
std::string tar_entry(std::string root, source::TreeFile file, std::string name) {
  const auto contents = source::read_file(root, file.path);
  if (!contents) return {};
  if (file.link) return container::tar_header(name, 0, 0777, '2', *contents);
  return container::tar_header(name, contents->size(), file.mode) + *contents +
         container::tar_padding(contents->size());
}

/// Gives the tar of a build context file by file.
class ContextTar {
 public:
  ContextTar(WorkerPool& workers, std::string root, const AppSpec& app, std::shared_ptr<const source::Tree> tree,
             const std::vector<std::string>& ignored)
      : workers_(workers),
        root_(std::move(root)),
        context_(app.context),
        tree_(std::move(tree)),
        files_(context_files(app, *tree_, ignored)) {}

  Task<std::optional<std::string>> next() {
    if (at_ > files_.size()) co_return std::nullopt;
    if (at_ == files_.size()) {
      ++at_;
      co_return container::tar_end();
    }
    const auto* file = files_[at_++];
    auto reading = offload(workers_, tar_entry, root_, *file, relative_to(context_, file->path));
    auto entry = co_await std::move(reading);
    if (entry.empty()) {
      auto following = next();
      co_return co_await std::move(following);
    }
    co_return entry;
  }

 private:
  WorkerPool& workers_;
  std::string root_, context_;
  std::shared_ptr<const source::Tree> tree_;
  std::vector<const source::TreeFile*> files_;
  std::size_t at_ = 0;
};

}  // namespace

Task<std::map<std::string, std::string>> ImageBuilder::arguments(AppSpec app, operation::Context& context) {
  constexpr std::string_view platform = "image:";
  auto resolved = app.args;
  for (auto& [name, value] : resolved) {
    if (!value.starts_with(platform)) continue;
    auto obtaining = images_.obtain(value.substr(platform.size()), context);
    value = co_await std::move(obtaining);
  }
  co_return resolved;
}

Task<BuiltImage> ImageBuilder::name(std::string project, std::string root, AppSpec app,
                                    std::shared_ptr<const source::Tree> tree, operation::Context& context) {
  if (!app.image.empty()) co_return BuiltImage{app.image, app.image};
  auto resolving = arguments(app, context);
  const auto args = co_await std::move(resolving);
  const auto key = image_key(app, *tree, docker_ignore(app, root), args);
  co_return BuiltImage{images_.app_reference(project + '-' + app.name + ':' + key), key};
}

Task<> ImageBuilder::build(std::string project, std::string root, AppSpec app, std::shared_ptr<const source::Tree> tree,
                           BuiltImage image, operation::Context& context) {
  auto looking = engine_.image(image.reference);
  const auto present = co_await std::move(looking);
  if (!app.image.empty()) {
    if (!present) {
      auto pulling = engine_.pull(
          image.reference, [&](std::uint64_t done, std::uint64_t total) { context.progress(done, total, "bytes"); });
      co_await std::move(pulling);
    }
    co_return;
  }
  if (present) co_return;
  const auto ignored = docker_ignore(app, root);
  auto resolving = arguments(app, context);
  container::BuildSpec spec;
  spec.args = co_await std::move(resolving);
  spec.tag = image.reference;
  spec.dockerfile = app.dockerfile;
  spec.network = "host";  // a build reaches what the user's own shell reaches, on machines with odd networks too
  spec.labels["greenfield.dev/project"] = project;
  auto tar = std::make_shared<ContextTar>(workers_, root, app, tree, ignored);
  http::BodySource source = [tar] { return tar->next(); };
  auto building = engine_.build(std::move(spec), std::move(source), [&](std::string_view line) { context.log(line); });
  co_await std::move(building);
  std::vector<std::string> paths;
  for (const auto* file : context_files(app, *tree, ignored))
    if (route(app, file->path, ignored) == Route::sync) paths.push_back(file->path);
  files_.write_atomically(record(image.reference), joined_paths(paths));
}

std::filesystem::path ImageBuilder::record(const std::string& reference) const {
  return folder_ / (sha256_hex(reference).substr(0, 24) + ".paths");
}

std::vector<std::string> ImageBuilder::paths_in(const std::string& reference) {
  return split_paths(files_.read(record(reference)).value_or(""));
}

}  // namespace gf::deploy
