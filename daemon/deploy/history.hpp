#pragma once
#include "core/clock.hpp"
#include "deploy/version_record.hpp"

namespace gf::deploy {

/// The versions of all apps, on disk: each change is there before the cluster hears of it. Io thread only.
/// What changes throws Error(state_unwritable).
class History {
 public:
  History(Clock& clock, state::Document document);

  /// The checkout, standing at `seen`, asks for the image.
  void note(const std::string& project, const std::string& app, const BuiltImage& image, const source::Snapshot& seen);
  /// Its replicas begin to come up. What was on its way is superseded.
  void start(const std::string& project, const std::string& app, const BuiltImage& image);
  /// Its replicas are ready.
  void serve(const std::string& project, const std::string& app, const Running& running);
  void fail(const std::string& project, const std::string& app, const std::string& key, const std::string& reason);
  /// Of one that is said to start, and is not what runs, nobody has kept what became of it: a daemon was ended.
  void settle(const std::string& project, const std::string& app, const Running& running);
  /// Nothing serves: its cluster is gone.
  void leave(const std::string& project, const std::string& app);
  void forget(const std::string& project);

  /// Newest first.
  std::vector<Version> versions(const std::string& project, const std::string& app) const;
  /// nullptr when it is not known.
  const Version* find(const std::string& project, const std::string& app, const std::string& key) const;
  /// The one that begins with `prefix`. Throws Error(not_found) with those that there are.
  const Version& one(const std::string& project, const std::string& app, const std::string& prefix) const;
  /// The one that was ready last and is not gone, nullptr when none was.
  const Version* serving(const std::string& project, const std::string& app) const;
  /// The references that are kept, whatever they take.
  std::set<std::string> all_pinned() const;
  /// When the image came in last, 0 when it is not known.
  double last_use(const std::string& reference) const;
  /// A sentence about a damaged file that was kept aside, else "".
  std::string warning() const;

 private:
  using Versions = std::vector<Version>;  ///< newest first
  Version& take(const std::string& project, const std::string& app, const BuiltImage& image);
  void save();

  Clock& clock_;
  state::Document document_;
  std::map<std::string, Versions> apps_;  ///< by "project/app"
};

}  // namespace gf::deploy
