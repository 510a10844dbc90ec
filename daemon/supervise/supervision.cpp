#include "supervise/supervision.hpp"

#include <csignal>
#include <cstdio>

namespace gf::supervise {

namespace {

using Kind = Action::Kind;

/// How long what was killed may take to vanish, before the program is started without waiting for it any longer.
constexpr milliseconds vanishing(1000);

Action timer(milliseconds time) { return {Kind::timer, time.count()}; }
Action tell(std::string text) { return {Kind::tell, 0, std::move(text)}; }

/// "1.5 s"
std::string seconds(milliseconds time) {
  char text[32];
  std::snprintf(text, sizeof text, "%g s", static_cast<double>(time.count()) / 1000);
  return text;
}

}  // namespace

Actions Supervision::begin() { return {timer(limits_.trial), {Kind::start}}; }

Actions Supervision::start_anew() {
  state_ = State::running;
  restarted_ = on_trial_ = true;
  ended_ = group_gone_ = false;
  return {timer(limits_.trial), {Kind::start}};
}

Actions Supervision::hold(int status) {
  state_ = State::held;
  status_ = status;
  const auto ended = "the program ended with status " + std::to_string(status);
  // Nobody is left to answer, so nobody may hold its sockets.
  if (restarted_)
    return {{Kind::signal_group, SIGKILL},
            {Kind::no_timer},
            tell(ended + " after a restart; the next saved change starts it")};
  return {
      {Kind::signal_group, SIGKILL},
      timer(limits_.patience),
      tell(ended + "; newer files within " + seconds(limits_.patience) + " start it again, else the container ends")};
}

Actions Supervision::on_restart() {
  if (state_ == State::running) {
    state_ = State::ending;
    return {tell("files have changed: restart"), {Kind::signal_group, SIGTERM}, timer(limits_.grace)};
  }
  if (state_ != State::held) return {};
  if (group_gone_) return start_anew();
  state_ = State::killing;
  return {timer(vanishing)};
}

Actions Supervision::on_signal(int number) {
  switch (state_) {
    case State::running:
      on_trial_ = false;
      if (number == SIGTERM) state_ = State::leaving;
      return {{Kind::no_timer}, {Kind::pass_on, number}};
    case State::leaving:
      return {{Kind::pass_on, number}};
    case State::ending:
    case State::killing:
      if (number == SIGTERM && ended_) return {{Kind::leave, status_}};
      if (ended_) return {};
      if (number != SIGTERM) return {{Kind::pass_on, number}};
      state_ = State::leaving;  // it has TERM already
      return {{Kind::no_timer}};
    case State::held:
      if (number == SIGTERM || number == SIGINT || number == SIGQUIT) return {{Kind::leave, status_}};
      return {};
  }
  return {};
}

Actions Supervision::on_ended(int status) {
  ended_ = true;
  if (state_ == State::running && on_trial_ && (restarted_ || status != 0)) return hold(status);
  status_ = status;
  if (state_ == State::running || state_ == State::leaving) return {{Kind::leave, status}};
  return {};
}

Actions Supervision::on_group_gone() {
  group_gone_ = true;
  return state_ == State::ending || state_ == State::killing ? start_anew() : Actions();
}

Actions Supervision::on_timer() {
  switch (state_) {
    case State::running:
      on_trial_ = false;
      return {};
    case State::ending:
      state_ = State::killing;
      return {tell("not everything ended within " + seconds(limits_.grace) + " after TERM: killed"),
              {Kind::signal_group, SIGKILL},
              timer(vanishing)};
    case State::killing:
      return ended_ ? start_anew() : Actions{timer(vanishing)};
    case State::held:
      return {{Kind::leave, status_}};
    case State::leaving:
      return {};
  }
  return {};
}

}  // namespace gf::supervise
