#pragma once
#include "backup/store.hpp"
#include "container/engine.hpp"
#include "core/clock.hpp"
#include "core/offload.hpp"
#include "operation/context.hpp"

namespace gf::backup {

/// How an addon's script ended.
struct ScriptEnd {
  std::optional<int> exit_code;  ///< none: we did not hear of its end
  std::string errors;            ///< the end of what it said
  bool replacing = false;        ///< a restore had begun to replace content that cannot be replaced as a whole
};

/// Moves backups between running scripts and files, a piece at a time: whoever is slower sets the pace.
class Transfer {
 public:
  Transfer(Executor executor, Clock& clock, WorkerPool& workers)
      : executor_(executor), clock_(clock), workers_(workers) {}

  /// What the script writes goes into `sink`.
  Task<ScriptEnd> dump(container::ExecStream& script, std::shared_ptr<FileSink> sink, operation::Context& step);
  /// The file goes into the script. How that ended is in `end` in any case, also when this throws: when it is cancelled
  /// the script sees its input end too early, and is given a little time to set things right again.
  Task<> restore(container::ExecStream& script, std::filesystem::path file, std::uint64_t bytes, ScriptEnd& end,
                 operation::Context& step);
  /// Reads the whole file. Throws Error(internal) when it does not hold that.
  Task<> verify(std::filesystem::path file, Content content, operation::Context& step);

 private:
  struct Feeding {
    bool whole = false;             ///< all of the file went in
    std::exception_ptr unreadable;  ///< why not, when it was the file's fault
  };
  Task<> feed(container::ExecStream& script, std::filesystem::path file, std::uint64_t bytes, Feeding& feeding,
              operation::Context& step);
  Task<> listen(container::ExecStream& script, ScriptEnd& end);

  Executor executor_;
  Clock& clock_;
  WorkerPool& workers_;
};

}  // namespace gf::backup
