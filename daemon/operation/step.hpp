#pragma once
#include "operation/context.hpp"
#include "operation/record.hpp"

namespace gf::operation {

/// A Context that writes into a Record. Step 0 is the operation itself.
class Step final : public Context, public std::enable_shared_from_this<Step> {
 public:
  Step(std::shared_ptr<Record> record, Clock& clock, std::uint64_t id, std::uint64_t parent, std::string title);

  void progress(std::uint64_t done, std::uint64_t total, std::string_view unit) override;
  void log(std::string_view line) override;
  std::shared_ptr<Context> begin(std::string title) override;
  void finish(std::exception_ptr thrown) override;
  void skip(std::string_view why) override;

 private:
  void end(std::string state, std::optional<Error> error);
  void flush_progress();

  std::shared_ptr<Record> record_;
  Clock& clock_;
  std::uint64_t id_, parent_;
  std::string title_;
  Clock::time_point began_;
  std::optional<Clock::time_point> told_;  ///< when progress was told last
  std::optional<Event> held_;              ///< the newest progress, not told yet
  bool finished_ = false;
};

}  // namespace gf::operation
