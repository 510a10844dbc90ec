#pragma once
#include <string>

namespace gf::cli {

/// Where load goes: this machine and nothing else.
struct LoadTarget {
  std::string address;  ///< a loopback address in numbers: no name is resolved, so none can lead elsewhere
  int port = 80;
  std::string host;  ///< what the Host header says
};

/// Of "http://HOST[:PORT]", HOST being localhost, a name under it or a loopback address.
/// Throws Error(usage) for everything else.
LoadTarget load_target(const std::string& url);

/// "" when it can stand in a request as it is, else what is wrong with it.
std::string path_problem(const std::string& path);

}  // namespace gf::cli
