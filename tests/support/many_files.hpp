#pragma once
#include <sys/resource.h>

namespace gf::test {

/// Allows this process as many descriptors as it may have. False when these are fewer than `wanted`.
inline bool many_files(rlim_t wanted) {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return false;
  files.rlim_cur = files.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur >= wanted;
}

}  // namespace gf::test
