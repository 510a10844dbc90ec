#include "confirm.hpp"

#include <unistd.h>

#include <iostream>

#include "protocol/error.hpp"

namespace gf::cli {

void confirm(const std::string& question, bool yes) {
  if (yes) return;
  if (::isatty(STDIN_FILENO) == 0)
    throw Error(ErrorCode::usage, "cannot ask whether to go on: there is no terminal", "--yes says so beforehand");
  std::cerr << question << " Go on? [y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  if (answer != "y" && answer != "Y" && answer != "yes") throw Error(ErrorCode::cancelled, "cancelled");
}

}  // namespace gf::cli
