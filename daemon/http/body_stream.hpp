#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "http/client.hpp"
#include "http/client_connection.hpp"

namespace gf::http {

/// The body of a response as it comes; the connection is given back after its end.
class BodyStream final : public ResponseStream {
 public:
  BodyStream(std::function<void(std::unique_ptr<ClientConnection>)> give_back,
             std::unique_ptr<ClientConnection> connection, std::unique_ptr<ResponseParser> parser)
      : give_back_(std::move(give_back)),
        connection_(std::move(connection)),
        parser_(std::move(parser)),
        head_(head_of(*parser_)) {}

  const Response& head() const override { return head_; }

  Task<std::optional<std::string>> read() override;
  Task<std::optional<std::string>> read_line(std::size_t most) override;
  void close() override {
    if (connection_) connection_->transport->close();
  }

 private:
  std::function<void(std::unique_ptr<ClientConnection>)> give_back_;
  std::unique_ptr<ClientConnection> connection_;
  std::unique_ptr<ResponseParser> parser_;
  Response head_;
  std::string line_rest_;
};

}  // namespace gf::http
