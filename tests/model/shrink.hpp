#pragma once
#include <algorithm>
#include <functional>
#include <vector>

namespace gf::model {

/// Pure: a part of `items` that still fails and of which (as far as `fails` answers alike each time) no single one can
/// be left out. `items` themselves fail.
template <class T>
std::vector<T> shrink(std::vector<T> items, const std::function<bool(const std::vector<T>&)>& fails) {
  for (std::size_t width = std::max<std::size_t>(items.size() / 2, 1);; width = std::max<std::size_t>(width / 2, 1)) {
    bool smaller = false;
    for (std::size_t begin = 0; begin < items.size();) {
      const auto end = std::min(begin + width, items.size());
      auto fewer = items;
      fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(begin), fewer.begin() + static_cast<std::ptrdiff_t>(end));
      if (fails(fewer)) {
        items = std::move(fewer);
        smaller = true;
      } else {
        begin = end;
      }
    }
    if (width == 1 && !smaller) return items;
  }
}

}  // namespace gf::model
