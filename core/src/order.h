#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace edgewise {

/// Positions of `keys` from the least up; equal ones stay in their order, unknown ones come last.
std::vector<std::size_t> ascending(const std::vector<double>& keys);

/// Puts items in the order of their keys. One sort for all types: a page downloads it.
template <class T, class Key>
void order_by(std::vector<T>& items, const Key& key) {
  std::vector<double> keys;
  keys.reserve(items.size());
  for (const T& item : items) keys.push_back(key(item));
  std::vector<T> out;
  out.reserve(items.size());
  for (const std::size_t i : ascending(keys)) out.push_back(std::move(items[i]));
  items = std::move(out);
}

}  // namespace edgewise
