// SPDX-License-Identifier: Apache-2.0
//
// What an event must have for a condition to be true: "fd.name is one of these, or starts with one of those". A
// condition may have several guards, each of them necessary; none is sufficient. Rules are indexed by them. Pure
// functions; what they return borrows from the program.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/lang/program.h"

namespace eunomia::lang {

struct GuardKey {
  // part: somewhere in the text, letters in any case
  enum class Kind : std::uint8_t { value, prefix, suffix, part, number };
  Kind kind = Kind::value;
  std::uint32_t term = 0;
  std::string_view text;
  std::int64_t number = 0;
  friend auto operator<=>(const GuardKey&, const GuardKey&) = default;
};

// One of these must hold; never empty.
using Guard = std::vector<GuardKey>;

std::vector<Guard> guards_of(const Program& program, NodeId root);
bool needs_scan(const Guard& guard);  // whether the whole text must be looked through

}  // namespace eunomia::lang
