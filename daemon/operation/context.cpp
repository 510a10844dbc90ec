#include "operation/context.hpp"

namespace gf::operation {

Task<> run_step(Context& context, std::string title, std::function<Task<>(Context&)> body) {
  const auto step = context.begin(std::move(title));
  std::exception_ptr thrown;
  try {
    auto work = body(*step);
    co_await std::move(work);
  } catch (...) {
    thrown = std::current_exception();
  }
  step->finish(thrown);
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace gf::operation
