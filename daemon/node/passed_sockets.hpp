#pragma once
#include <boost/asio/local/stream_protocol.hpp>
#include <map>
#include <memory>
#include <string>

#include "core/clock.hpp"
#include "core/task_group.hpp"
#include "http/stream.hpp"
#include "node/link.hpp"

namespace gf::node {

class ExpectedSocket;

/// Takes the connections that agents have dialled as the sockets that they are (SCM_RIGHTS), at a Unix socket in the
/// folder that gfd and the nodes share: from then on no byte of them passes agent and engine. Whoever reaches that
/// folder may try; what counts is the ticket. Io thread only; stop() before it dies.
class PassedSockets {
 public:
  PassedSockets(Executor executor, Clock& clock, LinkFolder folder);

  /// Listens, unless it does so already. Where that cannot be nothing is expected; the next call tries again.
  void open();
  void close();
  Task<> stop();

 private:
  friend class ExpectedSocket;
  using Unix = net::local::stream_protocol;

  Task<> accept();
  Task<> receive(Unix::socket peer);

  Executor executor_;
  Clock& clock_;
  LinkFolder folder_;
  Unix::acceptor acceptor_;
  std::map<std::string, ExpectedSocket*> expected_;  ///< by ticket; each once
  TaskGroup tasks_;
};

/// One connection that an agent is asked to hand over. It is expected until it has come or this dies.
class ExpectedSocket {
 public:
  /// With null, or where nobody listens, nothing can come: `place` and `ticket` are empty.
  explicit ExpectedSocket(PassedSockets* from);
  ~ExpectedSocket();
  ExpectedSocket(const ExpectedSocket&) = delete;
  ExpectedSocket& operator=(const ExpectedSocket&) = delete;

  const std::string& place() const { return place_; }  ///< of gfd's socket, as the nodes see it
  const std::string& ticket() const { return ticket_; }
  /// Throws Error(cluster_unavailable) when it has not come.
  std::unique_ptr<http::Stream> take();

 private:
  friend class PassedSockets;
  PassedSockets* from_;
  std::string place_, ticket_;
  int socket_ = -1;
};

}  // namespace gf::node
