#include "source/inotify.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "protocol/error.hpp"

namespace gf::source {

namespace {

int open_instance() {
  const int descriptor = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (descriptor < 0)
    throw Error(ErrorCode::internal, std::string("cannot watch files: ") + std::strerror(errno),
                "raise fs.inotify.max_user_instances: gf doctor --fix");
  return descriptor;
}

std::vector<FileEvent> take_apart(const char* bytes, std::size_t count) {
  std::vector<FileEvent> events;
  for (std::size_t at = 0; at + sizeof(inotify_event) <= count;) {
    inotify_event head;
    std::memcpy(&head, bytes + at, sizeof head);
    FileEvent event;
    event.watch = head.wd;
    event.mask = head.mask;
    if (head.len > 0) event.name = bytes + at + sizeof head;  // padded with zeros
    events.push_back(std::move(event));
    at += sizeof head + head.len;
  }
  return events;
}

}  // namespace

Inotify::Inotify(Executor executor) : descriptor_(executor, open_instance()), buffer_(256 << 10) {}

int Inotify::add(const std::string& folder, int& error) {
  constexpr std::uint32_t mask = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_DELETE_SELF |
                                 IN_MOVE_SELF | IN_ATTRIB | IN_ONLYDIR | IN_DONT_FOLLOW;
  const int watch = ::inotify_add_watch(descriptor_.native_handle(), folder.c_str(), mask);
  error = watch < 0 ? errno : 0;
  return watch;
}

void Inotify::remove(int watch) { ::inotify_rm_watch(descriptor_.native_handle(), watch); }

Task<std::vector<FileEvent>> Inotify::read() {
  const auto room = net::buffer(buffer_);
  const auto count = co_await descriptor_.async_read_some(room, net::use_awaitable);
  co_return take_apart(buffer_.data(), count);
}

}  // namespace gf::source
