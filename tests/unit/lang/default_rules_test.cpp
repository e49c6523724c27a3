// SPDX-License-Identifier: Apache-2.0
//
// The default rules, and the tests that stand beside them.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "engine/lang/rule_test.h"

namespace eunomia::lang {
namespace {

const std::filesystem::path source_dir = EUNOMIA_SOURCE_DIR;

std::string show(const TestRun& run) {
  std::string out;
  for (const auto& d : run.diagnostics) out += to_text(d);
  for (const auto& o : run.outcomes)
    if (!o.passed) out += o.where.file + ":" + std::to_string(o.where.line) + ": " + o.name + "\n" + o.difference;
  return out;
}

LoadResult load_defaults() {
  const std::filesystem::path rules = source_dir / "rules";
  return load({&rules, 1});
}

TEST(DefaultRules, PassTheirTests) {
  const std::filesystem::path tests = source_dir / "rules" / "tests";
  const auto run = run_rule_tests({&tests, 1});
  EXPECT_TRUE(run.passed()) << show(run);
  EXPECT_GE(run.outcomes.size(), 20U);
}

TEST(DefaultRules, LoadWithoutWarnings) {
  const auto loaded = load_defaults();
  std::string text;
  for (const auto& d : loaded.diagnostics) text += to_text(d);
  EXPECT_EQ(text, "");
}

TEST(DefaultRules, TellTheOperatorWhatToDoAndCarryTheirContext) {
  const auto loaded = load_defaults();
  ASSERT_TRUE(loaded.engine);
  EXPECT_GE(loaded.engine->rules().size(), 10U);
  for (const auto& rule : loaded.engine->rules()) {
    EXPECT_GT(rule.description.size(), 150U) << rule.name;
    for (const auto* field : {"%container.id", "%container.name", "%container.image", "%proc.cmdline", "%user.name"})
      EXPECT_NE(rule.output.find(field), std::string::npos) << rule.name << " lacks " << field;
    const auto tagged = [&](std::string_view prefix) {
      return std::ranges::any_of(rule.tags, [&](const auto& tag) { return tag.starts_with(prefix); });
    };
    EXPECT_TRUE(tagged("container") && tagged("mitre_") && tagged("T1")) << rule.name;
    EXPECT_TRUE(rule.events.any()) << rule.name;
  }
}

// Each rule must be seen to fire and to stay silent: the tests name it, and not in every test.
TEST(DefaultRules, EachHasATestThatItFiresIn) {
  const auto loaded = load_defaults();
  ASSERT_TRUE(loaded.engine);
  std::string tests;
  for (const auto& entry : std::filesystem::directory_iterator(source_dir / "rules" / "tests")) {
    std::ifstream in(entry.path());
    tests.append(std::istreambuf_iterator<char>(in), {});
  }
  for (const auto& rule : loaded.engine->rules()) EXPECT_NE(tests.find(rule.name), std::string::npos) << rule.name;
}

}  // namespace
}  // namespace eunomia::lang
