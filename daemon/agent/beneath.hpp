#pragma once
#include <string>

#include "agent/descriptor.hpp"

namespace gf::agent {

/// How a path is kept inside a folder.
enum class Bounds {
  root,  ///< the folder is the root: absolute links and ".." at the top lead back into it
  tree,  ///< links may be followed as long as they stay beneath the folder; else errno is EXDEV
};

/// Opens `path` (relative; "" is the folder itself) below `folder` with `flags`. Never leaves the folder, whatever
/// links lie on the way or change meanwhile. Without a file: errno says why.
Descriptor open_beneath(int folder, const std::string& path, int flags, Bounds bounds);

/// The same for kernels before 5.6, which lack openat2: walks component by component and refuses every link (ELOOP).
Descriptor walk_beneath(int folder, const std::string& path, int flags);

}  // namespace gf::agent
