#include "protocol/exec_frame.hpp"

#include "protocol/error.hpp"

namespace gf {

namespace {

constexpr std::size_t head_bytes = 5, most_bytes = 1 << 20;

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

std::uint32_t from_big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, 4)) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

}  // namespace

std::string encode(ExecFrameType type, std::string_view payload) {
  std::string bytes(1, static_cast<char>(type));
  bytes += big_endian(static_cast<std::uint32_t>(payload.size()));
  bytes += payload;
  return bytes;
}

std::string encode_exit(int code) { return encode(ExecFrameType::exit, big_endian(static_cast<std::uint32_t>(code))); }

std::string encode_resize(int columns, int rows) {
  return encode(ExecFrameType::resize,
                big_endian(static_cast<std::uint32_t>(columns) << 16 | static_cast<std::uint32_t>(rows)));
}

std::uint32_t number_of(const ExecFrame& frame) {
  return frame.payload.size() == 4 ? from_big_endian(frame.payload) : 0;
}

std::optional<ExecFrame> ExecFrameReader::next() {
  if (buffer_.size() < head_bytes) return std::nullopt;
  const auto type = static_cast<unsigned char>(buffer_[0]);
  const auto length = from_big_endian(std::string_view(buffer_).substr(1));
  if (type > static_cast<unsigned char>(ExecFrameType::input_end) || length > most_bytes)
    throw Error(ErrorCode::bad_request, "cannot read the exec stream: a frame is malformed");
  if (buffer_.size() < head_bytes + length) return std::nullopt;
  ExecFrame frame{static_cast<ExecFrameType>(type), buffer_.substr(head_bytes, length)};
  buffer_.erase(0, head_bytes + length);
  return frame;
}

}  // namespace gf
