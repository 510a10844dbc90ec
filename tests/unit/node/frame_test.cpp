#include <doctest/doctest.h>

#include "node/messages.hpp"

using namespace gf::node;

TEST_CASE("frames: come out whole however the bytes were split") {
  std::string bytes;
  append_frame(bytes, FrameType::dial, 7, "head", "body");
  append_frame(bytes, FrameType::finish, 8);
  append_frame(bytes, FrameType::data, 9, std::string(piece_size, 'x'));
  for (const std::size_t step : {std::size_t{1}, std::size_t{13}, std::size_t{1000}, bytes.size()}) {
    FrameReader reader;
    std::vector<std::pair<std::uint32_t, std::string>> seen;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      reader.feed(std::string_view(bytes).substr(at, step));
      while (const auto frame = reader.next()) seen.emplace_back(frame->id, std::string(frame->payload));
    }
    REQUIRE(seen.size() == 3);
    CHECK(seen[0] == std::pair<std::uint32_t, std::string>{7, "headbody"});
    CHECK(seen[1] == std::pair<std::uint32_t, std::string>{8, ""});
    CHECK(seen[2].second.size() == piece_size);
    CHECK(reader.empty());
  }
}

TEST_CASE("frames: every changed byte of a frame is noticed or waits for more") {
  std::string bytes;
  append_frame(bytes, FrameType::sync_data, 3, "contents");
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    FrameReader reader;
    reader.feed(changed);
    bool whole = false;
    try {
      whole = reader.next().has_value();
    } catch (const BrokenFrame&) {
      whole = false;
    }
    CHECK_FALSE(whole);
  }
}

TEST_CASE("messages: what is written is read; cut or lengthened payloads are refused") {
  SyncFile file;
  file.path = "a name\nwith \xff bytes";
  file.mode = 0755;
  file.size = 1ull << 40;
  const auto payload = encode(file);
  std::string_view rest;
  const auto back = decode_sync_file(payload + "first piece", rest);
  CHECK(back.path == file.path);
  CHECK(back.mode == file.mode);
  CHECK(back.size == file.size);
  CHECK_THROWS_AS(decode_sync_file(std::string_view(payload).substr(0, payload.size() - 1), rest), BrokenFrame);
  const Dial dial{"::1", 5432, "abc", "/greenfield/link/gfd.sock", std::string(ticket_size, 't')};
  const auto asked = decode_dial(encode(dial));
  CHECK(asked.host == dial.host);
  CHECK(asked.port == dial.port);
  CHECK(asked.container_id == dial.container_id);
  CHECK(asked.socket == dial.socket);
  CHECK(asked.ticket == dial.ticket);
  for (const bool passed : {false, true}) CHECK(decode_dialled(encode(Dialled{passed})).passed == passed);
  CHECK_THROWS_AS(decode_dialled(""), BrokenFrame);
  Failure failure{"deploy-failed", "cannot write", "mount a volume"};
  const auto said = encode(failure);
  CHECK(decode_failure(said).hint == failure.hint);
  CHECK_THROWS_AS(decode_failure(said + "x"), BrokenFrame);
}

TEST_CASE("messages: digests and the sizes of their blobs") {
  const std::vector<std::string> digests{std::string(64, 'a'), std::string(64, '0')};
  CHECK(decode_digests(encode_digests(digests)) == digests);
  CHECK(decode_digests("").empty());
  for (const auto& bad : {std::string(63, 'a'), std::string(64, 'A'), std::string(61, 'a') + "/.."})
    CHECK_THROWS_AS(decode_digests(bad), BrokenFrame);
  const BlobSizes sizes{std::nullopt, 0, 1ull << 40};
  CHECK(decode_sizes(encode_sizes(sizes)) == sizes);
  CHECK_THROWS_AS(decode_sizes("short"), BrokenFrame);
  CHECK(encode_digests(std::vector<std::string>(most_digests, digests[0])).size() <= max_payload);
}
