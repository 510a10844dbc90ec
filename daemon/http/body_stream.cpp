#include "http/body_stream.hpp"

#include <utility>

#include "protocol/error.hpp"

namespace gf::http {

Task<std::optional<std::string>> BodyStream::read() {
  if (!line_rest_.empty()) co_return std::exchange(line_rest_, {});
  std::string piece(read_ahead, '\0');
  while (!parser_->is_done()) {
    auto& body = parser_->get().body();
    body.data = piece.data();
    body.size = piece.size();
    co_await feed(*connection_, *parser_);
    const auto count = piece.size() - body.size;
    if (count == 0) continue;
    piece.resize(count);
    co_return std::move(piece);
  }
  if (connection_ && parser_->keep_alive()) give_back_(std::move(connection_));
  co_return std::nullopt;
}

Task<std::optional<std::string>> BodyStream::read_line(std::size_t most) {
  while (true) {
    if (const auto end = line_rest_.find('\n'); end != std::string::npos) {
      auto line = line_rest_.substr(0, end);
      line_rest_.erase(0, end + 1);
      co_return line;
    }
    if (line_rest_.size() > most) throw Error(ErrorCode::payload_too_large, "cannot read a line that long");
    auto kept = std::exchange(line_rest_, {});
    auto reading = read();
    const auto piece = co_await std::move(reading);
    if (!piece) {
      if (kept.empty()) co_return std::nullopt;
      co_return kept;
    }
    line_rest_ = std::move(kept) + *piece;
  }
}

}  // namespace gf::http
