#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/container_processes.hpp"
#include "agent/descriptor.hpp"
#include "agent/failure.hpp"
#include "agent/handover.hpp"
#include "agent/inflow.hpp"

namespace gf::agent {

/// One dialled TCP connection. Once connected it goes to the daemon as it is, where that is asked for and can be. Else
/// it turns events of its socket and frames of its stream into each other; each side sends only what the other granted,
/// so a peer that does not read holds up its own stream alone.
class Tunnel {
 public:
  /// Begins to connect. Throws Failure(cluster-unavailable, bad-request when the host is no literal address, not-found
  /// when the container does not run).
  Tunnel(int poller, std::uint32_t id, node::Dial dial, ContainerProcesses& processes);

  /// The socket has `events` (of epoll): frames go to `out`, at most `pieces` of data. False when the tunnel has ended.
  bool on_events(std::uint32_t events, int pieces, std::string& out);
  bool on_data(std::string_view bytes, std::string& out);
  bool on_finish(std::string& out);
  bool on_window(std::uint32_t bytes);
  /// The daemon forgot the stream: the peer is told by a reset too.
  void abort();

 private:
  bool connected(std::string& out);
  bool handed_over(std::string& out);
  bool opened(std::string& out);
  bool flush(std::string& out);
  bool receive(int pieces, std::string& out);
  bool lost(std::string& out);
  bool open_or_watch();
  void watch();

  int poller_;
  std::uint32_t id_;
  node::Dial dial_;
  Descriptor socket_;
  std::uint32_t watched_ = 0;  ///< the events asked for; 0 = not registered
  bool connecting_ = true;     ///< until the stream is open
  Handover handover_;
  Inflow inflow_;                             ///< for the socket
  std::uint32_t credit_ = node::dial_window;  ///< what the daemon still accepts
  bool input_ended_ = false;                  ///< the peer sends no more
};

}  // namespace gf::agent
