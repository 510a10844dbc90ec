#include <algorithm>
#include <string>

#include "fuzz/fuzz.hpp"
#include "node/frame.hpp"

// Any bytes: no crash, and the same frames whatever the pieces they come in. What comes out is what went in.
using namespace gf::node;

namespace {

struct Kept {
  FrameType type;
  std::uint32_t id;
  std::string payload;
  bool operator==(const Kept&) const = default;
};

struct Outcome {
  std::vector<Kept> frames;
  bool broken = false, empty = false;
  bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view bytes, unsigned choice) {
  FrameReader reader;
  Outcome outcome;
  try {
    for (const auto piece : gf::fuzz::split(bytes, choice)) {
      // A copy of just its size: reading past the end is noticed.
      const std::vector<char> exact(piece.begin(), piece.end());
      reader.feed({exact.data(), exact.size()});
      while (const auto frame = reader.next())
        outcome.frames.push_back({frame->type, frame->id, std::string(frame->payload)});
    }
    outcome.empty = reader.empty();
  } catch (const BrokenFrame&) {
    outcome.broken = true;
  }
  return outcome;
}

std::string written(const std::vector<Kept>& frames) {
  std::string bytes;
  for (const auto& frame : frames) {
    const auto half = frame.payload.size() / 2;
    append_frame(bytes, frame.type, frame.id, std::string_view(frame.payload).substr(0, half),
                 std::string_view(frame.payload).substr(half));
  }
  return bytes;
}

void check(std::string_view bytes, unsigned choice) {
  const auto whole = read(bytes, 0);
  gf::fuzz::require(read(bytes, choice) == whole, "the frames do not depend on the pieces");
  gf::fuzz::require(read(bytes, 1) == whole, "the frames do not depend on the pieces, byte by byte");
  const auto again = written(whole.frames);
  gf::fuzz::require(bytes.starts_with(again), "frames that were read are written as they were");
  if (!whole.broken) gf::fuzz::require(whole.empty == (again.size() == bytes.size()), "empty() is the end of a frame");
}

/// Frames made of the input: a type, an id, a length, then so many bytes.
std::vector<Kept> frames_of(std::string_view bytes) {
  std::vector<Kept> frames;
  while (bytes.size() >= 3) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
    Kept frame;
    frame.type = static_cast<FrameType>(1 + byte(0) % static_cast<unsigned>(FrameType::window));
    frame.id = byte(1) * 0x01010101u;
    const auto length = std::min<std::size_t>(byte(2), bytes.size() - 3);
    frame.payload = bytes.substr(3, length);
    bytes.remove_prefix(3 + length);
    frames.push_back(std::move(frame));
  }
  return frames;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const gf::fuzz::Input input(bytes, size);
  check(input.bytes(), input.choice());
  // The checksum keeps random bytes from becoming frames: so a second time with frames made of them.
  const auto frames = frames_of(input.bytes());
  const auto stream = written(frames);
  check(stream, input.choice());
  gf::fuzz::require(read(stream, input.choice()).frames == frames, "frames that were written are read");
  // Cut off somewhere: the whole ones before it, and nothing is taken for broken.
  const auto cut = read(std::string_view(stream).substr(0, stream.size() * input.choice() / 256), input.choice());
  gf::fuzz::require(!cut.broken, "what is cut off is not broken");
  gf::fuzz::require(std::equal(cut.frames.begin(), cut.frames.end(), frames.begin()), "the first frames are the same");
  return 0;
}
