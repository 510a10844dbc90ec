#pragma once
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "core/signal.hpp"
#include "core/task.hpp"

namespace gf {

/// Owns coroutines that run beside their owner: nothing is ever detached.
/// The owner must await stop() (or join()) before it dies; the destructor asserts that.
class TaskGroup {
 public:
  /// `on_failure` hears of every child that ended with an error other than cancellation, by the child's name.
  using FailureSink = std::function<void(const std::string& name, std::exception_ptr)>;

  explicit TaskGroup(Executor executor, FailureSink on_failure = {});
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts `task` at the next turn of the loop. Refused (the task is dropped unstarted) once stopping.
  void spawn(std::string name, Task<> task);
  /// Asks all children to end. They clean up in their own time.
  void cancel();
  /// Resumes when no child is left; does not cancel.
  Task<> join();
  /// cancel() + join(), and refuses new children from now on. Not cancellable itself.
  Task<> stop();
  std::size_t size() const { return children_->size(); }

 private:
  struct Child {
    std::string name;
    net::cancellation_signal cancel;
  };
  Executor executor_;
  FailureSink on_failure_;
  std::shared_ptr<std::list<Child>> children_;
  std::shared_ptr<Signal> ended_;
  bool stopping_ = false;
};

}  // namespace gf
