// SPDX-License-Identifier: Apache-2.0
//
// Whether a text starts, or ends, with one of many texts: one binary search, whatever their number. Immutable after
// construction; any thread may ask.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace eunomia::lang {

class PrefixSet {
 public:
  PrefixSet() = default;
  explicit PrefixSet(std::span<const std::string> prefixes) : prefixes_(prefixes.begin(), prefixes.end()) {
    // Without those that start with another one, which say nothing more.
    std::ranges::sort(prefixes_);
    const auto [first, last] =
        std::ranges::unique(prefixes_, [](const auto& a, const auto& b) { return b.starts_with(a); });
    prefixes_.erase(first, last);
  }

  [[nodiscard]] bool matches(std::string_view text) const {
    // What stands between a prefix and the text starts with that prefix, so it can only be the one right before.
    const auto after = std::ranges::upper_bound(prefixes_, text, std::ranges::less{});
    return after != prefixes_.begin() && text.starts_with(*std::prev(after));
  }

 private:
  std::vector<std::string> prefixes_;  // sorted
};

// The same from the other end.
class SuffixSet {
 public:
  SuffixSet() = default;
  explicit SuffixSet(std::span<const std::string> suffixes) : suffixes_(suffixes.begin(), suffixes.end()) {
    std::ranges::sort(suffixes_, before);
    const auto [first, last] =
        std::ranges::unique(suffixes_, [](const auto& a, const auto& b) { return b.ends_with(a); });
    suffixes_.erase(first, last);
  }

  [[nodiscard]] bool matches(std::string_view text) const {
    const auto after = std::ranges::upper_bound(suffixes_, text, before);
    return after != suffixes_.begin() && text.ends_with(*std::prev(after));
  }

 private:
  static bool before(std::string_view a, std::string_view b) {
    return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
  }
  std::vector<std::string> suffixes_;  // sorted by their last characters
};

}  // namespace eunomia::lang
