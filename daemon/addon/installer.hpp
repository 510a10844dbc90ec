#pragma once
#include <functional>

#include "addon/pod_command.hpp"
#include "addon/profile_record.hpp"
#include "addon/saved_secrets.hpp"
#include "addon/volumes.hpp"
#include "image/image_service.hpp"
#include "manifest/kustomize.hpp"
#include "manifest/rollout.hpp"

namespace gf::addon {

inline constexpr const char* addon_label = "greenfield.dev/addon";

/// Puts one addon into the cluster, takes it out again, and leads it from one profile to another with its data.
class Installer {
 public:
  struct Collaborators {
    kube::KubeApi& kube;
    kube::Mirror& mirror;
    image::ImageService& images;
    manifest::Kustomize& kustomize;
    manifest::Rollout& rollout;
    Clock& clock;
    std::function<std::vector<std::string>()> nodes;  ///< names of the running nodes
    std::function<Task<>(std::string addon)> wake;    ///< AddonService::Collaborators::wake
  };
  Installer(Collaborators with, PodCommands& commands, SavedSecrets& saved, container::Engine& engine);

  /// Makes the addon run in `profile` and waits until it is ready. When it stands in another one, that is left first:
  /// everything is gathered on its first member, the others leave, and their volumes go when the new profile is ready.
  /// Repeated after a crash at any point it goes on from there. Throws Error(deploy_failed), Error(addon_failed).
  Task<> start(const AddonSpec& spec, std::string profile, operation::Context& context);
  /// Removes its objects in the profile that it stands in; volumes, passwords and definitions of kinds (with which all
  /// objects of the kind would go) stay. Waits until its pods are gone.
  Task<> stop(const AddonSpec& spec);
  /// Deletes what stop() keeps.
  Task<> purge(const AddonSpec& spec);
  /// The profile that it stands in, "" when it was never started.
  Task<std::string> profile(const AddonSpec& spec);

 private:
  using References = std::map<std::string, std::string>;  ///< image name without tag → what to run
  Task<References> provide_images(const AddonSpec& spec, std::string profile, operation::Context& context);
  Task<std::vector<Json>> render(const AddonSpec& spec, std::string profile);
  Task<> make_secrets(const AddonSpec& spec);
  Task<> put(const AddonSpec& spec, std::vector<Json> objects, References images, operation::Context& context);
  Task<> leave(const AddonSpec& spec, ProfileRecord from, std::vector<Json> next, operation::Context& context);
  Task<> gather(const AddonSpec& spec, ProfileRecord from, std::vector<Json> objects, operation::Context& context);
  Task<> shrink(const AddonSpec& spec, std::vector<Json> objects, std::vector<Json> next);
  Task<> remove(std::vector<Json> objects);
  Task<> remove_wholly(std::string api_version, std::string kind, std::string space, std::string name);
  Task<> remove_volumes(std::vector<VolumeClaim> of, std::vector<VolumeClaim> but);
  Task<> wait_gone(const AddonSpec& spec, std::function<bool(const Json& pod)> which);

  Collaborators with_;
  PodCommands& commands_;
  SavedSecrets& saved_;
  Volumes volumes_;
  ProfileRecords records_;
};

}  // namespace gf::addon
