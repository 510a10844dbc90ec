#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace gf::model {

/// What people do with Git, as commands of the shell in the checkout. Pure: the same seed, the same operations.
std::vector<std::string> random_operations(std::uint64_t seed, std::size_t count);

/// Runs them one after the other in a fresh world, while somebody else edits files all the time and the daemon's part
/// goes on. After each, once the edits rest, the replicas hold just what the checkout does. What went wrong, "" when
/// nothing did.
std::string play_operations(const std::vector<std::string>& operations, std::uint64_t seed);

}  // namespace gf::model
