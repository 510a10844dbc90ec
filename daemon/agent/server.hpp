#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "agent/compare_job.hpp"
#include "agent/container_processes.hpp"
#include "agent/import_job.hpp"
#include "agent/sync_job.hpp"
#include "agent/tunnel.hpp"
#include "node/frame.hpp"

namespace gf::agent {

/// Where things are in the node.
struct Places {
  std::string proc = "/proc";
  /// The content store's blobs, a file each by its digest.
  std::string blobs = "/var/lib/containerd/io.containerd.content.v1.content/blobs/sha256";
  std::string runtime = "/run/containerd/containerd.sock";  ///< where the container runtime listens
};

/// Serves one stream of frames until it ends. One thread, one loop; nothing in it waits.
class Server {
 public:
  Server(int input, int output, Places places);

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
  void answer_blobs(const node::Frame& frame);
  void begin_import(std::uint32_t id);
  bool serve_import(const node::Frame& frame);
  void forget(std::uint32_t id);
  void turn_streams();
  void reap();
  void step_comparisons();
  bool comparing() const;
  std::size_t unsent() const { return out_.size() - out_begin_; }
  void fail(std::uint32_t id, const Failure& failure);

  int input_, output_;
  ContainerProcesses processes_;
  node::FrameReader reader_;
  std::string out_;  ///< for the daemon, from out_begin_
  std::size_t out_begin_ = 0;
  std::string blobs_, runtime_;
  Descriptor poller_;  ///< of the tunnels and imports
  std::map<std::uint32_t, SyncJob> syncs_;
  std::map<std::uint32_t, CompareJob> comparisons_;
  std::map<std::uint32_t, Tunnel> tunnels_;
  std::map<std::uint32_t, ImportJob> imports_;
  std::vector<pid_t> ending_;  ///< processes of imports that the daemon forgot
};

}  // namespace gf::agent
