#include "addon/claim_secret.hpp"

#include "kube/base64.hpp"

namespace gf::addon {

namespace {

constexpr const char* seed_annotation = "greenfield.dev/seed";
constexpr const char* branches_annotation = "greenfield.dev/branches";

}  // namespace

std::string secret_value(const std::optional<Json>& secret, const std::string& key) {
  if (!secret || !secret->contains("data") || !(*secret)["data"].contains(key)) return {};
  return kube::base64_decode((*secret)["data"][key].get<std::string>());
}

ClaimNotes notes_of(const std::optional<Json>& secret) {
  if (!secret) return {};
  const auto annotations = secret->at("metadata").value("annotations", Json::object());
  return {{annotations.value(seed_annotation, "")}, branch_record_from(annotations.value(branches_annotation, ""))};
}

Json claim_secret(const std::string& addon, const std::string& project, const std::map<std::string, std::string>& texts,
                  const ClaimNotes& notes) {
  Json object;
  object["apiVersion"] = "v1";
  object["kind"] = "Secret";
  object["type"] = "Opaque";
  auto& metadata = object["metadata"];
  metadata["name"] = "claim-" + addon;
  metadata["namespace"] = project;
  metadata["labels"]["app.kubernetes.io/managed-by"] = "greenfield";
  metadata["labels"][claim_label] = addon;
  if (!notes.mark.text.empty()) metadata["annotations"][seed_annotation] = notes.mark.text;
  if (const auto text = to_text(notes.branches); !text.empty()) metadata["annotations"][branches_annotation] = text;
  for (const auto& [key, text] : texts) object["data"][key] = kube::base64_encode(text);
  return object;
}

Json with_notes(const Json& stored, const std::string& addon, const std::string& project, const ClaimNotes& notes) {
  auto object = claim_secret(addon, project, {}, notes);
  object["data"] = stored.value("data", Json::object());
  return object;
}

}  // namespace gf::addon
