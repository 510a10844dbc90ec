#include "addon/saved_secrets.hpp"

#include "protocol/error.hpp"

namespace gf::addon {

Json portable(const Json& secret) {
  Json kept;
  kept["apiVersion"] = "v1";
  kept["kind"] = "Secret";
  for (const char* key : {"type", "data", "immutable"})
    if (secret.contains(key)) kept[key] = secret[key];
  for (const char* key : {"name", "namespace", "labels", "annotations"})
    if (secret.at("metadata").contains(key)) kept["metadata"][key] = secret["metadata"][key];
  return kept;
}

SavedSecrets::SavedSecrets(Executor executor, kube::CurrentKubeApi& kube, const Catalogue& catalogue,
                           state::Document document, Warn warn)
    : kube_(kube),
      catalogue_(catalogue),
      document_(std::move(document)),
      warn_(std::move(warn)),
      saved_(document_.load(read)),
      watches_(executor) {
  kube_.on_change([this] { begin_again(); });
  begin_again();
}

SavedSecrets::Saved SavedSecrets::read(const Json& contents) {
  auto saved = contents.get<Saved>();
  for (const auto& [addon, secrets] : saved)
    for (const auto& [name, secret] : secrets) portable(secret).at("metadata").at("name").get<std::string>();
  return saved;
}

std::string SavedSecrets::warning() const {
  return document_.warning("the file of saved sealing keys", "they are saved again while the cluster has them");
}

void SavedSecrets::begin_again() {
  watches_.cancel();
  if (!kube_.available()) return;
  for (const auto& [name, spec] : catalogue_.all()) {
    if (spec.saved_secrets.empty()) continue;
    auto sink = [this, addon = name](const kube::WatchEvent& event) {
      // What is deleted in the cluster stays here: a key that is missing is worse than one too many.
      if (event.type == "ADDED" || event.type == "MODIFIED") take(addon, event.object);
    };
    watches_.spawn("watch the Secrets of " + name, kube_.watch("v1", "Secret", spec.space, spec.saved_secrets, sink));
  }
}

void SavedSecrets::take(const std::string& addon, const Json& secret) {
  auto next = saved_;
  next[addon][secret.at("metadata").value("name", "")] = portable(secret);
  try {
    write(std::move(next));
  } catch (const Error& error) {
    warn_(addon, "a Secret that shall outlive the cluster is not saved: " + error.message());
  }
}

void SavedSecrets::write(Saved next) {
  if (next == saved_) return;
  document_.save(next);
  saved_ = std::move(next);
}

Task<> SavedSecrets::save() {
  if (!kube_.available()) co_return;
  for (const auto& [name, spec] : catalogue_.all()) {
    if (spec.saved_secrets.empty()) continue;
    auto listing = kube_.list("v1", "Secret", spec.space, spec.saved_secrets);
    const auto secrets = co_await std::move(listing);
    for (const auto& secret : secrets) take(name, secret);
  }
}

Task<> SavedSecrets::put_back(const AddonSpec& spec) {
  const auto found = saved_.find(spec.name);
  if (found == saved_.end()) co_return;
  const auto secrets = found->second;
  for (const auto& [name, secret] : secrets) {
    auto creating = kube_.create(secret);  // one that is there stays as it is
    co_await std::move(creating);
  }
}

Task<> SavedSecrets::remove(const AddonSpec& spec) {
  if (spec.saved_secrets.empty()) co_return;
  auto removing = kube_.remove_all("v1", "Secret", spec.space, spec.saved_secrets);
  co_await std::move(removing);
  auto next = saved_;
  next.erase(spec.name);
  write(std::move(next));
}

Task<> SavedSecrets::stop() {
  auto stopping = watches_.stop();
  co_await std::move(stopping);
}

}  // namespace gf::addon
