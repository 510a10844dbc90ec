#include "addon/claims.hpp"
#include "protocol/error.hpp"

// The data of branches in a claim.
namespace gf::addon {

Claims::Branch Claims::current(const BranchRecord& record) {
  if (record.current.empty()) return {};
  return {record.current, record.numbers.at(record.current)};
}

Task<> Claims::follow(const AddonSpec& spec, std::string project, std::string branch) {
  if (!spec.claim || !spec.claim->branches) co_return;
  auto getting = kube_.get("v1", "Secret", project, secret_name(spec.name));
  const auto stored = co_await std::move(getting);
  auto notes = notes_of(stored);
  if (!stored || notes.branches.current == branch) co_return;
  if (!branch.empty() && !notes.branches.numbers.contains(branch)) {
    // Kept before it is used: a number is not given twice.
    notes.branches.numbers[branch] = free_number(notes.branches, spec.claim->branches->most, spec.name, branch);
    auto object = with_notes(*stored, spec.name, project, notes);
    auto keeping = kube_.apply(std::move(object));
    co_await std::move(keeping);
  }
  notes.branches.current = branch;
  auto leading = lead_to(spec, project, secret_value(stored, password_key), notes);
  co_await std::move(leading);
}

Task<BranchRecord> Claims::branches(const AddonSpec& spec, std::string project) {
  auto getting = kube_.get("v1", "Secret", project, secret_name(spec.name));
  co_return notes_of(co_await std::move(getting)).branches;
}

Task<> Claims::remove_branch(const AddonSpec& spec, std::string project, std::string branch) {
  auto getting = kube_.get("v1", "Secret", project, secret_name(spec.name));
  const auto stored = co_await std::move(getting);
  auto notes = notes_of(stored);
  const auto known = notes.branches.numbers.find(branch);
  if (!stored || !spec.claim || !spec.claim->branches || known == notes.branches.numbers.end()) co_return;
  const Branch removed{branch, known->second};
  auto collecting = values(spec, project, {}, removed);
  auto values_of_it = co_await std::move(collecting);
  auto running = commands_.run(spec.space, spec.claim->branches->remove, std::move(values_of_it),
                               "cannot remove what the branch " + branch + " of " + project + " has in " + spec.name);
  co_await std::move(running);
  notes.branches.numbers.erase(known);
  auto object = with_notes(*stored, spec.name, project, notes);
  auto applying = kube_.apply(std::move(object));
  co_await std::move(applying);
}

}  // namespace gf::addon
