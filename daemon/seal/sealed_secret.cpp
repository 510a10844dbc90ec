#include "seal/sealed_secret.hpp"

#include <algorithm>
#include <iterator>

#include "kube/manifests.hpp"
#include "protocol/error.hpp"

namespace gf::seal {

namespace {

constexpr const char* namespace_wide_annotation = "sealedsecrets.bitnami.com/namespace-wide";
constexpr const char* cluster_wide_annotation = "sealedsecrets.bitnami.com/cluster-wide";
constexpr std::size_t longest_name = 253, longest_space = 63;
constexpr std::size_t most_bytes = 1 << 20;  // Kubernetes takes no larger Secret

bool is_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/// A label of DNS, or several joined by dots when `dots`.
bool is_name(const std::string& text, std::size_t longest, bool dots) {
  auto allowed = [dots](char c) { return is_alnum(c) || c == '-' || (dots && c == '.'); };
  return !text.empty() && text.size() <= longest && is_alnum(text.front()) && is_alnum(text.back()) &&
         std::ranges::all_of(text, allowed);
}

void check(const Secret& secret, Scope scope, const std::string& what) {
  auto refuse = [&](const std::string& why, const std::string& hint) {
    throw Error(ErrorCode::bad_config, "cannot seal " + what + ": " + why, hint);
  };
  if (secret.name.empty()) refuse("it has no name", "--name NAME");
  if (!is_name(secret.name, longest_name, true))
    refuse("'" + secret.name + "' cannot be its name", "small letters, digits, '-' and '.'");
  if (secret.space.empty() && scope != Scope::cluster_wide)
    refuse("its scope binds it to a namespace, and it names none", "--namespace NAME, or --scope cluster-wide");
  if (!secret.space.empty() && !is_name(secret.space, longest_space, false))
    refuse("'" + secret.space + "' cannot be its namespace", "small letters, digits and '-'");
  if (secret.values.empty()) refuse("it holds no values", "--from-file KEY=FILE, or data in its manifest");
  std::size_t size = 0;
  for (const auto& [key, value] : secret.values) size += value.size();
  if (size > most_bytes)
    refuse("its values have " + std::to_string(size) + " bytes, more than the " + std::to_string(most_bytes) +
               " that a Secret may have",
           "share them out among several");
}

}  // namespace

Scope scope_from(const std::string& name) {
  const auto* found = std::ranges::find(scope_names, name);
  if (found == std::end(scope_names))
    throw Error(ErrorCode::usage, "cannot seal in the scope '" + name + "'", "strict, namespace-wide or cluster-wide");
  return static_cast<Scope>(found - std::begin(scope_names));
}

Scope annotated_scope(const Secret& secret) {
  auto says = [&](const char* annotation) {
    const auto found = secret.annotations.find(annotation);
    return found != secret.annotations.end() && found->second == "true";
  };
  if (says(cluster_wide_annotation)) return Scope::cluster_wide;
  return says(namespace_wide_annotation) ? Scope::namespace_wide : Scope::strict;
}

std::string label_of(const Secret& secret, Scope scope) {
  switch (scope) {
    case Scope::cluster_wide:
      return {};
    case Scope::namespace_wide:
      return secret.space;
    case Scope::strict:
      break;
  }
  return secret.space + '/' + secret.name;
}

Json sealed_secret(Secret secret, Scope scope, const Certificate& certificate, const std::string& what) {
  check(secret, scope, what);
  Json metadata;
  metadata["name"] = secret.name;
  if (!secret.space.empty()) metadata["namespace"] = secret.space;
  secret.annotations.erase(namespace_wide_annotation);
  secret.annotations.erase(cluster_wide_annotation);

  Json sealed;
  sealed["apiVersion"] = "bitnami.com/v1alpha1";
  sealed["kind"] = "SealedSecret";
  sealed["metadata"] = metadata;
  if (scope != Scope::strict) {
    const auto* annotation = scope == Scope::cluster_wide ? cluster_wide_annotation : namespace_wide_annotation;
    sealed["metadata"]["annotations"][annotation] = "true";
    secret.annotations[annotation] = "true";
  }
  auto& made = sealed["spec"]["template"];
  made["metadata"] = std::move(metadata);
  if (!secret.labels.empty()) made["metadata"]["labels"] = secret.labels;
  if (!secret.annotations.empty()) made["metadata"]["annotations"] = secret.annotations;
  if (!secret.type.empty()) made["type"] = secret.type;
  if (secret.immutable) made["immutable"] = *secret.immutable;
  for (const auto& [key, value] : secret.values)
    sealed["spec"]["encryptedData"][key] = certificate.seal(value, label_of(secret, scope));
  return sealed;
}

std::vector<Json> sealed_secrets_from(const std::string& text, const std::string& what) {
  auto documents = kube::read_documents(text, what);
  if (documents.empty()) throw Error(ErrorCode::bad_config, "cannot seal " + what + " anew: it is empty");
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const auto& one = documents[i];
    const bool sealed = one.is_object() && one.value("kind", Json()) == "SealedSecret" && one.contains("metadata") &&
                        one["metadata"].is_object() && one.contains("spec") && one["spec"].is_object() &&
                        one["spec"].contains("encryptedData") && one["spec"]["encryptedData"].is_object();
    if (!sealed)
      throw Error(
          ErrorCode::bad_config,
          "cannot seal " + what + " anew: document " + std::to_string(i + 1) + " is no SealedSecret with encryptedData",
          "gf seal makes one of a Secret");
  }
  return documents;
}

Json bare(const Json& sealed) {
  Json metadata;
  for (const char* key : {"name", "namespace", "annotations"})
    if (sealed["metadata"].contains(key)) metadata[key] = sealed["metadata"][key];
  Json small;
  small["apiVersion"] = "bitnami.com/v1alpha1";
  small["kind"] = "SealedSecret";
  small["metadata"] = metadata;
  small["spec"]["encryptedData"] = sealed["spec"]["encryptedData"];
  small["spec"]["template"]["metadata"] = std::move(metadata);
  return small;
}

std::string manifest_text(const std::vector<Json>& objects) {
  std::string text;
  for (const auto& object : objects) text += (text.empty() ? "" : "---\n") + kube::write_document(object);
  return text;
}

}  // namespace gf::seal
