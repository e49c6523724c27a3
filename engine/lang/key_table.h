// SPDX-License-Identifier: Apache-2.0
//
// State by key, bounded in number and bytes: what was used longest ago makes room for what is new. What has run out is
// dropped along the way; what has not, and must go all the same, is handed to the caller to be counted. One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "engine/state/lru_map.h"

namespace eunomia::lang {

// `Value` tells whether it has run out at a time: `bool is_over(std::uint64_t now_ns) const`.
template <class Value>
class KeyTable {
 public:
  // `value_bytes`: what a value holds besides itself, at most.
  KeyTable(std::size_t max_keys, std::size_t max_bytes, std::size_t value_bytes)
      : max_keys_(max_keys), max_bytes_(max_bytes), value_bytes_(value_bytes) {}

  Value* find(const std::string& key) { return map_.find(key); }
  void erase(const std::string& key) {
    if (map_.erase(key)) bytes_ -= bytes_of(key);
  }
  // The value of the key, a fresh one if it has none. `forget` gets each value that had to make room before its time.
  template <class Forget>
  Value& get(const std::string& key, std::uint64_t now_ns, Forget&& forget) {
    if (auto* known = map_.find(key)) return *known;
    const auto needed = bytes_of(key);
    const auto full = [&] { return map_.size() >= max_keys_ || bytes_ + needed > max_bytes_; };
    while (map_.size() > 0 && (full() || map_.oldest().second.is_over(now_ns))) {
      const auto [oldest, value] = map_.pop_oldest();
      bytes_ -= bytes_of(oldest);
      if (!value.is_over(now_ns)) forget(value);
    }
    bytes_ += needed;
    return map_.put(key, Value());
  }
  [[nodiscard]] std::size_t size() const { return map_.size(); }

 private:
  // The map keeps each key twice, in nodes of about this size.
  static constexpr std::size_t overhead = 128;
  [[nodiscard]] std::size_t bytes_of(const std::string& key) const {
    return overhead + 2 * key.size() + sizeof(Value) + value_bytes_;
  }

  std::size_t max_keys_, max_bytes_, value_bytes_, bytes_ = 0;
  LruMap<std::string, Value> map_;
};

}  // namespace eunomia::lang
