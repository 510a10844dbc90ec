#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace gf::model {

class World;

/// Something that a person, an editor, Git or fate does. It means what it means by its numbers and by what is there
/// when it is done; where it makes no sense (no such file) nothing happens. So any part of a sequence is a sequence.
struct Step {
  std::size_t kind = 0;          ///< row of the table in steps.cpp
  unsigned a = 0, b = 0, c = 0;  ///< which files, how large, which branch …
  unsigned pause = 0;            ///< so many milliseconds go by afterwards
  bool settles = false;          ///< everything must have come to rest before the next step
};

/// Pure: the same seed, the same steps.
std::vector<Step> random_steps(std::uint64_t seed, std::size_t count);
void perform(World& world, const Step& step);
/// One line for people.
std::string describe(const Step& step);

}  // namespace gf::model
