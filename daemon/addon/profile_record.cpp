#include "addon/profile_record.hpp"

namespace gf::addon {

namespace {

std::string object_name(const AddonSpec& spec) { return "profile-" + spec.name; }

}  // namespace

Json to_json(const ProfileRecord& record) {
  Json data;
  data["profile"] = record.profile;
  data["previous"] = record.previous;
  data["gathered"] = record.gathered ? "true" : "false";
  return data;
}

ProfileRecord record_from(const Json& data) {
  if (!data.is_object()) return {};
  return {data.value("profile", ""), data.value("previous", ""), data.value("gathered", "") == "true"};
}

std::vector<std::string> profiles_present(const AddonSpec& spec, const ProfileRecord& record) {
  std::vector<std::string> names;
  for (const auto& [name, profile] : spec.profiles)
    if (record.profile.empty() || name == record.profile || name == record.previous) names.push_back(name);
  return names;
}

std::vector<std::string> describe_change(const AddonSpec& spec, const std::string& from, const std::string& to) {
  if (from.empty() || from == to) return {};
  const auto& left = spec.profiles.at(from);
  const auto& next = spec.profiles.at(to);
  std::vector<std::string> lines;
  lines.push_back(spec.name + " goes from " + from + " to " + to + ": memory " + std::to_string(left.memory_mib) +
                  " MiB, then " + std::to_string(next.memory_mib) + " MiB");
  if (left.gather) lines.push_back("first its data are gathered on one member, and the others leave");
  lines.push_back("it is stopped and started again with its data: until then it does not answer");
  if (next.spread) lines.push_back("when it is ready, the new members get their share");
  if (left.gather) lines.push_back("at last the volumes of the members that left are removed");
  return lines;
}

Task<ProfileRecord> ProfileRecords::read(const AddonSpec& spec) {
  auto getting = kube_.get("v1", "ConfigMap", spec.space, object_name(spec));
  const auto stored = co_await std::move(getting);
  if (!stored || !stored->contains("data")) co_return ProfileRecord{};
  auto record = record_from((*stored)["data"]);
  if (!spec.profiles.contains(record.profile)) co_return ProfileRecord{};
  if (!spec.profiles.contains(record.previous)) record.previous.clear();
  co_return record;
}

Task<> ProfileRecords::write(const AddonSpec& spec, ProfileRecord record) {
  Json object;
  object["apiVersion"] = "v1";
  object["kind"] = "ConfigMap";
  object["metadata"]["name"] = object_name(spec);
  object["metadata"]["namespace"] = spec.space;
  object["metadata"]["labels"]["app.kubernetes.io/managed-by"] = "greenfield";
  object["data"] = to_json(record);
  auto applying = kube_.apply(std::move(object));
  co_await std::move(applying);
}

Task<> ProfileRecords::remove(const AddonSpec& spec) {
  auto removing = kube_.remove("v1", "ConfigMap", spec.space, object_name(spec));
  co_await std::move(removing);
}

}  // namespace gf::addon
