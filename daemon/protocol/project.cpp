#include "protocol/project.hpp"

namespace gf {

std::string_view name(OnSync action) {
  switch (action) {
    case OnSync::none:
      return "none";
    case OnSync::reload:
      return "reload";
    case OnSync::restart:
      return "restart";
  }
  return "none";
}

}  // namespace gf
