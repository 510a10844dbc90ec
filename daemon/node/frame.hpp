#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

// The format of the stream between gfd and gf-agent. Both sides compile this file: standard library only.
namespace gf::node {

/// A frame is: payload length (4 bytes), type (1), id (4), checksum of type, id and payload (4), payload. Little
/// endian. The id names a request; the daemon chooses it, the answer carries it.
enum class FrameType : std::uint8_t {
  hello = 1,  ///< both: Hello; the first frame in each direction, id 0
  done,       ///< agent: the request succeeded; the payload depends on the request
  failed,     ///< agent: Failure
  reset,      ///< both: the sender forgets the id at once; no answer follows

  sync_begin,   ///< daemon: SyncBegin
  sync_delete,  ///< daemon: a path
  sync_file,    ///< daemon: SyncFile, then the first piece of the contents
  sync_data,    ///< daemon: a further piece of the latest file
  sync_end,     ///< daemon: answered with done(SyncDone) or failed

  compare_begin,  ///< daemon: CompareBegin
  compare_file,   ///< daemon: CompareFile
  compare_end,    ///< daemon: answered with done(bit i = file i differs) or failed

  blobs,   ///< daemon: digests; answered with done(sizes)
  import,  ///< daemon: what follows as data up to finish is an archive of images; answered with done or failed, also
           ///< early

  dial,    ///< daemon: Dial; answered with done(Dialled) or failed, then the id is a byte stream
  data,    ///< both: bytes of the stream, at most as many as the peer granted
  finish,  ///< both: no more data from here (half-close)
  window,  ///< both: so many more bytes may be sent (4 bytes)
};

inline constexpr std::uint32_t protocol_version = 3;
inline constexpr std::size_t frame_header_size = 13;
/// Contents travel in pieces of at most this size, so that nothing waits long behind a large file.
inline constexpr std::size_t piece_size = 64 * 1024;
/// A piece and the fields in front of it.
inline constexpr std::size_t max_payload = piece_size + 16 * 1024;
/// What each side of a stream may send before the other grants more. More than the way between them holds (a
/// pipe of 1 MiB and the engine's own buffers): with less the sender rests although nothing is full.
inline constexpr std::uint32_t dial_window = 2 * 1024 * 1024;

/// The peer sent what no peer of this version sends: the stream cannot be used any further.
struct BrokenFrame : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Frame {
  FrameType type;
  std::uint32_t id;
  std::string_view payload;
};

/// Appends one frame whose payload is `head` followed by `body` (at most max_payload together).
void append_frame(std::string& out, FrameType type, std::uint32_t id, std::string_view head = {},
                  std::string_view body = {});

/// Cuts a byte stream into frames, however the bytes were split on their way.
class FrameReader {
 public:
  void feed(std::string_view bytes);
  /// The next whole frame, or nothing until more bytes came. Its payload is valid until the next feed().
  /// Throws BrokenFrame on a wrong checksum, an unknown type or an oversized payload; the reader is then of no more
  /// use.
  std::optional<Frame> next();
  bool empty() const { return begin_ == bytes_.size(); }  ///< no part of a frame is held

 private:
  std::string bytes_;
  std::size_t begin_ = 0;
};

/// XXH64, folded to 32 bits: guards against a damaged or misaligned stream, not against an attacker.
std::uint32_t checksum(std::string_view head, std::string_view body);

}  // namespace gf::node
