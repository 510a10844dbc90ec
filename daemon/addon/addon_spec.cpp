#include "addon/addon_spec.hpp"

#include "kube/manifests.hpp"
#include "protocol/error.hpp"

namespace gf::addon {

namespace {

using Strings = std::vector<std::string>;
using Table = std::map<std::string, std::string>;

Workload read_workload(const Json& from) { return {from.at("kind"), from.at("name")}; }

PodCommand read_command(const Json& from) {
  PodCommand command;
  command.workload = read_workload(from);
  command.container = from.at("container");
  command.command = from.at("command").get<Strings>();
  command.input = from.value("stdin", "");
  return command;
}

std::optional<PodCommand> optional_command(const Json& parent, const char* key) {
  if (!parent.contains(key)) return std::nullopt;
  return read_command(parent.at(key));
}

AddonSpec read(const Json& from, const std::filesystem::path& folder, const Table& versions) {
  AddonSpec spec;
  spec.folder = folder;
  spec.name = from.at("name");
  spec.summary = from.at("summary");
  spec.version = from.at("version").is_string() ? from.at("version").get<std::string>() : from.at("version").dump();
  if (const auto row = versions.find(spec.version); row != versions.end()) spec.version = row->second;
  spec.space = from.at("namespace");
  spec.requires_ = from.value("requires", Strings());
  spec.conflicts = from.value("conflicts", Strings());
  spec.images = from.at("images").get<Strings>();
  for (const auto& [name, profile] : from.at("profiles").items())
    spec.profiles[name] = {folder / profile.at("path").get<std::string>(),
                           profile.at("memory_mib"),
                           profile.value("cpu_millicores", 0),
                           profile.value("start_seconds", 0.0),
                           profile.value("images", Strings()),
                           optional_command(profile, "gather"),
                           optional_command(profile, "spread")};
  spec.modes = from.value("modes", Table());
  for (const auto& item : from.at("endpoints")) {
    const int port = item.at("port");
    spec.endpoints.push_back({item.at("name"), item.at("service"), port, item.value("localhost_port", 0),
                              item.value("localhost_service_port", port), item.value("protocol", "tcp")});
  }
  for (const auto& item : from.value("secrets", Json::array())) {
    SecretSpec secret;
    secret.name = item.at("name");
    for (const auto& [key, how] : item.at("keys").items()) secret.keys[key] = how.at("length");
    spec.secrets.push_back(std::move(secret));
  }
  for (const auto& item : from.at("ready")) spec.ready.push_back(read_workload(item));
  if (const auto found = from.find("claim"); found != from.end()) {
    Claim claim;
    claim.values = found->value("values", Table());
    claim.create = optional_command(*found, "create");
    claim.remove = optional_command(*found, "remove");
    claim.env = found->value("env", Table());
    if (const auto branches = found->find("branches"); branches != found->end())
      claim.branches = BranchClaim{branches->value("values", Table()), branches->value("most", 0),
                                   read_command(branches->at("create")), read_command(branches->at("remove"))};
    spec.claim = std::move(claim);
  }
  spec.connect = optional_command(from, "connect");
  if (const auto found = from.find("backup"); found != from.end())
    spec.backup =
        BackupCommands{found->at("extension"), read_command(found->at("dump")), read_command(found->at("restore"))};
  spec.stand_in = from.value("stand_in", "");
  spec.never_sleeps = from.value("never_sleeps", "");
  if (const auto found = from.find("data"); found != from.end()) {
    spec.volumes = found->value("volumes", Strings());
    spec.saved_secrets = found->value("saved_secrets", "");
  }
  return spec;
}

}  // namespace

std::vector<std::string> AddonSpec::images_of(const std::string& profile) const {
  auto all = images;
  const auto& more = profiles.at(profile).images;
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

std::string AddonSpec::why_never_asleep() const {
  if (!never_sleeps.empty()) return never_sleeps;
  return endpoints.empty() ? "it has no port on localhost, and only a connection to one could wake it" : "";
}

AddonSpec read_addon(const std::string& text, const std::filesystem::path& folder, const Table& versions) {
  const auto place = (folder / "addon.yaml").string();
  const auto documents = kube::read_documents(text, place);
  try {
    if (documents.size() != 1)
      throw Error(ErrorCode::bad_config, "cannot use " + place + ": it must hold one document");
    auto spec = read(documents.front(), folder, versions);
    if (spec.name != folder.filename())
      throw Error(ErrorCode::bad_config,
                  "cannot use " + place + ": its name is '" + spec.name + "', its folder's is not");
    return spec;
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::bad_config, "cannot use " + place, "it must fit addons/schema.json", error.what());
  }
}

std::string fill(const std::string& text, const Table& values) {
  std::string filled;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto open = text.find("{{", at);
    const auto close = open == std::string::npos ? open : text.find("}}", open);
    if (close == std::string::npos) break;
    filled += text.substr(at, open - at);
    const auto value = values.find(text.substr(open + 2, close - open - 2));
    filled += value == values.end() ? text.substr(open, close + 2 - open) : value->second;
    at = close + 2;
  }
  return filled + text.substr(at);
}

}  // namespace gf::addon
