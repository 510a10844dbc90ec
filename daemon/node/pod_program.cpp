#include "node/pod_program.hpp"

#include <algorithm>
#include <regex>

namespace gf::node {

namespace {

/// How the line begins.
constexpr std::string_view in_pipe = "time=\"", on_terminal = "\033[31mFATA\033[0m[";

/// Where a line that begins so may stand with nothing behind it; npos when there is none.
std::size_t last_line(const std::string& text, std::string_view beginning) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto rest = std::string_view(text).substr(at);
    const auto end = rest.find('\n');
    const bool last = end == rest.npos || end + 1 == rest.size();
    if (last && beginning.starts_with(rest.substr(0, beginning.size()))) return at;
  }
  return text.npos;
}

class PodProgram final : public container::ExecStream {
 public:
  PodProgram(std::unique_ptr<container::ExecStream> crictl, bool tty)
      : crictl_(std::move(crictl)), tty_(tty), end_(tty) {}

  Task<std::optional<container::ExecPiece>> read() override {
    while (!ended_) {
      auto reading = crictl_->read();
      auto piece = co_await std::move(reading);
      ended_ = !piece;
      if (piece && piece->is_error == tty_) co_return piece;  // what the command itself writes to its output
      container::ExecPiece passed{!tty_, piece ? end_.pass(piece->bytes) : end_.finish()};
      if (!passed.bytes.empty()) co_return passed;
    }
    co_return std::nullopt;
  }
  Task<> write(std::string_view bytes) override { return crictl_->write(bytes); }
  Task<> finish_writing() override { return crictl_->finish_writing(); }
  Task<> resize(int columns, int rows) override { return crictl_->resize(columns, rows); }
  Task<int> exit_code() override {
    auto asking = crictl_->exit_code();
    const int code = co_await std::move(asking);
    co_return end_.exit_code().value_or(code);
  }
  void close() override { crictl_->close(); }

 private:
  std::unique_ptr<container::ExecStream> crictl_;
  bool tty_;  ///< then all is one output
  CrictlEnd end_;
  bool ended_ = false;  ///< a socket that has told its end once tells it to nobody who waits for it again
};

}  // namespace

std::string CrictlEnd::pass(std::string_view piece) {
  held_ += piece;
  const auto at = std::min(last_line(held_, tty_ ? on_terminal : in_pipe), held_.size());
  auto passed = held_.substr(0, at);
  held_.erase(0, at);
  return passed;
}

std::string CrictlEnd::finish() {
  static const std::regex shape("execing command in container .*: command terminated with exit code ([0-9]+)");
  std::smatch found;
  if (!std::regex_search(held_, found, shape)) return std::exchange(held_, {});
  code_ = std::stoi(found[1]);
  held_.clear();
  return {};
}

std::unique_ptr<container::ExecStream> pod_program(std::unique_ptr<container::ExecStream> crictl, bool tty) {
  return std::make_unique<PodProgram>(std::move(crictl), tty);
}

Task<std::unique_ptr<container::ExecStream>> start_in_pod(container::Engine& engine, container::ExecSpec spec) {
  const bool tty = spec.tty;
  auto starting = engine.exec_stream(std::move(spec));
  auto crictl = co_await std::move(starting);
  co_return pod_program(std::move(crictl), tty);
}

Task<container::ExecResult> run_in_pod(container::Engine& engine, container::ExecSpec spec, std::string input) {
  const bool tty = spec.tty;
  auto running = engine.exec(std::move(spec), std::move(input));
  auto result = co_await std::move(running);
  CrictlEnd end(tty);
  result.errors = end.pass(result.errors) + end.finish();
  if (end.exit_code()) result.exit_code = *end.exit_code();
  co_return result;
}

}  // namespace gf::node
