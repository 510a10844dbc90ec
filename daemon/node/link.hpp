#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "container/engine.hpp"
#include "core/clock.hpp"
#include "core/task_group.hpp"
#include "http/stream.hpp"
#include "node/messages.hpp"

namespace gf::node {

/// A file as it should be inside a container. Paths are relative to the sync target, '/'-separated, any bytes but NUL.
struct FileState {
  std::string path;
  unsigned mode = 0644;  ///< permission bits; for links ignored
  bool link = false;     ///< symbolic link: `contents` is its target
  std::string digest;    ///< sha256 hex of the contents (link: of the target); to compare with "": nothing is there
};

struct FileWrite {
  FileState file;
  std::shared_ptr<const std::string> contents;  ///< shared between replicas, never copied
};

/// One change to one container: applied in order deletes, then writes; each file atomically (temporary file + rename),
/// missing folders made, emptied folders that the deletes leave behind removed.
struct SyncRequest {
  std::string container_id;  ///< as the kubelet names it, without "containerd://"
  std::string target;        ///< absolute folder inside the container
  std::vector<std::string> deletes;
  std::vector<FileWrite> writes;
  std::string signal;  ///< sent to the container's first process afterwards ("HUP", restart_signal); empty = none
};

struct SyncResult {
  std::uint64_t files = 0, bytes = 0;
  double seconds = 0;  ///< inside the agent
};

/// Where a connection leads, as seen from inside a node.
struct DialTarget {
  std::string host;  ///< a literal IP address
  int port = 0;
  std::string container_id = {};  ///< whose network it is dialled in ("127.0.0.1" is its pod then); empty = the node's
};

/// An archive of images on its way into a node's container runtime. Destroying it before finish() has returned ends it:
/// nothing of the images is kept.
class Import {
 public:
  virtual ~Import() = default;
  /// Sends a piece at the node's pace. Throws as finish() does when the node has given up.
  virtual Task<> write(std::string_view bytes) = 0;
  /// The archive is whole: resumes when the images are in the node. Throws Error(cluster_failed) with the runtime's
  /// words.
  virtual Task<> finish() = 0;
};

/// The held-open stream to gf-agent in one node: a seam. Requests run at once, answers find their request.
/// Every call throws Error(cluster_unavailable) when the link is down; it reconnects by itself (backoff 50 ms … 5 s).
class Link {
 public:
  virtual ~Link() = default;
  virtual const std::string& node() const = 0;
  virtual bool connected() const = 0;
  /// Throws Error(not_found) when the container does not run, Error(deploy_failed) when a file cannot be written
  /// (read-only file system, no space, a path that leads out of the target).
  virtual Task<SyncResult> sync(SyncRequest request) = 0;
  /// Of `files`, those whose contents, kind or mode differ inside the container: indexes in order. A folder counts as
  /// nothing.
  virtual Task<std::vector<std::size_t>> compare(std::string container_id, std::string target,
                                                 std::vector<FileState> files) = 0;
  /// Connects from inside the node. Throws Error(cluster_unavailable) with the reason when refused, Error(not_found)
  /// when the container does not run.
  virtual Task<std::unique_ptr<http::Stream>> dial(DialTarget target) = 0;
  /// The sizes of blobs in the node's content store (sha256, hex), in the order of `digests`; nothing for absent ones.
  /// Throws Error(cluster_failed) while the container runtime does not answer.
  virtual Task<BlobSizes> blobs(std::vector<std::string> digests) = 0;
  /// Begins to import images. Formats: those of `ctr images import`.
  virtual Task<std::unique_ptr<Import>> import_images() = 0;
};

/// A folder of this machine that is mounted into the nodes, where they meet gfd.
struct LinkFolder {
  std::string here;     ///< empty: there is none
  std::string in_node;  ///< its place in every node
};

/// Where this machine has the programs that every node gets.
struct NodePrograms {
  std::string agent, supervisor;
};

/// The links to all nodes of the cluster. Installs the agent, and the supervisor for containers beside it, into a node
/// when it is missing or differs (by digest) and runs it there through one engine exec stream.
class Links {
 public:
  /// Connections come as they are where `folder` allows it, and through the links where it does not.
  Links(Executor executor, container::Engine& engine, Clock& clock, NodePrograms programs, LinkFolder folder = {});
  ~Links();
  /// Makes the set of links equal to these nodes (container names). New ones connect in the background.
  void set_nodes(std::vector<std::string> nodes);
  /// Throws Error(cluster_unavailable) for a node without link.
  Link& at(const std::string& node);
  /// The link to `node`, connected; after `limit` as it is. Throws Error(cluster_unavailable) for a node without link.
  Task<Link*> connected(std::string node, Clock::duration limit);
  /// Any connected link; waits for the first one.
  Task<Link*> any();
  /// Resumes when all current links are connected.
  Task<> all_connected();
  Task<> stop();

 private:
  struct State;
  static Task<> wait_connected(std::shared_ptr<State> state, std::string node);

  std::shared_ptr<State> state_;
};

}  // namespace gf::node
