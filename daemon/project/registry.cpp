#include "project/registry.hpp"

#include <algorithm>

#include "protocol/error.hpp"

namespace gf::project {

Registry::Registry(FileSystem& files, std::filesystem::path path) : document_(files, std::move(path)) {
  all_ = document_.load([](const Json& list) {
    std::vector<Registration> all;
    for (const auto& item : list) all.push_back({item.at("name"), item.at("root"), item.at("up")});
    return all;
  });
}

std::string Registry::warning() const { return document_.warning("the list of projects", "`gf up` in each of them"); }

const Registration* Registry::find(const std::string& name) const {
  const auto found = std::ranges::find(all_, name, &Registration::name);
  return found == all_.end() ? nullptr : &*found;
}

void Registry::put(Registration registration) {
  const auto found = std::ranges::find(all_, registration.name, &Registration::name);
  if (found != all_.end() && found->root != registration.root && std::filesystem::exists(found->root))
    throw Error(ErrorCode::conflict,
                "cannot use the name '" + registration.name + "': the project in " + found->root + " has it",
                "change `name` in one of the two greenfield.yaml");
  const auto before = all_;
  if (found != all_.end())
    *found = std::move(registration);
  else
    all_.push_back(std::move(registration));
  try {
    save();
  } catch (...) {
    all_ = before;
    throw;
  }
}

void Registry::remove(const std::string& name) {
  std::erase_if(all_, [&](const auto& one) { return one.name == name; });
  save();
}

void Registry::save() {
  Json list = Json::array();
  for (const auto& one : all_) {
    Json item;
    item["name"] = one.name;
    item["root"] = one.root;
    item["up"] = one.up;
    list.push_back(std::move(item));
  }
  document_.save(list);
}

}  // namespace gf::project
