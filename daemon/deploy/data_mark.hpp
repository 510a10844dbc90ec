#pragma once
#include <string>
#include <vector>

#include "protocol/json.hpp"

namespace gf::deploy {

/// Pure: which branch's data a pod, or the pods of a template, were made for; "" = those of the base branch, or none
/// that follow branches.
std::string data_of(const Json& pod);

/// Pure: notes it in the pods' template of a workload that keeps pods; others stay as they are.
void note_data(Json& workload, const std::string& branch);

}  // namespace gf::deploy
