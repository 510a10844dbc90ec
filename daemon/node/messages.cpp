#include "node/messages.hpp"

#include <cstring>

namespace gf::node {

namespace {

constexpr std::size_t digest_length = 64;
constexpr std::uint64_t absent = ~std::uint64_t{0};

class Writer {
 public:
  template <class T>
  Writer& number(T value) {
    const auto start = bytes.size();
    bytes.resize(start + sizeof value);
    std::memcpy(bytes.data() + start, &value, sizeof value);
    return *this;
  }
  Writer& text(std::string_view value) {
    number(static_cast<std::uint32_t>(value.size()));
    bytes.append(value);
    return *this;
  }
  std::string bytes;
};

class Reader {
 public:
  explicit Reader(std::string_view payload) : left(payload) {}

  template <class T>
  T number() {
    need(sizeof(T));
    T value;
    std::memcpy(&value, left.data(), sizeof value);
    left.remove_prefix(sizeof value);
    return value;
  }
  bool flag() { return number<std::uint8_t>() != 0; }
  std::string text() {
    const auto size = number<std::uint32_t>();
    need(size);
    std::string value(left.substr(0, size));
    left.remove_prefix(size);
    return value;
  }
  void end() const {
    if (!left.empty()) throw BrokenFrame("a payload that is too long for its message");
  }
  std::string_view left;

 private:
  void need(std::size_t size) const {
    if (left.size() < size) throw BrokenFrame("a payload that is too short for its message");
  }
};

}  // namespace

std::string encode(const Hello& message) { return Writer().number(message.version).text(message.digest).bytes; }
Hello decode_hello(std::string_view payload) {
  Reader reader(payload);
  Hello message;
  message.version = reader.number<std::uint32_t>();
  message.digest = reader.text();
  reader.end();
  return message;
}

std::string encode(const Failure& message) {
  return Writer().text(message.code).text(message.message).text(message.hint).bytes;
}
Failure decode_failure(std::string_view payload) {
  Reader reader(payload);
  Failure message;
  message.code = reader.text();
  message.message = reader.text();
  message.hint = reader.text();
  reader.end();
  return message;
}

std::string encode(const SyncBegin& message) {
  return Writer().text(message.container_id).text(message.target).text(message.signal).bytes;
}
SyncBegin decode_sync_begin(std::string_view payload) {
  Reader reader(payload);
  SyncBegin message;
  message.container_id = reader.text();
  message.target = reader.text();
  message.signal = reader.text();
  reader.end();
  return message;
}

std::string encode(const SyncFile& message) {
  return Writer()
      .text(message.path)
      .number(message.mode)
      .number(static_cast<std::uint8_t>(message.link))
      .number(message.size)
      .bytes;
}
SyncFile decode_sync_file(std::string_view payload, std::string_view& rest) {
  Reader reader(payload);
  SyncFile message;
  message.path = reader.text();
  message.mode = reader.number<std::uint32_t>();
  message.link = reader.flag();
  message.size = reader.number<std::uint64_t>();
  rest = reader.left;
  return message;
}

std::string encode(const SyncDone& message) {
  return Writer().number(message.files).number(message.bytes).number(message.seconds).bytes;
}
SyncDone decode_sync_done(std::string_view payload) {
  Reader reader(payload);
  SyncDone message;
  message.files = reader.number<std::uint64_t>();
  message.bytes = reader.number<std::uint64_t>();
  message.seconds = reader.number<double>();
  reader.end();
  return message;
}

std::string encode(const CompareBegin& message) {
  return Writer().text(message.container_id).text(message.target).bytes;
}
CompareBegin decode_compare_begin(std::string_view payload) {
  Reader reader(payload);
  CompareBegin message;
  message.container_id = reader.text();
  message.target = reader.text();
  reader.end();
  return message;
}

std::string encode(const CompareFile& message) {
  return Writer()
      .text(message.path)
      .number(message.mode)
      .number(static_cast<std::uint8_t>(message.link))
      .text(message.digest)
      .bytes;
}
CompareFile decode_compare_file(std::string_view payload) {
  Reader reader(payload);
  CompareFile message;
  message.path = reader.text();
  message.mode = reader.number<std::uint32_t>();
  message.link = reader.flag();
  message.digest = reader.text();
  reader.end();
  return message;
}

std::string encode(const Dial& message) {
  return Writer()
      .text(message.host)
      .number(message.port)
      .text(message.container_id)
      .text(message.socket)
      .text(message.ticket)
      .bytes;
}
Dial decode_dial(std::string_view payload) {
  Reader reader(payload);
  Dial message;
  message.host = reader.text();
  message.port = reader.number<std::uint16_t>();
  message.container_id = reader.text();
  message.socket = reader.text();
  message.ticket = reader.text();
  reader.end();
  return message;
}

std::string encode(const Dialled& message) { return Writer().number(static_cast<std::uint8_t>(message.passed)).bytes; }
Dialled decode_dialled(std::string_view payload) {
  Reader reader(payload);
  Dialled message;
  message.passed = reader.flag();
  reader.end();
  return message;
}

std::string encode_digests(const std::vector<std::string>& digests) {
  std::string bytes;
  for (const auto& digest : digests) bytes += digest;
  return bytes;
}
std::vector<std::string> decode_digests(std::string_view payload) {
  if (payload.size() % digest_length != 0 || payload.find_first_not_of("0123456789abcdef") != payload.npos)
    throw BrokenFrame("something else than digests");
  std::vector<std::string> digests;
  for (std::size_t at = 0; at < payload.size(); at += digest_length)
    digests.emplace_back(payload.substr(at, digest_length));
  return digests;
}

std::string encode_sizes(const BlobSizes& sizes) {
  Writer writer;
  for (const auto& size : sizes) writer.number(size.value_or(absent));
  return writer.bytes;
}
BlobSizes decode_sizes(std::string_view payload) {
  BlobSizes sizes;
  for (Reader reader(payload); !reader.left.empty();) {
    const auto size = reader.number<std::uint64_t>();
    sizes.push_back(size == absent ? std::nullopt : std::optional(size));
  }
  return sizes;
}

std::string encode_window(std::uint32_t bytes) { return Writer().number(bytes).bytes; }
std::uint32_t decode_window(std::string_view payload) {
  Reader reader(payload);
  const auto bytes = reader.number<std::uint32_t>();
  reader.end();
  return bytes;
}

std::string encode_bits(const std::vector<bool>& bits) {
  std::string bytes((bits.size() + 7) / 8, '\0');
  for (std::size_t i = 0; i < bits.size(); ++i)
    if (bits[i]) bytes[i / 8] = static_cast<char>(static_cast<unsigned char>(bytes[i / 8]) | (1u << (i % 8)));
  return bytes;
}
std::vector<std::size_t> decode_bits(std::string_view payload) {
  std::vector<std::size_t> set;
  for (std::size_t i = 0; i < payload.size() * 8; ++i)
    if (static_cast<unsigned char>(payload[i / 8]) & (1u << (i % 8))) set.push_back(i);
  return set;
}

}  // namespace gf::node
