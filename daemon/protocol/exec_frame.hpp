#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gf {

/// The frames of an upgraded exec connection: 1 byte type, 4 bytes big-endian length, payload.
enum class ExecFrameType : std::uint8_t {
  input = 0,
  output = 1,
  errors = 2,
  exit = 3,    ///< 4 bytes big-endian: the exit code; the last frame
  resize = 4,  ///< 2 + 2 bytes big-endian: columns, rows
  input_end = 5,
};

struct ExecFrame {
  ExecFrameType type = ExecFrameType::output;
  std::string payload;
};

std::string encode(ExecFrameType type, std::string_view payload);
std::string encode_exit(int code);
std::string encode_resize(int columns, int rows);
/// The number of a payload: an exit code, or columns · 65536 + rows. 0 when it is not 4 bytes long.
std::uint32_t number_of(const ExecFrame& frame);

/// Takes frames out of a byte stream. Throws Error(bad_request) for an unknown type or a frame over 1 MiB.
class ExecFrameReader {
 public:
  void add(std::string_view bytes) { buffer_ += bytes; }
  std::optional<ExecFrame> next();

 private:
  std::string buffer_;
};

}  // namespace gf
