#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>

#include "agent/server.hpp"

/// gf-agent [--proc FOLDER]: serves gfd over standard input and output until the input ends. What it has to say to
/// people goes to standard error. `--proc` names another process table than /proc: for tests.
int main(int argc, char** argv) {
  std::string proc = "/proc";
  if (argc == 3 && std::string_view(argv[1]) == "--proc") {
    proc = argv[2];
  } else if (argc != 1) {
    std::fprintf(stderr, "usage: gf-agent [--proc FOLDER]\n");
    return 2;
  }
  for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);  // errors of the write, not our end
  ::umask(0);
  rlimit files;  // one for each dialled connection
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  try {
    gf::agent::Server(STDIN_FILENO, STDOUT_FILENO, proc).run();
    return 0;
  } catch (const gf::node::BrokenFrame& broken) {
    std::fprintf(stderr, "gf-agent: cannot go on: the stream carried %s\n", broken.what());
    return 1;
  }
}
