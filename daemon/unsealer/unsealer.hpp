#pragma once
#include "addon/addon_service.hpp"
#include "operation/engine.hpp"

namespace gf::unsealer {

/// What the controller of the addon sealed-secrets does for clients: it tells the certificate to seal for, seals anew
/// what is sealed, and gets new keys. No Secret in clear passes here. Io thread only.
class Unsealer {
 public:
  struct Collaborators {
    Clock& clock;
    kube::CurrentKubeApi& kube;
    manifest::Rollout& rollout;
    operation::Engine& operations;
    addon::AddonService& addons;
  };
  explicit Unsealer(Collaborators with);

  /// Each throws Error(cluster_unavailable), Error(addon_failed) when the controller does not run.
  Task<std::string> certificate();
  /// The SealedSecret sealed with the newest key. Throws Error(bad_config) when no key unseals it.
  Task<Json> renew(Json sealed);
  /// Begins to make a new key; the former ones go on to unseal.
  Operation rotate();

 private:
  void need_controller(const std::string& cannot) const;
  Task<http::Response> ask(std::string method, std::string path, std::string body);
  Task<Json> run_rotate(std::string cutoff, operation::Context& context);

  Collaborators with_;
};

/// Pure: a time (seconds since the epoch) as the controller's --key-cutoff-time reads it.
std::string cutoff_text(double seconds);

}  // namespace gf::unsealer
