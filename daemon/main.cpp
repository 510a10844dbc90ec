#include <malloc.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <iostream>

#include "daemon.hpp"
#include "system/runtime_folder.hpp"

namespace {

constexpr std::size_t log_bytes = 4 << 20, log_files = 2;

void open_log(const std::filesystem::path& path) {
  std::filesystem::create_directories(path.parent_path());
  auto log = spdlog::rotating_logger_mt("gfd", path.string(), log_bytes, log_files);
  log->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(log));
}

/// Says what went wrong, and returns its exit code.
int tell(std::exception_ptr thrown) {
  const auto error = gf::error_from(thrown);
  std::cerr << "gfd: " << error.message() << (error.cause().empty() ? "" : "\n  " + error.cause()) << '\n';
  spdlog::error("{}", error.message());
  return gf::exit_code(error.code());
}

/// Each connection of a forward is one, and the usual limit is 1,024. Not without bounds: programs that are started
/// from here inherit it, and some of them close whatever they might have open, one by one.
void allow_many_files() {
  constexpr rlim_t enough = 65536;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= enough) return;
  files.rlim_cur = std::min(files.rlim_max, enough);
  ::setrlimit(RLIMIT_NOFILE, &files);
}

int run() {
  const auto paths = gf::find_paths();
  gf::ensure_runtime_folder(paths.runtime);
  const auto lock = gf::InstanceLock::take(paths.lock());
  if (!lock) {
    std::cerr << "gfd: another one runs already (process " << gf::InstanceLock::holder(paths.lock()).value_or(0)
              << ")\n";
    return 1;
  }
  open_log(paths.log());
  std::filesystem::remove(paths.socket());  // we hold the lock: whatever is there is a leftover
  allow_many_files();
  // Arenas of a thread of its own each keep what they have had: two threads share well enough.
  ::mallopt(M_ARENA_MAX, 2);

  gf::net::io_context io(1);
  gf::net::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](const boost::system::error_code& error, int) {
    if (!error) io.stop();
  });
  gf::Daemon daemon(io, paths);
  int code = 0;
  try {
    daemon.start();
    io.run();
  } catch (...) {
    code = tell(std::current_exception());
  }

  spdlog::info("stopping");
  signals.cancel();
  io.restart();
  bool stopped = false;
  gf::net::co_spawn(io, daemon.stop(), [&](std::exception_ptr) { stopped = true; });
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!stopped && std::chrono::steady_clock::now() < limit) io.run_one_until(limit);
  spdlog::info("stopped");
  spdlog::shutdown();
  // Nothing that matters is left to be destroyed; what hangs must not keep us.
  ::_exit(stopped ? code : 1);
}

}  // namespace

int main() {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run();
  } catch (...) {
    return tell(std::current_exception());
  }
}
