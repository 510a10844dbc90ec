#include "operation/step.hpp"

namespace gf::operation {

namespace {
constexpr auto progress_interval = std::chrono::milliseconds(100);
}

Step::Step(std::shared_ptr<Record> record, Clock& clock, std::uint64_t id, std::uint64_t parent, std::string title)
    : record_(std::move(record)),
      clock_(clock),
      id_(id),
      parent_(parent),
      title_(std::move(title)),
      began_(clock.now()) {}

void Step::progress(std::uint64_t done, std::uint64_t total, std::string_view unit) {
  Event event;
  event.type = EventType::progress;
  event.step = id_;
  event.done = done;
  event.total = total;
  event.unit = unit;
  held_ = std::move(event);
  if (told_ && clock_.now() - *told_ < progress_interval && done != total) return;
  flush_progress();
}

void Step::flush_progress() {
  if (!held_) return;
  told_ = clock_.now();
  record_->add(std::move(*held_));
  held_.reset();
}

void Step::log(std::string_view line) {
  Event event;
  event.type = EventType::log;
  event.step = id_;
  event.text = line;
  record_->add(std::move(event));
}

std::shared_ptr<Context> Step::begin(std::string title) {
  auto step = std::make_shared<Step>(record_, clock_, record_->next_step(), id_, std::move(title));
  Event event;
  event.type = EventType::step;
  event.step = step->id_;
  event.parent = id_;
  event.title = step->title_;
  event.state = "running";
  record_->add(std::move(event));
  return step;
}

void Step::finish(std::exception_ptr thrown) {
  if (!thrown) return end("done", {});
  auto error = error_from(thrown);
  const bool cancelled = error.code() == ErrorCode::cancelled;
  end(cancelled ? "cancelled" : "failed", cancelled ? std::nullopt : std::optional(std::move(error)));
}

void Step::skip(std::string_view why) {
  log(why);
  end("skipped", {});
}

void Step::end(std::string state, std::optional<Error> error) {
  if (finished_) return;
  finished_ = true;
  flush_progress();
  Event event;
  event.type = EventType::step;
  event.step = id_;
  event.parent = parent_;
  event.title = title_;
  event.state = std::move(state);
  event.seconds = std::chrono::duration<double>(clock_.now() - began_).count();
  event.error = std::move(error);
  record_->add(std::move(event));
}

}  // namespace gf::operation
