// What a forward is measured with. A connection says "send N\n" and gets N bytes, or "take N\n" and, after N bytes,
// "taken\n"; "echo\n" gives everything back that follows, and the end when it ends. A process for each connection.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

char buffer[1 << 20];

bool put(int client, const char* bytes, std::size_t size) {
  while (size > 0) {
    const auto sent = ::send(client, bytes, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

std::string read_line(int client) {
  std::string line;
  for (char byte; line.size() < 64 && ::recv(client, &byte, 1, 0) == 1 && byte != '\n';) line += byte;
  return line;
}

void serve(int client) {
  const auto line = read_line(client);
  auto left = line.size() > 5 ? std::strtoull(line.c_str() + 5, nullptr, 10) : 0;
  if (line.starts_with("send")) {
    while (left > 0) {
      const auto part = std::min<std::size_t>(left, sizeof buffer);
      if (!put(client, buffer, part)) return;
      left -= part;
    }
  } else if (line.starts_with("take")) {
    while (left > 0) {
      const auto got = ::recv(client, buffer, std::min<std::size_t>(left, sizeof buffer), 0);
      if (got <= 0) return;
      left -= static_cast<std::size_t>(got);
    }
    put(client, "taken\n", 6);
  } else if (line == "echo") {
    ssize_t got;
    while ((got = ::recv(client, buffer, sizeof buffer, 0)) > 0)
      if (!put(client, buffer, static_cast<std::size_t>(got))) return;
  }
}

}  // namespace

int main() {
  std::signal(SIGCHLD, SIG_IGN);
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(8000);
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener, SOMAXCONN) != 0) {
    std::perror("cannot listen");
    return 1;
  }
  for (;;) {
    const int client = ::accept(listener, nullptr, nullptr);
    if (client < 0) continue;
    ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (::fork() == 0) {
      ::close(listener);
      serve(client);
      ::_exit(0);  // which closes the connection
    }
    ::close(client);
  }
}
