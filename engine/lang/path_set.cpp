// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/path_set.h"

#include <algorithm>

#include "engine/lang/match.h"

namespace eunomia::lang {

namespace {

std::size_t depth_of(std::string_view path) { return static_cast<std::size_t>(std::ranges::count(path, '/')); }

}  // namespace

PathSet::PathSet(std::span<const std::string> patterns) {
  std::vector<std::string> plain;
  for (const auto& pattern : patterns) {
    const std::string text(without_trailing_slashes(pattern));
    // No wildcard matches '/'. Whether one in brackets counts is left open.
    const auto depth = text.find('[') == std::string::npos ? depth_of(text) : any_depth;
    if (literal_prefix(text).size() == text.size()) {
      plain.push_back(text);
    } else {
      patterns_.push_back({text, depth});
    }
  }
  has_plain_ = !plain.empty();
  if (has_plain_) plain_ = StringSet(plain);
}

bool PathSet::matches(std::string_view path) const {
  if (has_plain_ && any_directory(path, [&](std::string_view p) { return plain_.contains(p, hash_text(p)); }))
    return true;
  return !patterns_.empty() && any_directory(path, [&](std::string_view p) { return matches_pattern(p); });
}

bool PathSet::matches_pattern(std::string_view path) const {
  const auto depth = depth_of(path);
  return std::ranges::any_of(patterns_, [&](const Pattern& pattern) {
    return (pattern.depth == depth || pattern.depth == any_depth) && component_match(pattern.text, path);
  });
}

}  // namespace eunomia::lang
