// SPDX-License-Identifier: Apache-2.0
//
// Loading and judging in one expression, for the tests of the rule language.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lang/engine.h"
#include "engine/lang/sample.h"

namespace eunomia::lang {

inline LoadResult load_yaml(std::string_view text) { return load_text("test.yaml", text); }

inline std::string as_text(const std::vector<Diagnostic>& diagnostics) {
  std::string out;
  for (const auto& d : diagnostics) out += to_text(d);
  return out;
}

// The codes of all findings, in order: "E0302 W0506".
inline std::string codes(const LoadResult& result) {
  std::string out;
  for (const auto& d : result.diagnostics) out += (out.empty() ? "" : " ") + d.code;
  return out;
}

// A rule "R" around a condition, as a block scalar, so that any text can stand in it.
inline std::string rule_with(std::string_view condition, std::string_view name = "R") {
  std::string indented;
  for (const char c : condition) indented += c == '\n' ? std::string("\n    ") : std::string(1, c);
  return "- rule: " + std::string(name) + "\n  desc: d\n  condition: |\n    " + indented +
         "\n  output: o\n  priority: INFO\n";
}

inline std::shared_ptr<const Engine> engine_for(std::string_view condition, std::string_view before = {}) {
  auto result = load_yaml(std::string(before) + rule_with(condition));
  EXPECT_TRUE(result.engine) << as_text(result.diagnostics);
  return result.engine;
}

// Whether the condition is true of an event with these fields.
inline bool matches(std::string_view condition, const FieldMap& fields, std::string_view before = {}) {
  const auto engine = engine_for(condition, before);
  auto sample = Sample::make(fields);
  EXPECT_TRUE(sample) << sample.error().message;
  return engine && sample && engine->match((*sample)->context()) != nullptr;
}

}  // namespace eunomia::lang
