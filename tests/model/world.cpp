#include "model/world.hpp"

#include <cstdlib>
#include <fstream>

#include "support/run_task.hpp"

namespace gf::model {

namespace fs = std::filesystem;

namespace {

/// What the app itself has put beside the checkout's files: nobody may touch it.
constexpr const char* own_file = "uploads/of the app";

void put(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

World::World(bool mounted) {
  make_checkout();
  auto built = make_image();
  cluster_.emplace(io_, clock_, workers_, root_.string(), image_, std::move(built), mounted);
  snapshot_ = test::run_task(io_, watcher_.add(root_.string(), [this](source::Snapshot snapshot) {
    snapshot_ = std::move(snapshot);
    cluster_->set_snapshot(snapshot_);
  }));
  cluster_->set_snapshot(snapshot_);
}

World::~World() {
  test::run_task(io_, watcher_.stop());
  cluster_.reset();
}

bool World::run(const std::string& commands) const {
  const auto whole = "cd '" + root_.string() + "' && { " + commands + "; } >/dev/null 2>&1 </dev/null";
  const int status = std::system(whole.c_str());
  if (status == -1) throw std::runtime_error("cannot run a shell");
  return status == 0;
}

void World::make_checkout() {
  fs::create_directories(root_);
  for (const auto* path : {"a", "dir/a", "dir/b", "dir/sub/a", "src/a", "src/c d", "flood 1", "flood 2"})
    put(root_ / path, std::string("first ") + path);
  put(root_ / ".gitignore", "*.log\nbuilt/\n");
  fs::create_directory_symlink("dir", root_ / "lib");
  run("git init -q -b main; git config user.email a@example.com; git config user.name a; git config gc.auto 0; git "
      "config core.editor true; "
      "git add -A; git commit -q -m first; git branch one; git branch two");
}

/// The image is built from the checkout as it is at first.
std::vector<std::string> World::make_image() {
  std::vector<std::string> built;
  for (const auto& [path, entry] : look_at(root_.string()).files) {
    built.push_back(path);
    for (const auto& rule : Cluster::app().sync) {
      const auto inside = deploy::relative_to(rule.from, path);
      if (inside.empty()) continue;
      const auto place = fs::path(image_ / fs::path(rule.to).filename() / inside);
      fs::create_directories(place.parent_path());
      fs::copy(root_ / path, place, fs::copy_options::copy_symlinks);
    }
  }
  put(image_ / "all" / own_file, "precious");
  return built;
}

void World::turn(std::chrono::milliseconds length) {
  io_.restart();
  io_.run_for(length);
}

std::string World::settle() {
  for (std::size_t i = 0; i < Cluster::nodes; ++i) cluster_->node(i).space_again();
  const auto wanted = look_at(root_.string());
  std::shared_ptr<const source::Tree> seen;
  std::string differs = " not looked yet";
  const auto arrived = [&] {
    if (seen != snapshot_.tree) {
      seen = snapshot_.tree;
      differs = difference(wanted.files, contents_of(*seen));
    }
    return differs.empty() && snapshot_.head.branch == wanted.branch && snapshot_.head.commit == wanted.commit &&
           cluster_->synced();
  };
  const auto limit = std::chrono::steady_clock::now() + settle_limit;
  io_.restart();
  while (!arrived() && std::chrono::steady_clock::now() < limit) io_.run_one_for(std::chrono::milliseconds(50));
  if (!differs.empty()) return "the watcher's tree" + differs;
  if (snapshot_.head.branch != wanted.branch || snapshot_.head.commit != wanted.commit)
    return "the watcher says that HEAD is '" + snapshot_.head.branch + "' at '" + snapshot_.head.commit +
           "' and not '" + wanted.branch + "' at '" + wanted.commit + "'";
  const bool synced = cluster_->synced();
  const auto wrong = compare(wanted.files);
  if (synced) return wrong;
  return "the replicas do not come to rest (" + cluster_->warning() + ")" + wrong;
}

std::string World::compare(const Contents& wanted) {
  std::string wrong;
  for (std::size_t i = 0; i < Cluster::nodes; ++i)
    for (const auto& rule : Cluster::app().sync) {
      auto expected = below(wanted, rule.from);
      const auto inside = fs::path(rule.to).filename();
      if (const auto own = read_folder(image_ / inside); own.contains(own_file))
        expected.emplace(own_file, own.at(own_file));
      const auto differs = difference(expected, read_folder(cluster_->node(i).files() / inside));
      if (!differs.empty()) wrong += "; replica " + std::to_string(i) + " at " + rule.to + differs;
    }
  return wrong;
}

}  // namespace gf::model
