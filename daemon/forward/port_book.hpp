#pragma once
#include <functional>
#include <map>
#include <string>

#include "state/document.hpp"

namespace gf::forward {

/// Which name has which localhost port: remembered, so that bookmarks and configurations stay true.
class PortBook {
 public:
  explicit PortBook(state::Document document);

  /// The port for `name` by trying candidates with `take` (true = it is ours now): the remembered one as long as the
  /// preference is the same, the preferred one, then the free range without what other names have.
  /// Throws Error(port_taken) when no candidate could be taken, Error(state_unwritable).
  int assign(const std::string& name, int preferred, const std::function<bool(int port)>& take);

  /// A sentence about a damaged file that was kept aside, else "".
  std::string warning() const;

  static constexpr int first_free = 20000, last_free = 29999;

 private:
  struct Entry {
    int preferred = 0, port = 0;
  };
  bool belongs_to_another(const std::string& name, int port) const;
  void save();

  state::Document document_;
  std::map<std::string, Entry> entries_;
};

}  // namespace gf::forward
