#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/json.hpp"

namespace gf::cli {

/// Seconds since the epoch of a time by RFC 3339 ("2026-11-24T22:49:22.5+01:00"); nullopt for everything else.
std::optional<double> time_from(std::string_view text);

/// The instant that `--since` names: so long before `now` ("90s", "5m", "2h", "1d"), or a time by RFC 3339.
/// Throws Error(usage).
double since_from(const std::string& text, double now);

/// The lines in which a regular expression (Perl's) is found.
class LineFilter {
 public:
  /// Throws Error(usage) with the place of the fault. An empty one wants every line.
  explicit LineFilter(const std::string& pattern);
  /// Throws Error(usage) when the expression takes too long on this line.
  bool wants(const std::string& line) const;

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
};

/// A line of the log with its text parsed, as `record`, when that is a JSON object.
Json with_record(Json line);

}  // namespace gf::cli
