#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace gf::container {

/// What no tar looks like.
struct BrokenTar : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// An entry of a tar, with what its extended header (PAX) says in place of what its header has no room for.
struct TarEntry {
  char type = '0';
  std::string name, link;
  std::uint64_t size = 0;
  std::map<std::string, std::string> records;  ///< of its extended header, as they are
};

/// Cuts a tar that comes in pieces into entries. Extended headers are read and come as part of what they belong to.
class TarReader {
 public:
  struct Part {
    bool is_header = false;
    std::string_view bytes;  ///< the header's 512 bytes, else some of the contents; valid until the next feed()
    bool last = false;       ///< the entry ends with it
  };

  void feed(std::string_view bytes);
  /// What is there; nothing until more came. Throws BrokenTar.
  std::optional<Part> next();
  const TarEntry& entry() const { return entry_; }  ///< that of the latest part
  bool ended() const { return ended_; }             ///< the mark of the end was there: what follows it is skipped

 private:
  void begin(std::string_view header);

  std::string bytes_;
  std::size_t begin_ = 0;
  TarEntry entry_;
  std::uint64_t left_ = 0, padding_ = 0;
  std::string extension_;  ///< an extended header's contents, for the entry after it
  bool ended_ = false;
};

inline constexpr std::size_t tar_block = 512;

/// The text of a header's field, up to its first zero.
std::string tar_text(std::string_view header, std::size_t at, std::size_t length);
/// The number of a header's field. Throws BrokenTar.
std::uint64_t tar_number(std::string_view header, std::size_t at, std::size_t length);

}  // namespace gf::container
