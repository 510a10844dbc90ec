#pragma once
#include <map>
#include <string>
#include <vector>

#include "protocol/json.hpp"
#include "protocol/project.hpp"

namespace gf::deploy {

inline constexpr const char* project_label = "greenfield.dev/project";
inline constexpr const char* app_label = "greenfield.dev/app";
/// A pod counts as ready only when its files are those of the checkout: gfd sets this condition.
inline constexpr const char* synced_gate = "greenfield.dev/synced";

/// What changes the number of an app's replicas with its load.
inline constexpr const char* scaler_api = "autoscaling/v2";
inline constexpr const char* scaler_kind = "HorizontalPodAutoscaler";

/// Volumes that hold what is copied into containers whose root is read-only are called so and a number.
inline constexpr std::string_view sync_volume = "gf-sync-";

/// The labels of everything that belongs to an app.
std::map<std::string, std::string> labels_of(const std::string& project, const std::string& app);

/// Pure: the Deployment and, with a port, the Service of an app that brings no manifests; with `autoscale` what scales
/// it, under the same name.
/// `claims`: addon → names of the variables that its claim's Secret holds.
std::vector<Json> app_objects(const std::string& project, const AppSpec& app, const std::string& image,
                              const std::map<std::string, std::vector<std::string>>& claims);

}  // namespace gf::deploy
