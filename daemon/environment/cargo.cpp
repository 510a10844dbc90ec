#include "environment/cargo.hpp"

namespace gf::environment {

void Cargo::deliver(std::vector<std::string> references) {
  --producers_;
  waiting_.insert(waiting_.end(), references.begin(), references.end());
  all_.insert(all_.end(), references.begin(), references.end());
  changed_.notify_all();
}

Task<std::vector<std::string>> Cargo::take() {
  while (waiting_.empty() && producers_ > 0) {
    auto waiting = changed_.wait();
    co_await std::move(waiting);
  }
  co_return std::exchange(waiting_, {});
}

}  // namespace gf::environment
