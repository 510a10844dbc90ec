#include "protocol/exec_frame.hpp"

#include <doctest/doctest.h>

#include "protocol/error.hpp"

using namespace gf;

TEST_CASE("exec frames come out as they went in, however the bytes are cut") {
  const auto bytes = encode(ExecFrameType::output, "hello") + encode_resize(80, 24) +
                     encode(ExecFrameType::input_end, "") + encode_exit(-1);
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    ExecFrameReader reader;
    std::vector<ExecFrame> frames;
    for (std::size_t at = 0; at < bytes.size(); at += size) {
      reader.add(std::string_view(bytes).substr(at, size));
      while (auto frame = reader.next()) frames.push_back(*frame);
    }
    REQUIRE(frames.size() == 4);
    CHECK(frames[0].payload == "hello");
    CHECK(number_of(frames[1]) == (80U << 16 | 24U));
    CHECK(frames[2].type == ExecFrameType::input_end);
    CHECK(static_cast<int>(number_of(frames[3])) == -1);
  }
}

TEST_CASE("malformed exec frames are refused") {
  ExecFrameReader unknown;
  unknown.add(std::string("\x09\0\0\0\0", 5));
  CHECK_THROWS_AS(unknown.next(), Error);
  ExecFrameReader huge;
  huge.add(std::string("\x00\x7f\0\0\0", 5));
  CHECK_THROWS_AS(huge.next(), Error);
}
