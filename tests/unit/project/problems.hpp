#pragma once
#include <doctest/doctest.h>

#include "project/project_file.hpp"
#include "protocol/error.hpp"

namespace gf::project {

/// What the text is refused with, a line each; empty when it is taken.
inline std::string problems_of(const std::string& text, const Vocabulary& vocabulary) {
  try {
    parse(text, "/r", vocabulary);
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::bad_config);
    return error.cause();
  }
  return {};
}

}  // namespace gf::project
