#pragma once
#include <functional>
#include <memory>

#include "core/clock.hpp"
#include "core/task_group.hpp"
#include "protocol/error.hpp"
#include "sleep/decision.hpp"

namespace gf::sleep {

/// What sleeps, and how it is laid to rest and woken: a seam. Unknown names are awake.
class Workloads {
 public:
  virtual ~Workloads() = default;
  /// Resumes when it is known what is in the cluster.
  virtual Task<> wait_known() = 0;
  /// Everything that could sleep or keep others awake; nothing while that is not known.
  virtual std::vector<Member> members() const = 0;
  virtual bool asleep(const std::string& name) const = 0;
  /// These two resume when the change can be seen, and do nothing where there is nothing to change.
  virtual Task<> lay(std::string name) = 0;
  virtual Task<> raise(std::string name) = 0;
  /// Resumes when all its replicas can be used. Throws Error(deploy_failed).
  virtual Task<> wait_ready(std::string name) = 0;
};

/// Scales to zero what is not used, and back when somebody wants it. Who sleeps is known from the cluster alone.
///   awake ─ unused for its time ─▶ falling ─▶ asleep ─ wanted ─▶ waking: first who it needs, then itself ─▶ awake
/// Io thread only.
class Sleeper {
 public:
  struct Collaborators {
    Executor executor;
    Clock& clock;
    Workloads& workloads;
    std::function<void(const std::string& subject, const std::string& sentence)> warn;
  };
  /// How many connections are held while a member wakes, and for how long.
  static constexpr std::size_t most_held = 64;
  static constexpr auto hold = std::chrono::minutes(2);

  explicit Sleeper(Collaborators with);

  using Lease = std::shared_ptr<const void>;
  /// It is used for as long as the lease lives; that alone does not wake it.
  Lease use(const std::string& name);
  /// It was used a moment ago.
  void touch(const std::string& name);

  /// Resumes when it is awake and ready, at once when it does not sleep; all who ask share one wake, which goes on when
  /// they are cancelled. Throws what kept it from waking.
  Task<> wake(std::string name);
  /// The same for a connection, which waits for a bounded time and with so many others only. Throws Error(timed_out),
  /// Error(conflict) for one too many. The log tells of connections that are closed.
  Task<> admit(std::string name);
  /// Begins to wake these and who they need: resumes when they have their replicas, ready or not.
  Task<> rouse(std::vector<std::string> names);
  /// By hand, whoever is connected. Throws Error(not_found), Error(bad_request) for what cannot sleep, Error(conflict)
  /// while it is worked upon or wakes, Error(addon_in_use) naming who needs it.
  Task<> put_to_sleep(std::string name);

  /// The members may be others than before.
  void look_again();
  /// Why it did not wake the last time, "" when it did.
  std::string trouble(const std::string& name) const;

  void start();
  Task<> stop();

 private:
  struct Wake {
    bool ended = false;
    std::optional<Error> failed;
  };
  struct Held {
    std::size_t count = 0;
    bool told = false;  ///< that there are too many
  };
  std::vector<Member> look();
  Task<> keep_watch();
  Task<> pause(std::optional<double> until);
  Task<> wait_for_look();
  Task<> wait_fallen(std::string name);
  Task<> fall(std::string name);
  Task<> fall_by_itself(std::string name);
  std::shared_ptr<Wake> begin_wake(const std::string& name);
  Task<> run_wake(std::string name, std::shared_ptr<Wake> wake);
  Task<> rise(std::string name, std::set<std::string> needs);
  Task<> raise(std::string name);
  void refuse_sleep(const std::string& name) const;

  Collaborators with_;
  std::shared_ptr<std::map<std::string, Use>> uses_;  ///< leases may outlive the rest
  std::set<std::string> slept_;                       ///< when it was looked last
  std::set<std::string> falling_;
  std::map<std::string, std::shared_ptr<Wake>> waking_;
  std::map<std::string, Held> held_;
  std::map<std::string, std::string> troubles_;
  bool outdated_ = true;  ///< the latest decision
  Signal looking_, moved_;
  TaskGroup tasks_;
};

}  // namespace gf::sleep
