#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "agent/compare_job.hpp"
#include "agent/container_processes.hpp"
#include "agent/sync_job.hpp"
#include "agent/tunnel.hpp"
#include "node/frame.hpp"

namespace gf::agent {

/// Serves one stream of frames until it ends. One thread, one loop; nothing in it waits.
class Server {
 public:
  Server(int input, int output, std::string proc);

  /// Returns when the input ends or nobody reads the output. Throws node::BrokenFrame.
  void run();

 private:
  bool read_input();
  bool write_output();
  void serve(const node::Frame& frame);
  void serve_sync(const node::Frame& frame);
  void serve_compare(const node::Frame& frame);
  void serve_tunnel(const node::Frame& frame);
  void dial(const node::Frame& frame);
  void forget(std::uint32_t id);
  void turn_tunnels();
  void step_comparisons();
  bool comparing() const;
  std::size_t unsent() const { return out_.size() - out_begin_; }
  void fail(std::uint32_t id, const Failure& failure);

  int input_, output_;
  ContainerProcesses processes_;
  node::FrameReader reader_;
  std::string out_;  ///< for the daemon, from out_begin_
  std::size_t out_begin_ = 0;
  Descriptor poller_;  ///< of the tunnels
  std::map<std::uint32_t, SyncJob> syncs_;
  std::map<std::uint32_t, CompareJob> comparisons_;
  std::map<std::uint32_t, Tunnel> tunnels_;
};

}  // namespace gf::agent
