#include "node/frame.hpp"

#include <bit>
#include <cstring>

namespace gf::node {

namespace {

static_assert(std::endian::native == std::endian::little, "the frame format is written as the machine holds it");

// XXH64, https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
constexpr std::uint64_t prime1 = 0x9E3779B185EBCA87, prime2 = 0xC2B2AE3D27D4EB4F, prime3 = 0x165667B19E3779F9,
                        prime4 = 0x85EBCA77C2B2AE63, prime5 = 0x27D4EB2F165667C5;

template <class T>
T load(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

std::uint64_t round(std::uint64_t lane, std::uint64_t input) { return std::rotl(lane + input * prime2, 31) * prime1; }

std::uint64_t xxh64(std::string_view bytes, std::uint64_t seed) {
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  std::uint64_t hash = seed + prime5;
  if (bytes.size() >= 32) {
    std::uint64_t a = seed + prime1 + prime2, b = seed + prime2, c = seed, d = seed - prime1;
    for (; end - at >= 32; at += 32) {
      a = round(a, load<std::uint64_t>(at));
      b = round(b, load<std::uint64_t>(at + 8));
      c = round(c, load<std::uint64_t>(at + 16));
      d = round(d, load<std::uint64_t>(at + 24));
    }
    hash = std::rotl(a, 1) + std::rotl(b, 7) + std::rotl(c, 12) + std::rotl(d, 18);
    for (const auto lane : {a, b, c, d}) hash = (hash ^ round(0, lane)) * prime1 + prime4;
  }
  hash += bytes.size();
  for (; end - at >= 8; at += 8) hash = std::rotl(hash ^ round(0, load<std::uint64_t>(at)), 27) * prime1 + prime4;
  if (end - at >= 4) {
    hash = std::rotl(hash ^ (load<std::uint32_t>(at) * prime1), 23) * prime2 + prime3;
    at += 4;
  }
  for (; at < end; ++at) hash = std::rotl(hash ^ (static_cast<unsigned char>(*at) * prime5), 11) * prime1;
  hash = (hash ^ (hash >> 33)) * prime2;
  hash = (hash ^ (hash >> 29)) * prime3;
  return hash ^ (hash >> 32);
}

constexpr std::size_t type_at = 4, checksum_at = 9;

}  // namespace

std::uint32_t checksum(std::string_view head, std::string_view body) {
  const auto hash = xxh64(body, xxh64(head, 0));
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

void append_frame(std::string& out, FrameType type, std::uint32_t id, std::string_view head, std::string_view body) {
  const auto length = static_cast<std::uint32_t>(head.size() + body.size());
  if (length > max_payload) throw BrokenFrame("a frame of " + std::to_string(length) + " bytes is too large to send");
  const auto start = out.size();
  out.resize(start + frame_header_size);
  out.append(head);
  out.append(body);
  char* const header = out.data() + start;
  std::memcpy(header, &length, sizeof length);
  header[type_at] = static_cast<char>(type);
  std::memcpy(header + type_at + 1, &id, sizeof id);
  const std::string_view payload(header + frame_header_size, length);
  const auto sum = checksum(std::string_view(header + type_at, checksum_at - type_at), payload);
  std::memcpy(header + checksum_at, &sum, sizeof sum);
}

void FrameReader::feed(std::string_view bytes) {
  if (begin_ == bytes_.size()) {
    bytes_.clear();
    begin_ = 0;
  } else if (begin_ > 0) {
    bytes_.erase(0, begin_);
    begin_ = 0;
  }
  bytes_.append(bytes);
}

std::optional<Frame> FrameReader::next() {
  const std::string_view held = std::string_view(bytes_).substr(begin_);
  if (held.size() < frame_header_size) return std::nullopt;
  const auto length = load<std::uint32_t>(held.data());
  const auto type = static_cast<unsigned char>(held[type_at]);
  if (length > max_payload) throw BrokenFrame("a frame of " + std::to_string(length) + " bytes is too large");
  if (type < static_cast<unsigned char>(FrameType::hello) || type > static_cast<unsigned char>(FrameType::window))
    throw BrokenFrame("a frame of the unknown type " + std::to_string(type));
  if (held.size() < frame_header_size + length) return std::nullopt;
  const auto payload = held.substr(frame_header_size, length);
  if (load<std::uint32_t>(held.data() + checksum_at) != checksum(held.substr(type_at, checksum_at - type_at), payload))
    throw BrokenFrame("a frame with a wrong checksum");
  begin_ += frame_header_size + length;
  return Frame{static_cast<FrameType>(type), load<std::uint32_t>(held.data() + type_at + 1), payload};
}

}  // namespace gf::node
