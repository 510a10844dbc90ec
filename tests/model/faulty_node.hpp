#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "support/local_agent.hpp"

namespace gf::model {

/// What befalls a node once so many bytes more have gone through the stream to its agent.
enum class Fault {
  kill_agent,
  cut_stream,         ///< what was sent so far arrives
  cut_answers,        ///< counted in bytes from the agent
  restart_container,  ///< another instance with the image's files
  fill_disk,          ///< no file may grow over a few bytes until space_again()
};

/// One node: the real gf-agent before a process table of ours with one container, over a stream that breaks on demand.
class FaultyNode {
 public:
  /// `image` is what each new instance of the container finds at /srv.
  FaultyNode(Executor executor, std::filesystem::path image);

  const std::string& container_id() const { return container_id_; }
  std::filesystem::path files() const { return root_ / "srv"; }
  /// Called when another instance of the container has begun.
  void on_restart(std::function<void()> listener) { on_restart_ = std::move(listener); }

  void plan(Fault fault, std::size_t bytes) { planned_ = Planned{fault, bytes}; }
  bool awaits_fault() const { return planned_.has_value(); }
  /// Also when it was only planned to be full.
  void space_again();
  /// In the place of an engine's exec stream.
  std::unique_ptr<container::ExecStream> run_agent();

 private:
  class Stream;
  struct Planned {
    Fault fault;
    std::size_t bytes;
  };
  /// The fault and how many of `count` bytes still pass before it; nothing when it is not among them.
  std::optional<Planned> due(std::size_t count, bool answers);
  void strike(Fault fault);
  void begin_container();
  void limit_files();

  Executor executor_;
  std::filesystem::path image_, root_;
  test::ProcessTable table_;
  std::string container_id_;
  pid_t first_process_ = 1000;
  test::LocalExec* agent_ = nullptr;  ///< the one that runs now
  bool full_ = false;
  std::optional<Planned> planned_;
  std::function<void()> on_restart_;
};

}  // namespace gf::model
