#include "backup/retention.hpp"

#include <cmath>

namespace gf::backup {

namespace {
constexpr double day_seconds = 24 * 60 * 60;
}  // namespace

long day_of(double seconds) { return static_cast<long>(std::floor(seconds / day_seconds)); }

long week_of(double seconds) { return (day_of(seconds) + 3) / 7; }  // the epoch was a Thursday

}  // namespace gf::backup
