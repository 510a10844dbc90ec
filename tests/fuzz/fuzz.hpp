#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

// What the fuzzers share. libFuzzer calls LLVMFuzzerTestOneInput; whatever aborts is a finding.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace gf::fuzz {

inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

/// The input; its first byte says how the rest is to be used.
class Input {
 public:
  Input(const std::uint8_t* bytes, std::size_t size)
      : all_(reinterpret_cast<const char*>(bytes), size), choice_(size > 0 ? bytes[0] : 0) {}
  unsigned choice() const { return choice_; }
  std::string_view bytes() const { return all_.substr(all_.empty() ? 0 : 1); }

 private:
  std::string_view all_;
  unsigned choice_;
};

/// `bytes` in pieces whose sizes follow from `choice`: 0 = in one piece, 1 = byte by byte, else of various sizes.
inline std::vector<std::string_view> split(std::string_view bytes, unsigned choice) {
  std::vector<std::string_view> pieces;
  for (unsigned state = choice; !bytes.empty();) {
    state = state * 1103515245 + 12345;
    const auto size = choice == 0 ? bytes.size() : choice == 1 ? 1 : 1 + (state >> 16) % (choice * 3);
    pieces.push_back(bytes.substr(0, size));
    bytes.remove_prefix(pieces.back().size());
  }
  return pieces;
}

}  // namespace gf::fuzz
