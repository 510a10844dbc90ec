#include "dev/full_screen.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>

namespace gf::cli {

FullScreen::FullScreen() {
  has_keys_ = ::isatty(STDIN_FILENO) != 0 && ::tcgetattr(STDIN_FILENO, &before_) == 0;
  if (has_keys_) {
    auto keys = before_;
    keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    // Ctrl-C stays a signal; nothing else may leave this screen behind.
    keys.c_cc[VSUSP] = keys.c_cc[VQUIT] = _POSIX_VDISABLE;
    ::tcsetattr(STDIN_FILENO, TCSANOW, &keys);
  }
  std::cout << "\033[?1049h\033[?25l\033[?7l" << std::flush;  // the other screen, no cursor, no line goes on below
}

FullScreen::~FullScreen() {
  std::cout << "\033[?7h\033[?25h\033[?1049l" << std::flush;
  if (has_keys_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

ScreenSize FullScreen::size() const {
  winsize seen{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &seen) != 0 || seen.ws_col == 0 || seen.ws_row == 0) return {};
  return {seen.ws_col, seen.ws_row};
}

void FullScreen::draw(const std::vector<std::string>& lines) {
  std::string text;
  if (drawn_.size() != lines.size()) {
    text = "\033[2J";
    drawn_.assign(lines.size(), {});
  }
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (lines[i] != drawn_[i]) text += "\033[" + std::to_string(i + 1) + ";1H" + lines[i] + "\033[K";
  drawn_ = lines;
  std::cout << text << std::flush;
}

}  // namespace gf::cli
