#include "supervise/command_line.hpp"

#include <cstdlib>
#include <string_view>

namespace gf::supervise {

namespace {

constexpr double longest_seconds = 86400;

std::optional<milliseconds> read_seconds(const char* text) {
  char* end = nullptr;
  const double value = std::strtod(text, &end);
  if (end == text || *end != '\0' || !(value >= 0 && value <= longest_seconds)) return std::nullopt;
  return milliseconds(static_cast<long>(value * 1000));
}

}  // namespace

std::optional<CommandLine> read_command_line(int argc, char** argv) {
  CommandLine line;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view option = argv[i];
    if (option == "--") {
      line.program = argv + i + 1;
      return line;
    }
    const auto time = read_seconds(argv[i + 1]);
    if (!time) return std::nullopt;
    if (option == "--grace")
      line.limits.grace = *time;
    else if (option == "--trial")
      line.limits.trial = *time;
    else if (option == "--patience")
      line.limits.patience = *time;
    else
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace gf::supervise
