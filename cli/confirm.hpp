#pragma once
#include <string>

namespace gf::cli {

/// Asks on the terminal whether to go on with what cannot be undone; `yes` answers beforehand. Throws Error(cancelled)
/// when the user says no, Error(usage) when there is nobody to ask.
void confirm(const std::string& question, bool yes);

}  // namespace gf::cli
