// start_time ROUNDS PORT PROGRAM [ARGUMENT…]: how long a server takes from its spawn to its first answer, in
// milliseconds, a line each round. PROGRAM is run with PORT in its environment and ended after each. Static, so that it
// runs in any image.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto limit = std::chrono::seconds(30);
constexpr useconds_t pause_us = 500;  // as whoever asks from outside pauses while nobody listens

bool answers(int port) {
  const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<unsigned short>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  constexpr char request[] = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  char byte;
  const bool got = ::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                   ::send(client, request, sizeof request - 1, MSG_NOSIGNAL) > 0 && ::recv(client, &byte, 1, 0) == 1;
  ::close(client);
  return got;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: start_time ROUNDS PORT PROGRAM [ARGUMENT...]\n");
    return 2;
  }
  const int port = std::atoi(argv[2]);
  ::setenv("PORT", argv[2], 1);
  for (int round = std::atoi(argv[1]); round > 0; --round) {
    const auto began = Clock::now();
    const pid_t child = ::fork();
    if (child == 0) {
      ::execvp(argv[3], argv + 3);
      std::perror(argv[3]);
      ::_exit(127);
    }
    bool answered = false, ended = false;
    while (!(answered = answers(port)) && !ended && Clock::now() < began + limit) {
      ended = ::waitpid(child, nullptr, WNOHANG) == child;
      ::usleep(pause_us);
    }
    const std::chrono::duration<double, std::milli> took = Clock::now() - began;
    if (!ended) {
      ::kill(child, SIGKILL);
      ::waitpid(child, nullptr, 0);
    }
    if (!answered) {
      std::fprintf(stderr, "start_time: %s does not answer at port %d\n", argv[3], port);
      return 1;
    }
    std::printf("%.2f\n", took.count());
  }
}
