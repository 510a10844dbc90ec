#pragma once
#include <filesystem>

namespace gf {

/// Makes the folder of the socket when it is absent, with mode 0700. Throws Error(forbidden) when it is no folder of
/// ours: whoever owns it could put a socket of theirs there.
void ensure_runtime_folder(const std::filesystem::path& folder);

}  // namespace gf
