#pragma once
#include <optional>

#include "protocol/json.hpp"

namespace gf::manifest {

/// What a workload that was scaled to zero for want of use remembers, in an annotation of its own.
struct Asleep {
  int replicas = 1;  ///< that it had
  double since = 0;  ///< seconds since the epoch
};

/// Pure: nothing when it does not sleep: one that somebody has given replicas again is awake, whatever it remembers.
std::optional<Asleep> asleep(const Json& workload);

/// Pure: how many replicas it is to have.
int replicas_of(const Json& workload);

/// Pure: the merge patches that lay a workload to rest and wake it.
Json sleep_patch(const Json& workload, double now);
Json wake_patch(const Asleep& from);
/// Pure: adds to a patch that the workload forgets that it slept.
void forget_sleep(Json& patch);

/// Pure: lets `object`, which is about to be applied over `stored` (may be nullptr), leave the number of replicas as it
/// is when that sleeps. What nobody applies stays as the one who changed it last has left it.
void leave_asleep(Json& object, const Json* stored);

/// Pure: the memory that one replica requests, in MiB; 0 where it requests none.
int requested_mib(const Json& workload);

}  // namespace gf::manifest
