#pragma once
#include <map>
#include <string>
#include <vector>

#include "protocol/json.hpp"

namespace gf::manifest {

/// Pure: adds `labels` to an object and to the template of its pods.
void add_labels(Json& object, const std::map<std::string, std::string>& labels);

/// A ConfigMap with it names images in its texts, for pods that somebody else makes.
inline constexpr const char* names_images_annotation = "greenfield.dev/names-images";
/// Pure: replaces the images of all containers that stand in `images` (name without tag → full reference), and those
/// that stand in quotes in a ConfigMap that names images.
void set_images(Json& object, const std::map<std::string, std::string>& images);

/// Pure: gives objects that name no namespace this one. Kinds that know no namespace are left alone.
void set_namespace(Json& object, const std::string& space);

/// Pure: the order of applying: namespaces and definitions first, workloads last; otherwise as they came.
void sort_for_apply(std::vector<Json>& objects);

/// The annotation by which a pod tells the template that it was made from.
inline constexpr const char* template_annotation = "greenfield.dev/template";
/// Pure: writes a digest of the pod template into it.
void mark_template(Json& object);
/// Pure: whether `pod` was made from the template that `workload` has now.
bool is_current(const Json& workload, const Json& pod);

/// Pure: the part of an object that holds its pods' spec, nullptr for other kinds.
Json* pod_template(Json& object);

}  // namespace gf::manifest
