#pragma once
#include "http/client.hpp"
#include "http/stream.hpp"

namespace gf::http {

/// A connection to a server: a Unix socket, TCP, or TLS over TCP.
using Transport = Stream;

/// Connects; throws boost::system::system_error.
Task<std::unique_ptr<Transport>> connect(Executor executor, Endpoint endpoint);

}  // namespace gf::http
