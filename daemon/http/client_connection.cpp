#include "http/client_connection.hpp"

#include <boost/asio/error.hpp>

namespace gf::http {

namespace bhttp = boost::beast::http;

Task<> feed(ClientConnection& connection, ResponseParser& parser) {
  if (connection.buffer.size() == 0) {
    const auto room = connection.buffer.prepare(read_ahead);
    const auto count = co_await connection.transport->read_some(static_cast<char*>(room.data()), room.size());
    if (count == 0) {
      // Nothing of a response had come: an idle connection that the server has closed meanwhile.
      if (!parser.got_some()) throw boost::system::system_error(net::error::eof);
      boost::system::error_code error;
      parser.put_eof(error);
      if (error) throw boost::system::system_error(error);
      co_return;
    }
    connection.buffer.commit(count);
  }
  boost::system::error_code error;
  const auto consumed = parser.put(connection.buffer.data(), error);
  connection.buffer.consume(consumed);
  if (error == bhttp::error::need_buffer) error = {};
  if (error == bhttp::error::need_more) {
    // What is there is a part of a line: more must come before the parser can go on.
    const auto room = connection.buffer.prepare(read_ahead);
    const auto count = co_await connection.transport->read_some(static_cast<char*>(room.data()), room.size());
    if (count == 0) throw boost::system::system_error(net::error::eof);
    connection.buffer.commit(count);
    co_return;
  }
  if (error) throw boost::system::system_error(error);
}

Response head_of(const ResponseParser& parser) {
  Response head;
  head.status = static_cast<int>(parser.get().result_int());
  for (const auto& field : parser.get()) head.headers.set(std::string(field.name_string()), std::string(field.value()));
  return head;
}

}  // namespace gf::http
