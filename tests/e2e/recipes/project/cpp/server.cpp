#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

const std::string text = "v1";

void answer(int client) {
  char request[4096];
  if (::recv(client, request, sizeof request, 0) <= 0) return;
  const auto whole =
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
  ::send(client, whole.data(), whole.size(), MSG_NOSIGNAL);
}

}  // namespace

/// Answers with a text of its own.
int main() {
  const char* const port = std::getenv("PORT");
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<unsigned short>(port ? std::atoi(port) : 8000));
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener, SOMAXCONN) != 0) {
    std::perror("cannot listen");
    return 1;
  }
  const timeval patience{1, 0};  // who connects and says nothing does not hold up others
  for (;;) {
    const int client = ::accept(listener, nullptr, nullptr);
    if (client < 0) continue;
    ::setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    answer(client);
    ::close(client);
  }
}
