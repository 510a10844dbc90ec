#include "project/registry.hpp"

#include <algorithm>

#include "project/checkout_name.hpp"
#include "protocol/error.hpp"

namespace gf::project {

bool Registration::living() const {
  std::error_code unreadable;
  return std::filesystem::exists(root, unreadable);
}

Registry::Registry(FileSystem& files, std::filesystem::path path) : document_(files, std::move(path)) {
  all_ = document_.load([](const Json& list) {
    std::vector<Registration> all;
    for (const auto& item : list) {
      const std::string name = item.at("name");
      BranchData data{item.value("base_branch", ""), item.value("branch", "")};
      all.push_back({name, item.at("root"), item.at("up"), item.value("declared", name), std::move(data)});
    }
    return all;
  });
}

std::string Registry::warning() const { return document_.warning("the list of projects", "`gf up` in each of them"); }

const Registration* Registry::find(const std::string& name) const {
  const auto found = std::ranges::find(all_, name, &Registration::name);
  return found == all_.end() ? nullptr : &*found;
}

const Registration* Registry::at_root(const std::string& root) const {
  const auto found = std::ranges::find(all_, root, &Registration::root);
  return found == all_.end() ? nullptr : &*found;
}

std::string Registry::name_of(const std::string& root, const std::string& declared, const std::string& place) const {
  const auto known =
      std::ranges::find_if(all_, [&](const auto& one) { return one.root == root && one.declared == declared; });
  if (known != all_.end()) return known->name;
  return checkout_name(declared, place, [&](const std::string& name) {
    const auto* other = find(name);
    return other && other->root != root && other->living();
  });
}

std::vector<std::string> Registry::up_beside(const std::string& name) const {
  std::vector<std::string> names;
  for (const auto& one : all_)
    if (one.up && one.name != name && one.living()) names.push_back(one.name);
  return names;
}

void Registry::put(Registration registration) {
  const auto found = std::ranges::find(all_, registration.name, &Registration::name);
  if (found != all_.end() && found->root != registration.root && found->living())
    throw Error(ErrorCode::conflict,
                "cannot use the name '" + registration.name + "': the project in " + found->root + " has it",
                "change `name` in one of the two greenfield.yaml");
  const auto before = all_;
  if (found != all_.end()) registration.data = found->data;
  // What the checkout is called now stands before what it was called.
  const auto place =
      std::ranges::find_if(
          all_, [&](const auto& one) { return one.name == registration.name || one.root == registration.root; }) -
      all_.begin();
  std::erase_if(all_, [&](const auto& one) { return one.name == registration.name; });
  for (auto& one : all_)
    if (one.root == registration.root) one.up = false;
  all_.insert(all_.begin() + place, std::move(registration));
  save_or(before);
}

void Registry::take_down(const std::string& name) {
  const auto before = all_;
  for (auto& one : all_)
    if (one.name == name) one.up = false;
  save_or(before);
}

void Registry::use_data(const std::string& name, BranchData data) {
  const auto before = all_;
  for (auto& one : all_)
    if (one.name == name) one.data = data;
  save_or(before);
}

void Registry::save_or(const std::vector<Registration>& before) {
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
    item["declared"] = one.declared;
    item["base_branch"] = one.data.base;
    item["branch"] = one.data.branch;
    list.push_back(std::move(item));
  }
  document_.save(list);
}

}  // namespace gf::project
