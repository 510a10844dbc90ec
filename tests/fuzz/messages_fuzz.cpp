#include <string>

#include "fuzz/fuzz.hpp"
#include "node/messages.hpp"

// Any payload is refused or understood; what is understood is written as it was, and neither more nor less is taken for
// the same message.
using namespace gf::node;
using gf::fuzz::require;

namespace {

template <class Decode>
bool refused(std::string_view payload, Decode decode) {
  try {
    decode(payload);
    return false;
  } catch (const BrokenFrame&) {
    return true;
  }
}

/// Flags are bytes that may hold any number: they are written as 0 or 1, so the first writing may differ.
template <class Decode, class Encode>
void check(std::string_view payload, Decode decode, Encode encode, bool has_flag) {
  if (refused(payload, decode)) return;
  const std::string once = encode(decode(payload));
  require(once.size() == payload.size(), "a message has one length");
  require(has_flag || once == payload, "a message that was read is written as it was");
  require(encode(decode(once)) == once, "a message that was written is read");
  require(refused(payload.substr(0, payload.size() - 1), decode), "a cut message is refused");
  require(refused(std::string(payload) + 'x', decode), "a lengthened message is refused");
}

template <class Message>
void check(std::string_view payload, Message (*decode)(std::string_view), bool has_flag = false) {
  check(
      payload, decode, [](const Message& message) { return encode(message); }, has_flag);
}

bool same(const SyncFile& a, const SyncFile& b) {
  return a.path == b.path && a.mode == b.mode && a.link == b.link && a.size == b.size;
}

/// The one message that something may follow.
void check_sync_file(std::string_view payload) {
  std::string_view rest;
  if (refused(payload, [&](std::string_view bytes) { return decode_sync_file(bytes, rest); })) return;
  const auto file = decode_sync_file(payload, rest);
  const auto head = encode(file);
  require(head.size() + rest.size() == payload.size() && payload.ends_with(rest), "the contents follow the message");
  std::string_view rest_again;
  const auto joined = head + std::string(rest);
  require(same(decode_sync_file(joined, rest_again), file) && rest_again == rest, "a file that was written is read");
}

/// Lists have no length of their own.
template <class Decode, class Encode>
void check_list(std::string_view payload, Decode decode, Encode encode) {
  if (!refused(payload, decode))
    require(encode(decode(payload)) == payload, "a list that was read is written as it was");
}

void check_bits(std::string_view payload) {
  std::vector<bool> bits(payload.size() * 8);
  for (const auto index : decode_bits(payload)) bits.at(index) = true;
  require(encode_bits(bits) == payload, "bits that were read are written as they were");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const gf::fuzz::Input input(bytes, size);
  // A copy of just its size: reading past the end is noticed.
  const std::vector<char> exact(input.bytes().begin(), input.bytes().end());
  const std::string_view payload(exact.data(), exact.size());
  switch (input.choice() % 13) {
    case 0:
      check(payload, decode_hello);
      break;
    case 1:
      check(payload, decode_failure);
      break;
    case 2:
      check(payload, decode_sync_begin);
      break;
    case 3:
      check_sync_file(payload);
      break;
    case 4:
      check(payload, decode_sync_done);
      break;
    case 5:
      check(payload, decode_compare_begin);
      break;
    case 6:
      check(payload, decode_compare_file, true);
      break;
    case 7:
      check(payload, decode_dial);
      break;
    case 8:
      check(payload, decode_window, encode_window, false);
      break;
    case 9:
      check(payload, decode_dialled, true);
      break;
    case 10:
      check_list(payload, decode_digests, encode_digests);
      break;
    case 11:
      check_list(payload, decode_sizes, encode_sizes);
      break;
    default:
      check_bits(payload);
  }
  return 0;
}
