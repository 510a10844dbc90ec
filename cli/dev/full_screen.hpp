#pragma once
#include <termios.h>

#include "dev/screen.hpp"

namespace gf::cli {

/// The terminal's other screen, without cursor, and its keys one by one, while this lives; then all is as before.
class FullScreen {
 public:
  FullScreen();
  ~FullScreen();
  FullScreen(const FullScreen&) = delete;
  FullScreen& operator=(const FullScreen&) = delete;

  ScreenSize size() const;
  /// Writes the lines that differ from those drawn before.
  void draw(const std::vector<std::string>& lines);
  /// What is drawn next is drawn whole: after a change of the size.
  void forget() { drawn_.clear(); }

 private:
  termios before_{};
  bool has_keys_ = false;
  std::vector<std::string> drawn_;
};

}  // namespace gf::cli
