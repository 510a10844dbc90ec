#pragma once

namespace gf::cluster {

/// Free ports on 127.0.0.1 in a row, ours while this lives: no other daemon on this machine reserves them meanwhile, so
/// that two that create clusters at once do not publish the same ones. The kernel gives them back at our death.
class PortBlock {
 public:
  /// `count` ports, at most 100. Throws Error(port_taken) when there are no such.
  static PortBlock reserve(int count);
  PortBlock(PortBlock&& other) noexcept;
  PortBlock& operator=(PortBlock&&) = delete;
  ~PortBlock();

  int first() const { return first_; }

 private:
  PortBlock(int first, int mark) : first_(first), mark_(mark) {}
  int first_;
  int mark_;  ///< the socket whose name says that the block is taken
};

}  // namespace gf::cluster
