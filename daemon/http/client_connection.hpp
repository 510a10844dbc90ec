#pragma once
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <memory>

#include "http/message.hpp"
#include "http/transport.hpp"

namespace gf::http {

using ResponseParser = boost::beast::http::response_parser<boost::beast::http::buffer_body>;

/// How much is read at once, in bytes.
inline constexpr std::size_t read_ahead = 128 << 10;

/// The client's side of a connection, with what was read of it beyond the last response.
struct ClientConnection {
  std::unique_ptr<Transport> transport;
  boost::beast::flat_buffer buffer;
  bool used = false;  ///< it has carried a response already: it may have gone stale since
};

/// Feeds the parser from the connection until it has got one step further.
/// Throws boost::system::system_error; eof when the server closed before anything of a response came.
Task<> feed(ClientConnection& connection, ResponseParser& parser);

/// Status and headers.
Response head_of(const ResponseParser& parser);

}  // namespace gf::http
