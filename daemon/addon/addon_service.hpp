#pragma once
#include <functional>

#include "addon/claims.hpp"
#include "addon/installer.hpp"
#include "addon/plan.hpp"
#include "state/document.hpp"

namespace gf::addon {

/// How an addon stands, as the cluster shows it.
struct AddonStatus {
  std::string state;        ///< disabled | starting | ready | asleep | failed
  std::string reason = {};  ///< why it is not ready
  double asleep_since = 0;  ///< seconds since the epoch, while it sleeps
};

/// Turns addons on and off. What is wanted is durable; what runs is discovered. Io thread only.
class AddonService {
 public:
  struct Collaborators {
    Executor executor;
    kube::CurrentKubeApi& kube;
    kube::Mirror& mirror;
    container::Engine& engine;
    image::ImageService& images;
    manifest::Kustomize& kustomize;
    manifest::Rollout& rollout;
    Clock& clock;
    std::function<std::vector<std::string>()> nodes;  ///< names of the running nodes
    std::function<int()> free_mib;                    ///< memory that can be had now
    SavedSecrets::Warn warn;
    std::function<Task<>(std::string addon)> wake;  ///< resumes when it is ready, at once when it does not sleep
  };
  AddonService(Collaborators with, Catalogue catalogue, state::Document wanted, state::Document saved_secrets);

  const Catalogue& catalogue() const { return catalogue_; }
  std::map<std::string, Chosen> chosen() const { return resolve(catalogue_, wants_); }
  /// Sentences about damaged files that were kept aside.
  std::vector<std::string> warnings() const;
  AddonStatus status(const std::string& name) const;
  /// What runs in place of the genuine server, "" when that one runs, or nothing.
  std::string stand_in(const std::string& name) const;
  Claims& claims() { return claims_; }
  PodCommands& commands() { return commands_; }
  SavedSecrets& saved_secrets() { return saved_; }

  /// `who` wants just these (addon → profile) from now on. Throws as resolve() does, and Error(not_enough_memory);
  /// nothing has changed then.
  void want(const std::string& who, const std::map<std::string, std::string>& addons);
  /// `who` wants this one too.
  void want_also(const std::string& who, const std::string& name, const std::string& profile);
  /// Refuses addons (name → profile) that run, or require what runs, an image that cannot be had. Nothing has changed
  /// then.
  Task<> check_images(std::map<std::string, std::string> addons);
  /// What going to `profile` from the one that the addon stands in will do, a line each; empty when it stands in none
  /// or in that one. Throws Error(not_found), Error(bad_config).
  Task<std::vector<std::string>> describe_change(std::string name, std::string profile);
  /// Throws Error(addon_in_use).
  void drop(const std::string& name, const std::string& who, bool cascade);

  /// Makes what runs equal to what is wanted: obtains and loads images, starts in parallel by the graph, waits until
  /// ready, removes what nobody wants any more. What sleeps goes on sleeping unless what is awake requires it.
  /// Throws Error(addon_failed).
  Task<> ensure(operation::Context& context);
  /// Resumes when `name` is ready, whoever starts it; wakes it. Throws Error(addon_failed) when it will not be.
  Task<> wait_ready(std::string name, operation::Context& context);
  /// Deletes what `disable` keeps: volumes, passwords, claims.
  Task<> purge(std::string name);
  /// Obtains the images of all that is wanted, for while the nodes are being made. Returns their references.
  Task<std::vector<std::string>> obtain_images(operation::Context& context);

 private:
  /// While ensure() is at work: wakes who waits for it at its end, however it ends.
  struct Ensuring {
    explicit Ensuring(AddonService& of) : service(of) { service.ensuring_ = true; }
    ~Ensuring() {
      service.ensuring_ = false;
      service.started_.notify_all();
    }
    AddonService& service;
  };
  void change(Wants wants);
  std::map<std::string, Chosen> absent(const std::map<std::string, Chosen>& of) const;
  Task<> start_after_required(std::string name, Chosen entry, operation::Context& context);

  Collaborators with_;
  Catalogue catalogue_;
  state::Document document_;
  Wants wants_;
  PodCommands commands_;
  Claims claims_;
  SavedSecrets saved_;
  Installer installer_;
  Signal started_;
  bool ensuring_ = false;
  std::set<std::string> running_;  ///< within this ensure(): what others may build upon
};

}  // namespace gf::addon
