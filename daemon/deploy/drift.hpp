#pragma once
#include "deploy/delta.hpp"

namespace gf::deploy {

/// How a file of a container is another than the checkout's.
enum class Drift {
  differs,  ///< contents, kind or mode
  lacks,    ///< it is not there
  surplus,  ///< it is there and the checkout has none of that name any more
};
std::string_view name(Drift drift);

struct DriftedFile {
  std::string path;   ///< in the checkout
  std::string place;  ///< in the container, absolute
  Drift drift = Drift::differs;
  bool operator==(const DriftedFile&) const = default;
};

/// What of the app's synced files is not in the container as `wanted` has it, read there file by file. `held` are the
/// checkout's paths that may have come into the container by its image or a sync: only these can be surplus, since what
/// else lies there may be the program's own (an upload, a cache of compiled code).
Task<std::vector<DriftedFile>> drift_of_container(node::Link& link, std::string container_id, AppSpec app,
                                                  std::shared_ptr<const source::Tree> wanted,
                                                  std::vector<std::string> held);

/// What a look into one replica found.
struct Verdict {
  enum class State {
    identical,
    drifted,   ///< `files` are other than the checkout's
    repaired,  ///< `files` were, and are not any more
    unknown,   ///< for `reason` nothing can be said
  };
  std::string pod, node;
  State state = State::unknown;
  std::string tree;  ///< digest of the checkout's tree that it was compared with
  std::string reason;
  std::vector<DriftedFile> files;
  bool is_identical() const { return state == State::identical || state == State::repaired; }
};
std::string_view name(Verdict::State state);

}  // namespace gf::deploy
