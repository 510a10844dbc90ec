#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>

#include "agent/server.hpp"

/// gf-agent [--proc FOLDER] [--blobs FOLDER] [--runtime SOCKET]: serves gfd over standard input and output until the
/// input ends. What it has to say to people goes to standard error. The options name other places than a node's: for
/// tests.
int main(int argc, char** argv) {
  gf::agent::Places places;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view option = argv[i];
    std::string* const place = option == "--proc"      ? &places.proc
                               : option == "--blobs"   ? &places.blobs
                               : option == "--runtime" ? &places.runtime
                                                       : nullptr;
    if (!place || i + 1 == argc) {
      std::fprintf(stderr, "usage: gf-agent [--proc FOLDER] [--blobs FOLDER] [--runtime SOCKET]\n");
      return 2;
    }
    *place = argv[i + 1];
  }
  for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);  // errors of the write, not our end
  ::umask(0);
  rlimit files;  // one for each dialled connection
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
  }
  try {
    gf::agent::Server(STDIN_FILENO, STDOUT_FILENO, places).run();
    return 0;
  } catch (const gf::node::BrokenFrame& broken) {
    std::fprintf(stderr, "gf-agent: cannot go on: the stream carried %s\n", broken.what());
    return 1;
  }
}
