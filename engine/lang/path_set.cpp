// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/path_set.h"

#include <algorithm>
#include <optional>

#include "engine/lang/match.h"

namespace eunomia::lang {

namespace {

std::size_t depth_of(std::string_view path) { return static_cast<std::size_t>(std::ranges::count(path, '/')); }

// The path, or the directory above it, that has so many slashes.
std::optional<std::string_view> cut_to_depth(std::string_view path, std::size_t depth) {
  for (std::size_t i = 0; i < path.size(); ++i)
    if (path[i] == '/' && depth-- == 0) return path.substr(0, i);
  return depth == 0 ? std::optional(path) : std::nullopt;
}

}  // namespace

PathSet::PathSet(std::span<const std::string> patterns) {
  std::vector<std::string> plain;
  for (const auto& pattern : patterns) {
    const std::string text(without_trailing_slashes(pattern));
    // No wildcard matches '/'. Whether one in brackets counts is left open; "/x" and "/" have one slash both.
    const bool known = text.find('[') == std::string::npos && depth_of(text) > 1;
    const auto depth = known ? depth_of(text) : any_depth;
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
  return std::ranges::any_of(patterns_, [&](const Pattern& pattern) {
    if (pattern.depth == any_depth) return path_match(pattern.text, path);
    const auto part = cut_to_depth(without_trailing_slashes(path), pattern.depth);
    return part && component_match(pattern.text, *part);
  });
}

}  // namespace eunomia::lang
