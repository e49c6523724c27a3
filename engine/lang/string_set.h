// SPDX-License-Identifier: Apache-2.0
//
// A set of strings that is filled once and asked often: open addressing, at most half full, the full hash kept beside
// each string so that a miss rarely compares bytes. The caller may compute a value's hash once for many sets. Immutable
// after construction; any thread may ask.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eunomia::lang {

// Eight bytes a step, multiply and fold. The sets hold words of rule files, which their authors are trusted with, so
// the hash needs to be fast, not keyed.
inline std::uint64_t hash_text(std::string_view text) {
  constexpr std::uint64_t mix = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio
  const auto fold = [](std::uint64_t x) {
    const auto product = static_cast<unsigned __int128>(x ^ mix) * (mix | 1);
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  };
  std::uint64_t hash = text.size() * mix;
  while (text.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    hash = fold(hash ^ word);
    text.remove_prefix(8);
  }
  std::uint64_t tail = 0;
  if (!text.empty()) std::memcpy(&tail, text.data(), text.size());
  return fold(hash ^ tail) | 1;  // never 0: an empty slot
}

class StringSet {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;

  StringSet() = default;
  explicit StringSet(std::span<const std::string> words) {
    std::size_t capacity = 4;
    while (capacity < 2 * words.size()) capacity *= 2;
    slots_.resize(capacity);
    for (std::uint32_t i = 0; i < words.size(); ++i) insert(words[i], i);
  }

  [[nodiscard]] bool contains(std::string_view text, std::uint64_t hash) const { return find(text, hash) != none; }

  // Which of the words it is, the first of equal ones; none: no word.
  [[nodiscard]] std::uint32_t find(std::string_view text, std::uint64_t hash) const {
    const auto mask = slots_.size() - 1;
    for (auto at = hash & mask; slots_[at].hash != 0; at = (at + 1) & mask)
      if (slots_[at].hash == hash && slots_[at].text == text) return slots_[at].index;
    return none;
  }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::string text;
    std::uint32_t index = none;
  };
  void insert(const std::string& word, std::uint32_t index) {
    const auto hash = hash_text(word);
    if (contains(word, hash)) return;
    const auto mask = slots_.size() - 1;
    auto at = hash & mask;
    while (slots_[at].hash != 0) at = (at + 1) & mask;
    slots_[at] = {hash, word, index};
  }
  std::vector<Slot> slots_ = std::vector<Slot>(1);  // a power of two of them
};

}  // namespace eunomia::lang
