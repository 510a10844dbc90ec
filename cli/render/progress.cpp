#include "render/progress.hpp"

#include <cmath>
#include <cstdio>
#include <ctime>

namespace gf::cli {

namespace {

const char* mark(const std::string& state) {
  if (state == "done") return "✓";
  if (state == "failed") return "✗";
  if (state == "cancelled" || state == "skipped") return "−";
  return "·";
}

std::string colored(const std::string& text, const char* code, bool color) {
  return color ? std::string("\033[") + code + 'm' + text + "\033[0m" : text;
}

const char* color_of(const std::string& state) {
  if (state == "done") return "32";
  if (state == "failed") return "31";
  return state == "running" ? "36" : "33";
}

}  // namespace

std::string local_time_text(double seconds) {
  const auto when = static_cast<std::time_t>(seconds);
  char text[32];
  std::strftime(text, sizeof text, "%F %T", std::localtime(&when));
  return text;
}

std::string duration_text(double seconds) {
  char text[64];
  if (seconds < 60)
    std::snprintf(text, sizeof text, "%.1f s", seconds);
  else
    std::snprintf(text, sizeof text, "%d min %02d s", static_cast<int>(seconds) / 60, static_cast<int>(seconds) % 60);
  return text;
}

std::string bytes_text(std::uint64_t bytes) {
  constexpr double kb = 1000, mb = 1000 * kb;
  const auto number = static_cast<double>(bytes);
  char text[32];
  if (number < kb) return std::to_string(bytes) + " B";
  std::snprintf(text, sizeof text, number < mb ? "%.1f kB" : "%.1f MB", number / (number < mb ? kb : mb));
  return text;
}

std::string amount_text(std::uint64_t done, std::uint64_t total, const std::string& unit) {
  char text[96];
  if (unit == "bytes") {
    const double mb = 1e6;
    if (total > 0)
      std::snprintf(text, sizeof text, "%.1f of %.1f MB", static_cast<double>(done) / mb,
                    static_cast<double>(total) / mb);
    else
      std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(done) / mb);
  } else if (total > 0) {
    std::snprintf(text, sizeof text, "%llu of %llu %s", static_cast<unsigned long long>(done),
                  static_cast<unsigned long long>(total), unit.c_str());
  } else {
    std::snprintf(text, sizeof text, "%llu %s", static_cast<unsigned long long>(done), unit.c_str());
  }
  return text;
}

std::string cut(const std::string& text, std::size_t columns) {
  std::size_t width = 0, at = 0;
  while (at < text.size()) {
    if (text[at] == '\033') {  // colours take no room
      while (at < text.size() && text[at] != 'm') ++at;
      ++at;
      continue;
    }
    if (width == columns) return text.substr(0, at) + (text.find('\033') == std::string::npos ? "" : "\033[0m");
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
    ++width;
  }
  return text;
}

void ProgressTree::add(const Event& event) {
  if (event.type == EventType::operation || event.step == 0) return;
  auto [found, fresh] = nodes_.try_emplace(event.step);
  auto& node = found->second;
  if (event.type == EventType::step) {
    if (fresh) {
      node.title = event.title;
      node.parent = event.parent;
      node.began = event.time;
      (event.parent == 0 ? top_ : nodes_[event.parent].children).push_back(event.step);
    }
    node.state = event.state;
    node.seconds = event.seconds;
  } else if (event.type == EventType::progress) {
    node.done = event.done;
    node.total = event.total;
    node.unit = event.unit;
  } else {
    node.log = event.text;
  }
}

void ProgressTree::append(std::uint64_t id, int depth, double now, std::size_t width, bool color,
                          std::vector<std::string>& lines) const {
  const auto& node = nodes_.at(id);
  const bool running = node.state == "running";
  std::string line(static_cast<std::size_t>(depth) * 2, ' ');
  line += colored(mark(node.state), color_of(node.state), color) + ' ' + node.title;
  if (running && node.total > 0) line += "  " + amount_text(node.done, node.total, node.unit);
  line += "  " + colored(duration_text(running ? now - node.began : node.seconds), "2", color);
  lines.push_back(cut(line, width));
  if (node.state == "done" || node.state == "skipped") return;
  for (const auto child : node.children) append(child, depth + 1, now, width, color, lines);
  if (running && !node.log.empty() && node.children.empty())
    lines.push_back(
        cut(std::string(static_cast<std::size_t>(depth) * 2 + 2, ' ') + colored(node.log, "2", color), width));
}

std::vector<std::string> ProgressTree::lines(double now, std::size_t width, bool color) const {
  std::vector<std::string> all;
  for (const auto id : top_) append(id, 0, now, width, color, all);
  return all;
}

std::string ProgressTree::plain(const Event& event) const {
  if (event.type != EventType::step) return {};
  std::string title;
  for (auto id = event.step; id != 0 && nodes_.contains(id); id = nodes_.at(id).parent)
    title = nodes_.at(id).title + (title.empty() ? "" : ": " + title);
  if (event.state == "running") return "begin  " + title;
  std::string state = event.state;
  state.resize(std::max<std::size_t>(state.size(), 6), ' ');
  return state + ' ' + title + " (" + duration_text(event.seconds) + ')';
}

}  // namespace gf::cli
