// SPDX-License-Identifier: Apache-2.0
//
// What a rule asks for beyond a condition, resolved: how often it must be true in what time (`window`), which
// conditions in which order (`sequence`), how many alerts may pass (`throttle`), each for equal values of some fields.
// Plain data, immutable once the rules are loaded; what has been seen so far is kept by a Correlator (correlator.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/lang/ir.h"

namespace eunomia::lang {

constexpr std::uint32_t max_correlation_count = 1000;
constexpr std::chrono::hours max_correlation_time{168};
constexpr std::size_t max_sequence_steps = 8;
constexpr std::size_t max_key_fields = 8;

struct Limit {
  std::uint32_t count = 1;
  std::chrono::nanoseconds within{};
  std::vector<ir::FieldUse> by;  // empty: all events are alike
};

struct Step {
  ir::NodePtr condition;
  std::vector<ir::FieldUse> by;  // as many as in the other steps, compared by place
  EventSet events;               // the types the condition can be true for
};

struct Sequence {
  std::chrono::nanoseconds within{};
  std::vector<Step> steps;
};

struct Correlation {
  std::optional<Limit> window, throttle;
  std::optional<Sequence> sequence;
  // Whether a single event may not be enough to report.
  [[nodiscard]] bool counts() const { return window || sequence; }
};

}  // namespace eunomia::lang
