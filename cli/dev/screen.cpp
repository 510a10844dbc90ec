#include "dev/screen.hpp"

#include <algorithm>

#include "render/state_words.hpp"
#include "render/table.hpp"

namespace gf::cli {

namespace {

using Lines = std::vector<std::string>;

constexpr std::size_t shown_output = 12, shown_saves = 5;
constexpr const char *red = "31", *yellow = "33", *bold = "1", *dim = "2";

/// What stays of a section when there is too little room: its first lines with a word about the others or without, or
/// its last ones below the first few (`head`).
enum class Keep { first, first_silently, last };

/// A part of the screen. It gets `least` rows (its title among them) before any other gets more than that.
struct Section {
  std::string title;
  Lines lines;
  std::size_t least = 0;
  Keep keep = Keep::first;
  std::size_t head = 0;

  std::size_t wanted() const { return lines.empty() ? 0 : lines.size() + 1; }
};

std::string in_color(const std::string& text, const char* code, bool color) {
  return color ? std::string("\033[") + code + 'm' + text + "\033[0m" : text;
}

Lines split(const std::string& text) {
  Lines lines;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

/// A trouble's first line, and of what follows the end: there a build says why.
void add_trouble(const std::string& text, std::size_t most, bool color, Lines& lines) {
  auto all = split(text);
  if (all.empty()) return;
  lines.push_back(in_color("✗ " + without_controls(all.front()), red, color));
  const auto rest = std::min(all.size() - 1, most);
  for (auto line = all.end() - static_cast<std::ptrdiff_t>(rest); line != all.end(); ++line)
    lines.push_back("  " + without_controls(*line));
}

Section errors(const DevView& view, std::size_t rows, bool color) {
  Section section{"errors", {}, 6};
  for (const auto& [name, text] : view.troubles) add_trouble(text, rows / 4, color, section.lines);
  for (const auto& warning : view.warnings)
    section.lines.push_back(in_color("! " + without_controls(warning), yellow, color));
  if (section.lines.size() > rows / 2) section.lines.resize(rows / 2);
  return section;
}

/// An app's own line: its replicas, its address, what it waits for.
std::string app_line(const std::string& name, const Json& app, bool color) {
  const auto state = app.value("state", ""), url = app.value("url", ""), reason = app.value("reason", "");
  auto line = name + ": " + paint(state, color) + ", " + std::to_string(app.value("ready", 0)) + " of " +
              std::to_string(app.value("replicas", 0)) + " ready" + (url.empty() ? "" : ", " + url);
  if (!reason.empty() && state != "ready") line += ", " + without_controls(reason.substr(0, reason.find('\n')));
  if (app.value("rolled_back", false)) line += ", rolled back";
  if (app.contains("delivery")) line += ", new version: " + app["delivery"].value("phase", "");
  return line;
}

Section apps(const DevView& view, bool color) {
  Section section{"apps", {}, 5};
  for (const auto& [name, app] : view.apps) {
    section.lines.push_back(app_line(name, app, color));
    std::vector<Lines> rows;
    for (const auto& pod : app.value("pods", Json::array()))
      rows.push_back({pod.value("name", ""), paint(pod.value("state", ""), color), version_text(pod),
                      pod.value("synced", false) ? "synced" : "-",
                      count_text(pod.value("restarts", std::uint64_t{0}), "restart")});
    for (auto& line : split(table(rows, "  "))) section.lines.push_back(std::move(line));
  }
  std::string addons;
  for (const auto& [name, addon] : view.addons)
    if (const auto state = addon.value("state", ""); state != "disabled")
      addons += (addons.empty() ? "addons: " : ", ") + name + ' ' + paint(state, color);
  if (!addons.empty()) section.lines.push_back(addons);
  return section;
}

Section saves(const DevView& view, bool color) {
  Section section{"last saves", {}, 2, Keep::first_silently};
  for (const auto& save : view.saves) {
    if (section.lines.size() == shown_saves) break;
    section.lines.push_back(in_color(local_time_text(save.value("time", 0.0)).substr(11), dim, color) + ' ' +
                            save.value("app", "") + ' ' + count_text(save.value("files", std::uint64_t{0}), "file") +
                            ' ' + bytes_text(save.value("bytes", std::uint64_t{0})) + " ×" +
                            std::to_string(save.value("replicas", std::uint64_t{0})) + "  " + phases_text(save));
  }
  return section;
}

Section works(const DevView& view, std::size_t columns, bool color) {
  Section section{"running", {}, 5, Keep::last, 2};  // which operation, and its first step
  for (const auto& [id, work] : view.works) {
    section.lines.push_back(in_color(work.title, bold, color));
    for (auto& line : work.tree.lines(view.now, columns, color)) section.lines.push_back(std::move(line));
    const auto shown = std::min(work.output.size(), shown_output);
    for (auto line = work.output.end() - static_cast<std::ptrdiff_t>(shown); line != work.output.end(); ++line)
      section.lines.push_back(in_color("│ " + without_controls(*line), dim, color));
  }
  return section;
}

Section logs(const DevView& view, std::size_t rows, bool color) {
  Section section{"logs", {}, 4, Keep::last};
  if (!view.shows_logs) return section;
  const auto shown = std::min(view.logs.size(), rows);
  for (auto line = view.logs.end() - static_cast<std::ptrdiff_t>(shown); line != view.logs.end(); ++line)
    section.lines.push_back(in_color(line->value("pod", ""), dim, color) + "  " +
                            without_controls(line->value("line", "")));
  if (section.lines.empty()) section.lines.push_back(in_color("nothing yet", dim, color));
  return section;
}

std::string head(const DevView& view, bool color) {
  auto text = in_color(view.name, bold, color) + ' ' + paint(view.project.value("state", "starting"), color);
  if (view.project.contains("commit")) {
    const auto branch = view.project.value("branch", "");
    text += ", " + (branch.empty() ? "detached" : branch) + ' ' + version_text(view.project);
  }
  text += "  cluster " + paint(view.cluster.value("state", ""), color);
  return text + ", " + count_text(view.cluster.value("nodes", Json::array()).size(), "node");
}

/// The rows that each section gets of `rows`.
std::vector<std::size_t> share(const std::vector<Section>& sections, std::size_t rows) {
  std::vector<std::size_t> given(sections.size(), 0);
  for (std::size_t i = 0; i < sections.size(); ++i) {
    const auto first = std::min(sections[i].wanted(), sections[i].least);
    if (first > rows) continue;
    given[i] = first;
    rows -= first;
  }
  for (std::size_t i = 0; i < sections.size(); ++i) {
    if (given[i] == 0) continue;
    const auto more = std::min(sections[i].wanted() - given[i], rows);
    given[i] += more;
    rows -= more;
  }
  return given;
}

void append(const Section& section, std::size_t rows, std::size_t columns, bool color, Lines& screen) {
  if (rows == 0) return;
  auto rule = "── " + section.title + ' ';
  for (auto width = section.title.size() + 4; width < columns; ++width) rule += "─";
  screen.push_back(in_color(rule, dim, color));
  const auto room = rows - 1;
  const auto count = section.lines.size();
  auto first = std::min(count, room), last = std::size_t{0};
  if (count > room && section.keep == Keep::first) first = room - 1;
  if (count > room && section.keep == Keep::last) {
    first = std::min(section.head, room - 1);
    last = room - first;
  }
  screen.insert(screen.end(), section.lines.begin(), section.lines.begin() + static_cast<std::ptrdiff_t>(first));
  screen.insert(screen.end(), section.lines.end() - static_cast<std::ptrdiff_t>(last), section.lines.end());
  if (first + last < room && first + last < count) screen.push_back("  … " + std::to_string(count - first) + " more");
}

}  // namespace

std::string without_controls(const std::string& text) {
  std::string kept;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte == 0x1b && at + 1 < text.size() && text[at + 1] == '[') {  // up to the letter that ends the sequence
      at += 2;
      while (at < text.size() && (text[at] < '@' || text[at] > '~')) ++at;
    } else if (byte == '\t' || byte == '\n') {
      kept += "  ";
    } else if (byte == 0xc2 && at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) < 0xa0) {
      ++at;  // controls of the second kind, in UTF-8
    } else if (byte >= 0x20 && byte != 0x7f) {
      kept += text[at];
    }
  }
  return kept;
}

std::vector<std::string> compose(const DevView& view, ScreenSize size, bool color) {
  const auto body = size.rows > 2 ? size.rows - 2 : 0;
  const std::vector<Section> sections{errors(view, body, color), apps(view, color), saves(view, color),
                                      works(view, size.columns, color), logs(view, body, color)};
  const auto given = share(sections, body);
  Lines screen{head(view, color)};
  for (std::size_t i = 0; i < sections.size(); ++i) append(sections[i], given[i], size.columns, color, screen);
  screen.resize(std::max<std::size_t>(size.rows, 1) - (size.rows > 1 ? 1 : 0));
  if (size.rows > 1)
    screen.push_back(in_color(view.notice.empty()
                                  ? std::string("q quit   l logs ") + (view.shows_logs ? "off" : "on") + "   r up again"
                                  : without_controls(view.notice),
                              dim, color));
  for (auto& line : screen) line = cut(line, size.columns);
  return screen;
}

}  // namespace gf::cli
