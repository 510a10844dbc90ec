#include "log_filter.hpp"

#include <boost/regex.hpp>
#include <charconv>
#include <chrono>
#include <map>

#include "protocol/error.hpp"

namespace gf::cli {

namespace {

/// The digits of `text` at `at`; nullopt when they are no number between `least` and `most`.
std::optional<int> number_at(std::string_view text, std::size_t at, std::size_t digits, int least, int most) {
  int value = 0;
  if (text.size() < at + digits || text[at] < '0' || text[at] > '9') return std::nullopt;
  const auto* begin = text.data() + at;
  const auto [end, error] = std::from_chars(begin, begin + digits, value);
  if (error != std::errc() || end != begin + digits || value < least || value > most) return std::nullopt;
  return value;
}

/// Seconds east of UTC of "Z" or "+01:00".
std::optional<int> offset_from(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const auto hours = number_at(text, 1, 2, 0, 23), minutes = number_at(text, 4, 2, 0, 59);
  if (!hours || !minutes) return std::nullopt;
  return (text[0] == '-' ? -60 : 60) * (*hours * 60 + *minutes);
}

constexpr double longest = 1e9;  ///< no log goes back that far

/// nullopt when it is no length of time.
std::optional<double> length_from(const std::string& text) {
  static const std::map<std::string, double> units{{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
  double count = 0;
  const auto* end_of_text = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), end_of_text, count, std::chars_format::fixed);
  const auto unit = units.find(std::string(end, end_of_text));
  if (error != std::errc() || unit == units.end() || count < 0 || count * unit->second > longest) return std::nullopt;
  return count * unit->second;
}

}  // namespace

std::optional<double> time_from(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') || text[13] != ':' ||
      text[16] != ':')
    return std::nullopt;
  const auto year = number_at(text, 0, 4, 1970, 9999), month = number_at(text, 5, 2, 1, 12),
             day = number_at(text, 8, 2, 1, 31), hour = number_at(text, 11, 2, 0, 23),
             minute = number_at(text, 14, 2, 0, 59), second = number_at(text, 17, 2, 0, 60);
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  auto rest = text.substr(19);
  double fraction = 0;
  if (rest.starts_with('.')) {
    std::size_t digits = 1;
    double weight = 0.1;
    for (; digits < rest.size() && rest[digits] >= '0' && rest[digits] <= '9'; ++digits, weight /= 10)
      fraction += weight * (rest[digits] - '0');
    if (digits == 1) return std::nullopt;
    rest.remove_prefix(digits);
  }
  const auto offset = offset_from(rest);
  if (!offset) return std::nullopt;
  const auto days = std::chrono::sys_days(date).time_since_epoch().count();
  return static_cast<double>(days) * 86400 + *hour * 3600 + *minute * 60 + *second + fraction - *offset;
}

double since_from(const std::string& text, double now) {
  if (const auto length = length_from(text)) return now - *length;
  if (const auto time = time_from(text)) return *time;
  throw Error(ErrorCode::usage, "cannot understand --since '" + text + "': it is neither a length of time nor a time",
              "--since 5m, --since 2h or --since 2026-11-24T22:49:22Z");
}

struct LineFilter::Compiled {
  boost::regex expression;
};

LineFilter::LineFilter(const std::string& pattern) {
  if (pattern.empty()) return;
  try {
    compiled_ = std::make_shared<const Compiled>(Compiled{boost::regex(pattern)});
  } catch (const boost::regex_error& error) {
    const auto place = static_cast<std::size_t>(std::max<std::ptrdiff_t>(error.position(), 0));
    std::string reason = error.what();
    reason.resize(std::min(reason.find("  The error occurred"), reason.size()));
    throw Error(ErrorCode::usage,
                "cannot use --grep '" + pattern + "': a fault at character " + std::to_string(place + 1),
                "put a backslash before a character that is meant as such", reason);
  }
}

bool LineFilter::wants(const std::string& line) const {
  if (!compiled_) return true;
  try {
    return boost::regex_search(line, compiled_->expression);
  } catch (const std::runtime_error&) {  // Boost's own limit: the alternative is to search for ever
    throw Error(ErrorCode::usage, "cannot go on with --grep: the expression takes too long on a line of the log",
                "one without repetitions inside of repetitions");
  }
}

Json with_record(Json line) {
  const auto text = line.value("line", "");
  if (!text.starts_with('{')) return line;
  auto record = Json::parse(text, nullptr, false);
  if (record.is_object()) line["record"] = std::move(record);
  return line;
}

}  // namespace gf::cli
