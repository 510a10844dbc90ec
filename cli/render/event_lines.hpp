#pragma once
#include <map>
#include <string>

#include "protocol/json.hpp"
#include "render/progress.hpp"

namespace gf::cli {

/// Events of the daemon's feed as lines for people. Pure: events in, lines out.
class EventLines {
 public:
  /// "" for what has nothing new to say: progress, and states of things whose words stay the same.
  std::string line(const Json& event);

 private:
  std::string operation_words(const Json& event);
  std::map<std::string, ProgressTree> trees_;  ///< of operations that run, by id
  std::map<std::string, std::string> said_;    ///< of each thing: its last words
};

/// The words of a thing in a state event of the feed: "app shop/api ready, 2 of 2, eef27669+42a987".
std::string state_words(const Json& event);

}  // namespace gf::cli
