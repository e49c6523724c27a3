// SPDX-License-Identifier: Apache-2.0
//
// The compiled engine against the slow, obvious evaluator of naive.h: what the tests named Oracle share.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "engine/lang/engine.h"
#include "engine/lang/ir.h"
#include "engine/lang/naive.h"

namespace eunomia::lang {

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return engine_() % n; }
  template <class Range>
  auto& pick(Range& range) {
    return range[below(std::size(range))];
  }

 private:
  std::mt19937 engine_;
};

inline std::vector<std::string> naive_matches(const Engine& engine, const Context& context) {
  std::vector<std::string> out;
  for (const auto& rule : engine.rules())
    if (rule.enabled && naive_match(engine.condition(rule), context)) out.push_back(rule.name);
  return out;
}

inline std::vector<std::string> engine_matches(const Engine& engine, const Context& context) {
  std::vector<const Rule*> rules;
  engine.match_all(context, rules);
  std::vector<std::string> out;
  for (const auto* rule : rules) out.push_back(rule->name);
  return out;
}

// Samples are pointers to what has a context(). Adds to `matched` how many times a rule was true of an event.
template <class Samples>
void expect_agreement(const Engine& engine, const Samples& samples, std::size_t& matched) {
  for (const auto& sample : samples) {
    const auto expected = naive_matches(engine, sample->context());
    matched += expected.size();
    const auto got = engine_matches(engine, sample->context());
    if (got == expected) continue;
    for (const auto& rule : engine.rules())
      if (std::ranges::count(expected, rule.name) != std::ranges::count(got, rule.name))
        ADD_FAILURE() << rule.name << ": " << ir::to_string(engine.condition(rule)) << "\nfor a "
                      << event_name(sample->context().event.type);
  }
}

}  // namespace eunomia::lang
