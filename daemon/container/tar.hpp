#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace gf::container {

/// A tar header block of 512 bytes (ustar; a GNU long-name record in front when `name` is over 100 bytes).
/// `mode` are the permission bits; `type` is '0' file, '5' folder, '2' symbolic link (then `link` is its target).
/// Times are zero, so that equal trees give equal tars and the engine's build cache hits.
std::string tar_header(std::string_view name, std::uint64_t size, unsigned mode, char type = '0',
                       std::string_view link = {});
std::string tar_padding(std::uint64_t size);  ///< zeros up to the next 512
std::string tar_end();

}  // namespace gf::container
