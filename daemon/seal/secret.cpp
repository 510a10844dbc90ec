#include "seal/secret.hpp"

#include <algorithm>
#include <sstream>

#include "kube/base64.hpp"
#include "kube/manifests.hpp"
#include "protocol/error.hpp"

namespace gf::seal {

namespace {

constexpr std::size_t longest_key = 253;

bool is_key(const std::string& text) {
  auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  return !text.empty() && text.size() <= longest_key && text != "." && !text.starts_with("..") &&
         std::ranges::all_of(text, allowed);
}

[[noreturn]] void refuse(const std::string& what, const std::string& why, const std::string& hint = {}) {
  throw Error(ErrorCode::bad_config, "cannot seal " + what + ": " + why, hint);
}

const std::string& text_at(const Json& value, const std::string& what, const std::string& field) {
  if (!value.is_string()) refuse(what, field + " must be a string", "write it in quotes");
  return value.get_ref<const std::string&>();
}

const Json& object_at(const Json& parent, const char* key, const std::string& what) {
  static const Json nothing = Json::object();
  const auto found = parent.find(key);
  if (found == parent.end() || found->is_null()) return nothing;
  if (!found->is_object()) refuse(what, std::string(key) + " must hold names and values");
  return *found;
}

std::map<std::string, std::string> texts_at(const Json& parent, const char* key, const std::string& what) {
  std::map<std::string, std::string> texts;
  for (const auto& [name, value] : object_at(parent, key, what).items())
    texts[name] = text_at(value, what, std::string("metadata.") + key + '.' + name);
  return texts;
}

std::string decoded(const Json& value, const std::string& what, const std::string& field) {
  const auto& text = text_at(value, what, field);
  auto plain = kube::base64_decode(text);
  if (plain.empty() && !text.empty())
    refuse(what, field + " is not base64", "put what is not encoded under stringData");
  return plain;
}

Secret secret_from(const Json& document, const std::string& what) {
  if (!document.is_object()) refuse(what, "it is no manifest");
  const auto kind = document.value("kind", Json());
  if (kind != "Secret" || document.value("apiVersion", Json()) != "v1")
    refuse(what, "it is " + (kind.is_string() ? "a " + kind.get<std::string>() : std::string("of no kind")) +
                     ", not a Secret of v1");
  for (const auto& [key, unused] : document.items()) {
    const std::vector<std::string> known = {"apiVersion", "data",       "immutable", "kind",
                                            "metadata",   "stringData", "type"};
    if (std::ranges::find(known, key) != known.end()) continue;
    const auto near = nearest(key, known);
    refuse(what, "a Secret has no '" + key + "'", near.empty() ? "" : "did you mean '" + near + "'?");
  }
  Secret secret;
  const auto& metadata = object_at(document, "metadata", what);
  if (metadata.contains("name")) secret.name = text_at(metadata["name"], what, "metadata.name");
  if (metadata.contains("namespace")) secret.space = text_at(metadata["namespace"], what, "metadata.namespace");
  secret.labels = texts_at(metadata, "labels", what);
  secret.annotations = texts_at(metadata, "annotations", what);
  // Tools keep a copy of the whole Secret there, in clear.
  secret.annotations.erase("kubectl.kubernetes.io/last-applied-configuration");
  secret.annotations.erase("kubecfg.ksonnet.io/last-applied-configuration");
  if (document.contains("type")) secret.type = text_at(document["type"], what, "type");
  if (const auto found = document.find("immutable"); found != document.end()) {
    if (!found->is_boolean()) refuse(what, "immutable must be true or false");
    secret.immutable = found->get<bool>();
  }
  for (const auto& [key, value] : object_at(document, "data", what).items())
    add_value(secret, key, decoded(value, what, "data." + key), what);
  for (const auto& [key, value] : object_at(document, "stringData", what).items()) {
    secret.values.erase(key);  // it wins, as in Kubernetes
    add_value(secret, key, text_at(value, what, "stringData." + key), what);
  }
  return secret;
}

}  // namespace

void add_value(Secret& secret, const std::string& key, std::string value, const std::string& what) {
  if (!is_key(key))
    refuse(what, "'" + key + "' cannot be a key of a Secret", "keys are made of letters, digits, '-', '_' and '.'");
  if (!secret.values.emplace(key, std::move(value)).second) refuse(what, "the key '" + key + "' is there twice");
}

void add_literal(Secret& secret, const std::string& pair) {
  const auto equals = pair.find('=');
  if (equals == std::string::npos)
    refuse("--from-literal", "it must be KEY=VALUE");  // what stands there may be a value
  add_value(secret, pair.substr(0, equals), pair.substr(equals + 1), "--from-literal");
}

void add_env_file(Secret& secret, const std::string& text, const std::string& what) {
  std::istringstream lines(text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (line.ends_with('\r')) line.pop_back();
    line.erase(0, line.find_first_not_of(" \t"));
    if (line.empty() || line.starts_with('#')) continue;
    const auto place = what + ": line " + std::to_string(number);
    const auto equals = line.find('=');
    if (equals == std::string::npos) refuse(place, "it must be KEY=VALUE");
    add_value(secret, line.substr(0, equals), line.substr(equals + 1), place);
  }
}

std::vector<Secret> secrets_from(const std::string& text, const std::string& what) {
  const auto documents = kube::read_documents(text, what);
  std::vector<Secret> secrets;
  for (const auto& document : documents) {
    const auto number = std::to_string(secrets.size() + 1);
    secrets.push_back(secret_from(document, documents.size() == 1 ? what : what + ": document " + number));
  }
  if (secrets.empty()) refuse(what, "it is empty");
  return secrets;
}

}  // namespace gf::seal
