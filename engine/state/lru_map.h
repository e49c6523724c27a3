// SPDX-License-Identifier: Apache-2.0
//
// A hash map that remembers the order of use. The owner decides when there is too much in it and takes out the
// least recently used with `pop_oldest`. `find` counts as a use, `peek` does not. Pointers to values hold until the
// value is erased or popped. One thread.
#pragma once

#include <cstddef>
#include <iterator>
#include <list>
#include <unordered_map>
#include <utility>

namespace eunomia {

template <typename Key, typename Value, typename Hash = std::hash<Key>>
class LruMap {
 public:
  Value* find(const Key& key) {
    auto it = index_.find(key);
    if (it == index_.end()) return nullptr;
    if (it->second != order_.begin()) order_.splice(order_.begin(), order_, it->second);
    return &it->second->second;
  }

  Value* peek(const Key& key) {
    auto it = index_.find(key);
    return it == index_.end() ? nullptr : &it->second->second;
  }

  Value& put(const Key& key, Value value) {
    if (Value* known = find(key)) return *known = std::move(value);
    order_.emplace_front(key, std::move(value));
    index_.emplace(key, order_.begin());
    return order_.front().second;
  }

  bool erase(const Key& key) {
    auto it = index_.find(key);
    if (it == index_.end()) return false;
    order_.erase(it->second);
    index_.erase(it);
    return true;
  }

  // Neither is to be called on an empty map.
  const std::pair<Key, Value>& oldest() const { return order_.back(); }
  std::pair<Key, Value> pop_oldest() {
    std::pair<Key, Value> oldest = std::move(order_.back());
    index_.erase(oldest.first);
    order_.pop_back();
    return oldest;
  }

  [[nodiscard]] std::size_t size() const { return index_.size(); }

 private:
  std::list<std::pair<Key, Value>> order_;
  std::unordered_map<Key, typename std::list<std::pair<Key, Value>>::iterator, Hash> index_;
};

}  // namespace eunomia
