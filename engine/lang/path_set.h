// SPDX-License-Identifier: Apache-2.0
//
// Patterns of pmatch: whether a path, or a directory above it, is one of them. Those without wildcards are looked up,
// so that their number does not matter; the others are tried one by one. Immutable after construction; any thread may
// ask.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lang/string_set.h"

namespace eunomia::lang {

class PathSet {
 public:
  PathSet() = default;
  explicit PathSet(std::span<const std::string> patterns);
  [[nodiscard]] bool matches(std::string_view path) const;
  // How many are tried one by one.
  [[nodiscard]] std::size_t patterns() const { return patterns_.size(); }

 private:
  static constexpr std::size_t any_depth = SIZE_MAX;
  struct Pattern {
    std::string text;
    std::size_t depth;  // slashes in every path that matches
  };
  StringSet plain_;
  bool has_plain_ = false;
  std::vector<Pattern> patterns_;
};

}  // namespace eunomia::lang
