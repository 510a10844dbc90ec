#pragma once
#include <cstdint>

#include "agent/descriptor.hpp"
#include "node/messages.hpp"

namespace gf::agent {

/// A connected socket on its way to the daemon, which listens in a folder that the node shares with its machine. Whose
/// kernel is another one, or who has no such folder, has none of this: the connection is a stream then.
class Handover {
 public:
  /// Sends `socket` to where `dial` says; what comes of it is told by events of `poller` under `id`, within a second.
  /// False when it is not wanted or cannot be.
  bool begin(int poller, std::uint32_t id, const node::Dial& dial, int socket);
  bool under_way() const { return static_cast<bool>(peer_); }

  enum class Outcome { waits, taken, refused };
  Outcome outcome();  ///< after an event

 private:
  Descriptor peer_, timer_;
};

}  // namespace gf::agent
