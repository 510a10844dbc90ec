#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "forward/listener.hpp"
#include "forward/port_book.hpp"
#include "forward/route.hpp"

namespace gf::forward {

struct Forward {
  std::string name;
  int port = 0;  ///< on 127.0.0.1 and ::1
  int preferred = 0;
  std::string target;  ///< "redis.greenfield:6379"
  std::string state;   ///< "listening"; "waiting" while the latest connection found nobody yet
  std::string reason;  ///< why it waits, or why it is not the preferred port; else empty
  std::size_t connections = 0;
};

/// Localhost ports that lead to Services, whatever becomes of pods, nodes and links meanwhile: a new connection is held
/// until who is behind it is awake, and for up to 30 s more while nobody can take it. Ports stay the same over
/// restarts.
class ForwardService {
 public:
  ForwardService(Executor executor, Ways ways, Visits visits, kube::KubeApi& kube, Clock& clock,
                 state::Document document);
  ~ForwardService();

  /// Listens and returns the port: the one it had before, else the preferred one, else the next free one of
  /// 20000-29999. Open already: the same port again, and the target as `spec` says from now on.
  /// Throws Error(port_taken) when none is free, Error(state_unwritable).
  Task<int> open(ForwardSpec spec);
  /// Ends the listener and its connections; the port stays remembered. Unknown is fine.
  Task<> close(std::string name);
  Task<> close_all();
  std::vector<Forward> list() const;
  /// A sentence about a damaged list of ports that was kept aside, else "".
  std::string warning() const { return ports_.warning(); }

 private:
  std::string owner_of(int port) const;

  Executor executor_;
  Ways ways_;
  Visits visits_;
  kube::KubeApi& kube_;
  Clock& clock_;
  PortBook ports_;
  std::map<std::string, std::unique_ptr<Listener>> listeners_;
};

}  // namespace gf::forward
