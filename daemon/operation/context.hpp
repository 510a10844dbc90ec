#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/task.hpp"
#include "protocol/operation.hpp"

namespace gf::operation {

/// Where the body of an operation says what it does: a seam (tests record). Io thread only.
/// A Context stands for one step (or the operation itself); children are begun from it.
class Context {
 public:
  virtual ~Context() = default;
  /// Numbers of this step. Rate-limited by the engine (10 per second, the last one always passes).
  virtual void progress(std::uint64_t done, std::uint64_t total, std::string_view unit) = 0;
  /// A line for people. Must hold no secret.
  virtual void log(std::string_view line) = 0;
  /// Begins a step below this one: running until finish().
  virtual std::shared_ptr<Context> begin(std::string title) = 0;
  /// Ends this step: done when `thrown` is null, cancelled or failed otherwise. Once.
  virtual void finish(std::exception_ptr thrown) = 0;
  /// Ends this step as skipped: nothing was to be done.
  virtual void skip(std::string_view why) = 0;
};

/// Runs `body` as a step below `context`: begins it, and ends it as done, failed or cancelled with its time.
Task<> run_step(Context& context, std::string title, std::function<Task<>(Context&)> body);

}  // namespace gf::operation
