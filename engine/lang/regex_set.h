// SPDX-License-Identifier: Apache-2.0
//
// Whether a text matches, whole, one of several regular expressions: one automaton for all those that take the text as
// bytes (make_regex in match.h). If that outgrows its memory, they are tried one by one. Immutable after construction;
// any thread may ask.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace eunomia::lang {

class RegexSet {
 public:
  RegexSet() = default;
  explicit RegexSet(std::span<const std::string> patterns);
  [[nodiscard]] bool matches(std::string_view text) const;
  // What the matches of each start with (literal_prefix).
  [[nodiscard]] std::vector<std::string> prefixes() const;

 private:
  struct Together;
  std::shared_ptr<const Together> together_;                   // null: too few to pay
  std::vector<std::shared_ptr<const re2::RE2>> bytes_, utf8_;  // bytes_: those that are in `together_` too
};

}  // namespace eunomia::lang
