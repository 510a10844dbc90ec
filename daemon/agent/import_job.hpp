#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/descriptor.hpp"
#include "agent/failure.hpp"
#include "agent/inflow.hpp"

namespace gf::agent {

/// An archive of images on its way into the container runtime: `ctr images import` reads it from one end of a socket
/// pair and says there what it has to say. When the other end is gone it fails by itself, having imported nothing.
class ImportJob {
 public:
  /// Begins it. Throws Failure(cluster-failed) when ctr cannot be started.
  ImportJob(int poller, std::uint32_t id);
  /// The process behind it. It ends by itself when the job does, and is then to be waited for.
  pid_t process() const { return pid_; }

  /// Each is false when the import has ended, with the answer in `out`.
  bool on_events(std::uint32_t events, std::string& out);
  bool on_data(std::string_view bytes, std::string& out);
  bool on_finish(std::string& out);

 private:
  bool flush(std::string& out);
  bool receive(std::string& out);
  bool answer(std::string& out);
  void watch();

  int poller_;
  std::uint32_t id_;
  Descriptor socket_;
  pid_t pid_ = 0;
  Inflow inflow_;
  std::string said_;           ///< the latest of it
  std::uint32_t watched_ = 0;  ///< the events asked for; 0 = not registered
};

}  // namespace gf::agent
