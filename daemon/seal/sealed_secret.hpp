#pragma once
#include "seal/certificate.hpp"
#include "seal/secret.hpp"

namespace gf::seal {

/// Where a SealedSecret can be unsealed: under its own name only, under any name in its namespace, or anywhere.
enum class Scope { strict, namespace_wide, cluster_wide };
inline constexpr const char* scope_names[] = {"strict", "namespace-wide", "cluster-wide"};

/// The scope of that name. Throws Error(usage).
Scope scope_from(const std::string& name);
/// As the Secret's annotations say, strict without any.
Scope annotated_scope(const Secret& secret);

/// Pure: what sealed values are bound to.
std::string label_of(const Secret& secret, Scope scope);

/// The SealedSecret of `secret`: applied, the controller makes the Secret of it. Throws Error(bad_config) for a Secret
/// that Kubernetes would not take, or that lacks what the scope binds it to; `what` names it.
Json sealed_secret(Secret secret, Scope scope, const Certificate& certificate, const std::string& what);

/// The SealedSecrets of a manifest (YAML or JSON, several documents). Throws Error(bad_config) with the place of the
/// first fault.
std::vector<Json> sealed_secrets_from(const std::string& text, const std::string& what);
/// Pure: just what the controller needs to seal a SealedSecret anew. Of a template it would seal the outcome, and of
/// its metadata lose the most.
Json bare(const Json& sealed);

/// Pure: objects as one YAML text.
std::string manifest_text(const std::vector<Json>& objects);

}  // namespace gf::seal
