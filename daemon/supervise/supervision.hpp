#pragma once
#include <chrono>
#include <string>
#include <vector>

namespace gf::supervise {

using std::chrono::milliseconds;

/// How long things may take.
struct Limits {
  milliseconds grace{5000};     ///< from TERM to KILL at a restart: what a program gets when its pod ends, too
  milliseconds trial{30000};    ///< a program that ends so soon after its start could not start
  milliseconds patience{3000};  ///< so long a first start that failed is kept for a restart
};

/// What is to be done.
struct Action {
  enum class Kind {
    start,         ///< the program, anew
    pass_on,       ///< signal `value` to the program itself
    signal_group,  ///< signal `value` to the program and all that it has started
    timer,         ///< call on_timer() in `value` milliseconds and not as said before
    no_timer,      ///< do not call it
    leave,         ///< end with status `value`
    tell,          ///< `text` to people
  };
  Kind kind;
  long value = 0;
  std::string text = {};
};
using Actions = std::vector<Action>;

/// Decides how a program is started, restarted and left. Pure: events in, actions out, to be done in their order.
///
///               restart                 group gone, or KILL did its work
///   running ──────────────▶ ending ─ grace over ─▶ killing ──────────────▶ running, on trial
///      │ ended by itself
///      ├─ on trial ─▶ held ── restart ──▶ running, on trial
///      └─ else ─────▶ leave with its status, as if nobody supervised it
///
/// It is on trial for a while after each start. Ended then, after a restart: what was saved is broken, and the next
/// save will mend it; it is held without limit, as the container would lose what was written into it. Ended so after
/// the container's start, with a failure: the image may be older than the checkout, whose files are on their way; it
/// is held for Limits::patience only. A signal from outside ends the trial: then the end is what somebody wanted.
class Supervision {
 public:
  explicit Supervision(Limits limits) : limits_(limits) {}

  Actions begin();
  /// Files have changed. Requests that come before the program has been started again are one.
  Actions on_restart();
  /// Any other signal. TERM is the end of the container: nothing is started after it.
  Actions on_signal(int number);
  /// The program has ended. `status` as a shell tells it: 128 + the signal that ended it.
  Actions on_ended(int status);
  /// Nothing that it has started is left in its group either; comes after on_ended().
  Actions on_group_gone();
  Actions on_timer();

 private:
  enum class State { running, ending, killing, held, leaving };
  Actions start_anew();
  Actions hold(int status);

  Limits limits_;
  State state_ = State::running;
  bool restarted_ = false;  ///< at least once
  bool on_trial_ = true;    ///< running: its end would be held
  bool ended_ = false, group_gone_ = false;
  int status_ = 0;  ///< of the last end
};

}  // namespace gf::supervise
