#include "protocol/strategy.hpp"

namespace gf {

std::string_view name(Strategy strategy) {
  switch (strategy) {
    case Strategy::rolling:
      return "rolling";
    case Strategy::canary:
      return "canary";
    case Strategy::blue_green:
      return "blue-green";
  }
  return "rolling";
}

}  // namespace gf
