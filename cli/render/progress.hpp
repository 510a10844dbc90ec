#pragma once
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "protocol/operation.hpp"

namespace gf::cli {

/// "2026-11-24 22:49:22", local.
std::string local_time_text(double seconds);
/// "1.2 s", "3 min 04 s"
std::string duration_text(double seconds);
/// "812 B", "12.3 kB", "1200.0 MB"
std::string bytes_text(std::uint64_t bytes);
/// "3 of 7 steps", "12.3 of 80.0 MB"
std::string amount_text(std::uint64_t done, std::uint64_t total, const std::string& unit);

/// The steps of an operation as its events tell them. Pure: events and time in, lines out.
class ProgressTree {
 public:
  void add(const Event& event);
  /// The tree as it looks at `now` (seconds since the epoch), cut to `width` columns. Finished steps stand without
  /// their children; the running ones show their newest log line.
  std::vector<std::string> lines(double now, std::size_t width, bool color) const;
  /// One line for a step that begins or ends, "" for other events: for output that is no terminal.
  std::string plain(const Event& event) const;

 private:
  struct Node {
    std::string title, state = "running", log;
    std::uint64_t parent = 0, done = 0, total = 0;
    std::string unit;
    double began = 0, seconds = 0;
    std::vector<std::uint64_t> children;
  };
  void append(std::uint64_t id, int depth, double now, std::size_t width, bool color,
              std::vector<std::string>& lines) const;
  std::map<std::uint64_t, Node> nodes_;
  std::vector<std::uint64_t> top_;
};

/// Cuts to `columns` terminal columns; UTF-8 sequences count as one.
std::string cut(const std::string& text, std::size_t columns);

}  // namespace gf::cli
