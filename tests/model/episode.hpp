#pragma once
#include <string>
#include <vector>

#include "model/steps.hpp"

namespace gf::model {

/// Does the steps in a fresh world, in a process of its own: a crash and a hang are failures like any other. What went
/// wrong, "" when nothing did. The caller has one thread.
std::string run_episode(const std::vector<Step>& steps);

/// The steps, a line each.
std::string list(const std::vector<Step>& steps);

}  // namespace gf::model
