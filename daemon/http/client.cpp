#include "http/client.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <cstring>
#include <list>

#include "http/body_stream.hpp"
#include "protocol/error.hpp"

namespace gf::http {

namespace {

std::string head_text(const Request& request, const std::string& host, bool chunked) {
  std::string text = request.method + " " + request.target + " HTTP/1.1\r\n";
  if (!request.headers.get("Host")) text += "Host: " + host + "\r\n";
  for (const auto& [name, value] : request.headers.all()) text += name + ": " + value + "\r\n";
  if (chunked)
    text += "Transfer-Encoding: chunked\r\n";
  else if (!request.body.empty() || request.method == "POST" || request.method == "PUT" || request.method == "PATCH")
    text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  return text + "\r\n";
}

/// The raw connection after an upgrade; bytes that came with the head are given first.
class UpgradedStream final : public Stream {
 public:
  explicit UpgradedStream(std::unique_ptr<ClientConnection> connection) : connection_(std::move(connection)) {}
  Task<std::size_t> read_some(char* buffer, std::size_t size) override {
    if (const auto early = connection_->buffer.size(); early > 0) {
      const auto count = std::min(size, early);
      std::memcpy(buffer, connection_->buffer.data().data(), count);
      connection_->buffer.consume(count);
      co_return count;
    }
    co_return co_await connection_->transport->read_some(buffer, size);
  }
  Task<> write(std::string_view bytes) override { return connection_->transport->write(bytes); }
  Task<> finish_writing() override { return connection_->transport->finish_writing(); }
  void close() override { connection_->transport->close(); }

 private:
  std::unique_ptr<ClientConnection> connection_;
};

}  // namespace

struct Client::State {
  Executor executor;
  Endpoint endpoint;
  std::list<std::unique_ptr<ClientConnection>> idle;

  std::string host() const {
    return endpoint.unix_path.empty() ? endpoint.host + ":" + std::to_string(endpoint.port) : "localhost";
  }
  void give_back(std::unique_ptr<ClientConnection> connection) {
    connection->used = true;
    if (idle.size() < 16) idle.push_back(std::move(connection));
  }
  static Task<std::unique_ptr<ClientConnection>> take(State& state);
  static Task<> send_request(State& state, ClientConnection& connection, const Request& request,
                             const BodySource& source);
  static Task<> read_head(ClientConnection& connection, ResponseParser& parser);
  struct Exchange {
    std::unique_ptr<ClientConnection> connection;
    std::unique_ptr<ResponseParser> parser;
  };
  static Task<Exchange> exchange(State& state, const Request& request, const BodySource& source);
};

Client::Client(Executor executor, Endpoint endpoint)
    : state_(std::make_shared<State>(State{executor, std::move(endpoint), {}})) {}
Client::~Client() = default;

void Client::close_idle() { state_->idle.clear(); }

Task<std::unique_ptr<ClientConnection>> Client::State::take(State& state) {
  auto connection = std::make_unique<ClientConnection>();
  if (!state.idle.empty()) {
    connection = std::move(state.idle.back());
    state.idle.pop_back();
    co_return connection;
  }
  auto connecting = connect(state.executor, state.endpoint);
  connection->transport = co_await std::move(connecting);
  co_return connection;
}

Task<> Client::State::send_request(State& state, ClientConnection& connection, const Request& request,
                                   const BodySource& source) {
  auto text = head_text(request, state.host(), static_cast<bool>(source));
  if (!source) text += request.body;
  co_await connection.transport->write(text);
  while (source) {
    auto asking = source();
    const auto piece = co_await std::move(asking);
    if (!piece) break;
    if (piece->empty()) continue;
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", piece->size());
    const auto chunk = size + *piece + "\r\n";
    co_await connection.transport->write(chunk);
  }
  if (source) co_await connection.transport->write("0\r\n\r\n");
}

Task<> Client::State::read_head(ClientConnection& connection, ResponseParser& parser) {
  while (!parser.is_header_done()) co_await feed(connection, parser);
}

Task<Client::State::Exchange> Client::State::exchange(State& state, const Request& request, const BodySource& source) {
  while (true) {
    Exchange exchange;
    auto taking = take(state);
    exchange.connection = co_await std::move(taking);
    exchange.parser = std::make_unique<ResponseParser>();
    exchange.parser->body_limit(boost::none);
    if (request.method == "HEAD") exchange.parser->skip(true);
    const bool maybe_stale = exchange.connection->used && !source;
    std::exception_ptr thrown;
    try {
      auto sending = send_request(state, *exchange.connection, request, source);
      co_await std::move(sending);
      auto reading = read_head(*exchange.connection, *exchange.parser);
      co_await std::move(reading);
    } catch (const boost::system::system_error& error) {
      // The server closed an idle connection in the same moment: nothing of an answer came, so it is asked once more.
      if (!maybe_stale || error.code() == net::error::operation_aborted || exchange.parser->got_some()) throw;
      thrown = std::current_exception();
    }
    if (!thrown) co_return exchange;
    state.idle.clear();
  }
}

Task<std::unique_ptr<ResponseStream>> Client::open(Request request, BodySource source) {
  const auto state = state_;
  auto exchanging = State::exchange(*state, request, source);
  auto exchange = co_await std::move(exchanging);
  auto give_back = [state](std::unique_ptr<ClientConnection> connection) { state->give_back(std::move(connection)); };
  co_return std::make_unique<BodyStream>(std::move(give_back), std::move(exchange.connection),
                                         std::move(exchange.parser));
}

Task<Response> Client::send(Request request) {
  auto opening = open(std::move(request));
  const auto stream = co_await std::move(opening);
  Response response = stream->head();
  while (true) {
    auto piece = co_await stream->read();
    if (!piece) co_return response;
    response.body += *piece;
  }
}

Task<std::unique_ptr<Stream>> Client::upgrade(Request request) {
  const auto state = state_;
  state->idle.clear();       // an upgrade cannot be asked twice: take a fresh connection
  const BodySource no_body;  // named: the coroutine keeps a reference to it
  auto exchanging = State::exchange(*state, request, no_body);
  auto exchange = co_await std::move(exchanging);
  const auto status = static_cast<int>(exchange.parser->get().result_int());
  if (status == 101 || status == 200) co_return std::make_unique<UpgradedStream>(std::move(exchange.connection));
  BodyStream rest([](std::unique_ptr<ClientConnection>) {}, std::move(exchange.connection), std::move(exchange.parser));
  std::string said;
  while (true) {
    auto piece = co_await rest.read();
    if (!piece) break;
    said += *piece;
  }
  throw Error(ErrorCode::internal, "cannot upgrade the connection: status " + std::to_string(status), "", said);
}

}  // namespace gf::http
