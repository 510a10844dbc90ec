#include "addon/branches.hpp"

#include <algorithm>

#include "core/digest.hpp"
#include "protocol/error.hpp"
#include "protocol/json.hpp"

namespace gf::addon {

namespace {

constexpr std::size_t longest_slug = 14;
constexpr std::size_t hash_digits = 6;

}  // namespace

std::string to_text(const BranchRecord& record) {
  if (record == BranchRecord()) return {};
  Json json;
  json["current"] = record.current;
  json["numbers"] = record.numbers;
  return dump(json);
}

BranchRecord branch_record_from(const std::string& text) {
  BranchRecord record;
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return record;
  try {
    record.numbers = json.value("numbers", record.numbers);
    record.current = json.value("current", record.current);
  } catch (const Json::exception&) {
    return {};
  }
  if (!record.current.empty() && !record.numbers.contains(record.current)) record.current.clear();
  return record;
}

int free_number(const BranchRecord& record, int most, const std::string& addon, const std::string& branch) {
  std::set<int> taken;
  std::string names;
  for (const auto& [name, number] : record.numbers) {
    taken.insert(number);
    names += (names.empty() ? "" : ", ") + name;
  }
  int number = 1;
  while (taken.contains(number)) ++number;
  if (most > 0 && number > most)
    throw Error(ErrorCode::addon_failed,
                "cannot give the branch '" + branch + "' data of its own in " + addon + ": " + std::to_string(most) +
                    " others have theirs, and there are no more",
                "git branch -d one that is not needed, and switch again; gf addon reset " + addon + " removes them all",
                "they are: " + names);
  return number;
}

std::string branch_label(const std::string& branch) {
  std::string slug;
  for (const char letter : branch) {
    const char lower = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    const bool plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (plain)
      slug += lower;
    else if (!slug.empty() && !slug.ends_with('_'))
      slug += '_';
  }
  slug.resize(std::min(slug.size(), longest_slug));
  while (slug.ends_with('_')) slug.pop_back();
  return slug + (slug.empty() ? "" : "_") + sha256_hex(branch).substr(0, hash_digits);
}

std::vector<std::string> vanished(const BranchRecord& record, const std::set<std::string>& in_repository,
                                  const std::string& left) {
  std::vector<std::string> names;
  for (const auto& [name, number] : record.numbers)
    if (name != record.current && name != left && !in_repository.contains(name)) names.push_back(name);
  return names;
}

}  // namespace gf::addon
