#include "render/state_words.hpp"

#include <cstdio>

namespace gf::cli {

std::string paint(const std::string& state, bool color) {
  if (!color) return state;
  const bool good = state == "ready" || state == "running" || state == "up" || state == "Running" ||
                    state == "listening" || state == "identical" || state == "repaired";
  const bool bad = state == "failed" || state == "broken" || state == "error" || state == "drifted";
  return (good ? "\033[32m" : bad ? "\033[31m" : "\033[33m") + state + "\033[0m";
}

std::string version_text(const Json& from) {
  const auto commit = from.value("commit", "").substr(0, 8);
  return commit.empty() ? "-" : commit + (from.value("dirty", false) ? "+" + from.value("tree", "").substr(0, 6) : "");
}

std::string count_text(std::uint64_t count, const std::string& noun) {
  return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

std::string phases_text(const Json& save) {
  constexpr double ms = 1000;
  char text[128];
  std::snprintf(text, sizeof text, "seen %.1f planned %.1f sent %.1f applied %.1f ms", save.value("seen", 0.0) * ms,
                save.value("planned", 0.0) * ms, save.value("sent", 0.0) * ms, save.value("applied", 0.0) * ms);
  return text;
}

}  // namespace gf::cli
