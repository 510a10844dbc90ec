#pragma once
#include "operation/context.hpp"

namespace gf::operation {

/// A Context for work that is nobody's step.
class Silent final : public Context {
 public:
  void progress(std::uint64_t, std::uint64_t, std::string_view) override {}
  void log(std::string_view) override {}
  std::shared_ptr<Context> begin(std::string) override { return std::make_shared<Silent>(); }
  void finish(std::exception_ptr) override {}
  void skip(std::string_view) override {}
};

}  // namespace gf::operation
