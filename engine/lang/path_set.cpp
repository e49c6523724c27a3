// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/path_set.h"

#include <algorithm>

#include "engine/lang/match.h"

namespace eunomia::lang {

PathSet::PathSet(std::span<const std::string> patterns) {
  std::vector<std::string> plain;
  for (const auto& pattern : patterns) {
    const auto text = without_trailing_slashes(pattern);
    const bool literal = literal_prefix(text).size() == text.size();
    (literal ? plain : patterns_).emplace_back(text);
  }
  has_plain_ = !plain.empty();
  if (has_plain_) plain_ = StringSet(plain);
}

bool PathSet::matches(std::string_view path) const {
  if (has_plain_ && any_directory(path, [&](std::string_view p) { return plain_.contains(p, hash_text(p)); }))
    return true;
  return std::ranges::any_of(patterns_, [&](const auto& pattern) { return path_match(pattern, path); });
}

}  // namespace eunomia::lang
