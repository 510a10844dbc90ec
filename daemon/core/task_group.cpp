#include "core/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <cassert>

#include "protocol/error.hpp"

namespace gf {

TaskGroup::TaskGroup(Executor executor, FailureSink on_failure)
    : executor_(executor),
      on_failure_(std::move(on_failure)),
      children_(std::make_shared<std::list<Child>>()),
      ended_(std::make_shared<Signal>(executor)) {}

TaskGroup::~TaskGroup() { assert(children_->empty() && "a TaskGroup must be stopped before it dies"); }

void TaskGroup::spawn(std::string name, Task<> task) {
  if (stopping_) return;
  auto& child = children_->emplace_back();
  child.name = std::move(name);
  const auto self = std::prev(children_->end());
  auto on_end = [children = children_, ended = ended_, self, on_failure = on_failure_](std::exception_ptr thrown) {
    const std::string child_name = self->name;
    children->erase(self);
    if (thrown && on_failure && error_from(thrown).code() != ErrorCode::cancelled) on_failure(child_name, thrown);
    ended->notify_all();
  };
  net::co_spawn(executor_, std::move(task), net::bind_cancellation_slot(child.cancel.slot(), std::move(on_end)));
}

void TaskGroup::cancel() {
  // emit() may end a child at once and unlink it, others with it: walk a copy of the iterators' order carefully.
  for (auto it = children_->begin(); it != children_->end();) {
    auto current = it++;
    current->cancel.emit(net::cancellation_type::terminal);
  }
}

Task<> TaskGroup::join() {
  while (!children_->empty()) co_await ended_->wait();
}

Task<> TaskGroup::stop() {
  co_await net::this_coro::reset_cancellation_state(net::disable_cancellation());
  stopping_ = true;
  cancel();
  co_await join();
}

}  // namespace gf
