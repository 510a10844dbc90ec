#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "model/steps.hpp"

namespace gf::model {

/// Plays in a process of its own, where nobody's settings of Git count: a crash and a hang (more than `limit`) are
/// failures like any other. What went wrong, "" when nothing did. The caller has one thread.
std::string run_apart(const std::function<std::string()>& play, std::chrono::seconds limit);

/// Does the steps in a fresh world, apart.
std::string run_episode(const std::vector<Step>& steps);

/// The steps, a line each.
std::string list(const std::vector<Step>& steps);

}  // namespace gf::model
