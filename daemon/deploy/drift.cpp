#include "deploy/drift.hpp"

namespace gf::deploy {

namespace {

node::FileState nothing_at(std::string path) {
  node::FileState state;
  state.path = std::move(path);
  return state;
}

}  // namespace

std::string_view name(Drift drift) {
  switch (drift) {
    case Drift::differs:
      return "differs";
    case Drift::lacks:
      return "lacks";
    case Drift::surplus:
      return "surplus";
  }
  return "differs";
}

std::string_view name(Verdict::State state) {
  switch (state) {
    case Verdict::State::identical:
      return "identical";
    case Verdict::State::drifted:
      return "drifted";
    case Verdict::State::repaired:
      return "repaired";
    case Verdict::State::unknown:
      return "unknown";
  }
  return "unknown";
}

Task<std::vector<DriftedFile>> drift_of_container(node::Link& link, std::string container_id, AppSpec app,
                                                  std::shared_ptr<const source::Tree> wanted,
                                                  std::vector<std::string> held) {
  std::vector<DriftedFile> drifted;
  const auto add = [&](const SyncRule& rule, const std::string& path, Drift drift) {
    drifted.push_back({path_in_checkout(rule, path), rule.to + '/' + path, drift});
  };
  for (const auto& rule : app.sync) {
    const auto now = synced_files(app, rule, *wanted);
    std::vector<node::FileState> states;
    for (const auto& file : now.files) states.push_back({file.path, file.mode, file.link, file.digest});
    auto comparing = link.compare(container_id, rule.to, std::move(states));
    const auto differing = co_await std::move(comparing);
    // A second question tells what of that is there at all, and what else is.
    const auto gone = deletes_of(now, gone_of(rule, *wanted, held));
    std::vector<node::FileState> absent;
    for (const auto index : differing) absent.push_back(nothing_at(now.files.at(index).path));
    for (const auto& path : gone) absent.push_back(nothing_at(path));
    if (absent.empty()) continue;
    auto looking = link.compare(container_id, rule.to, std::move(absent));
    const auto present = co_await std::move(looking);
    const std::set<std::size_t> there(present.begin(), present.end());
    for (std::size_t i = 0; i < differing.size(); ++i)
      add(rule, now.files.at(differing[i]).path, there.contains(i) ? Drift::differs : Drift::lacks);
    for (std::size_t i = 0; i < gone.size(); ++i)
      if (there.contains(differing.size() + i)) add(rule, gone[i], Drift::surplus);
  }
  co_return drifted;
}

}  // namespace gf::deploy
