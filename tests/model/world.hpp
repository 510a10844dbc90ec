#pragma once
#include <optional>

#include "model/cluster.hpp"
#include "model/contents.hpp"
#include "support/hasty_clock.hpp"
#include "support/temporary_folder.hpp"

namespace gf::model {

/// A checkout, its watcher and the replicas that follow it.
class World {
 public:
  explicit World(bool mounted = false);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  const std::filesystem::path& root() const { return root_; }
  Cluster& cluster() { return *cluster_; }
  /// Runs Git (or several commands of the shell) in the checkout; whether the last one succeeds rarely matters.
  bool run(const std::string& commands) const;
  /// Lets the daemon's part go on for so long.
  void turn(std::chrono::milliseconds length);
  /// Waits until everything says that it has come to rest, then compares. What is wrong, "" when nothing is.
  std::string settle();

 private:
  void make_checkout();
  std::vector<std::string> make_image();
  std::string compare(const Contents& wanted);

  test::TemporaryFolder folder_;
  std::filesystem::path root_ = folder_.path() / "checkout", image_ = folder_.path() / "image";
  net::io_context io_;
  test::HastyClock clock_{10};
  WorkerPool workers_;
  source::SourceWatcher watcher_{io_.get_executor(), clock_, workers_};
  std::optional<Cluster> cluster_;
  source::Snapshot snapshot_;  ///< the newest
};

/// Nothing that settles takes longer, not even under a sanitizer on a busy machine.
inline constexpr auto settle_limit = std::chrono::seconds(15);

}  // namespace gf::model
