#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <csignal>

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // as gfd does: a peer that goes away is an error of the write, not our end
  return doctest::Context(argc, argv).run();
}
