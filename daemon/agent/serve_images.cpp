#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "agent/server.hpp"

// What the daemon asks of this node's images.
namespace gf::agent {

using node::FrameType;

namespace {

bool listens(const std::string& path) {
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace

void Server::answer_blobs(const node::Frame& frame) {
  // What a store has says nothing while nobody looks after it, and whoever asks is about to import.
  if (!listens(runtime_))
    return fail(frame.id, {"cluster-failed", "cannot look at images: the container runtime does not answer", ""});
  node::BlobSizes sizes;
  for (const auto& digest : node::decode_digests(frame.payload)) {
    struct stat status;
    const bool there = ::stat((blobs_ + '/' + digest).c_str(), &status) == 0;
    sizes.push_back(there ? std::optional(static_cast<std::uint64_t>(status.st_size)) : std::nullopt);
  }
  node::append_frame(out_, FrameType::done, frame.id, node::encode_sizes(sizes));
}

void Server::begin_import(std::uint32_t id) {
  try {
    imports_.try_emplace(id, poller_.get(), id);
  } catch (const Failure& failure) {
    fail(id, failure);
  }
}

/// Whether the frame was one of an import.
bool Server::serve_import(const node::Frame& frame) {
  const auto job = imports_.find(frame.id);
  if (job == imports_.end()) return false;
  bool lives = true;
  if (frame.type == FrameType::data) lives = job->second.on_data(frame.payload, out_);
  if (frame.type == FrameType::finish) lives = job->second.on_finish(out_);
  if (!lives) imports_.erase(job);
  return true;
}

void Server::reap() {
  std::erase_if(ending_, [](pid_t process) { return ::waitpid(process, nullptr, WNOHANG) != 0; });
}

}  // namespace gf::agent
