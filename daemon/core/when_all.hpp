#pragma once
#include <optional>
#include <vector>

#include "core/task.hpp"

namespace gf {

/// Runs all tasks at once and resumes when every one has ended. The first failure cancels the others and is rethrown:
/// by order of completion, so that the real error wins over the cancellations it caused. Cancelling cancels all.
Task<> when_all(std::vector<Task<>> tasks);

namespace detail {
template <class T>
Task<> store(Task<T> task, std::optional<T>* slot) {
  slot->emplace(co_await std::move(task));
}
}  // namespace detail

/// The same for tasks with values: the values in the order of the tasks.
template <class T>
Task<std::vector<T>> when_all(std::vector<Task<T>> tasks) {
  std::vector<std::optional<T>> slots(tasks.size());
  std::vector<Task<>> stores;
  for (std::size_t i = 0; i < tasks.size(); ++i) stores.push_back(detail::store(std::move(tasks[i]), &slots[i]));
  auto all = when_all(std::move(stores));
  co_await std::move(all);
  std::vector<T> values;
  for (auto& slot : slots) values.push_back(std::move(*slot));
  co_return values;
}

}  // namespace gf
