// SPDX-License-Identifier: Apache-2.0
//
// The runner of rule tests: it must fail when a rule is wrong, and say why.
#include "engine/lang/rule_test.h"

#include <gtest/gtest.h>

#include <fstream>

#include "engine/lang/sample.h"
#include "tests/unit/lang/lang_fixture.h"

namespace eunomia::lang {
namespace {

namespace fs = std::filesystem;

class RuleTests : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / ("eunomia-ruletest-" + std::to_string(::getpid()));
    fs::create_directories(root_);
    write("rules.yaml", rule_with("evt.type=openat and fd.name=/x", "A") + rule_with("evt.type=openat", "B"));
  }
  void TearDown() override { fs::remove_all(root_); }
  void write(const std::string& name, const std::string& text) { std::ofstream(root_ / name) << text; }
  TestRun run(const std::string& tests) {
    write("tests.yaml", "- rules: [rules.yaml]\n" + tests);
    const auto path = root_ / "tests.yaml";
    return run_rule_tests({&path, 1});
  }
  static std::string difference(const TestRun& run) {
    return run.outcomes.empty() ? as_text(run.diagnostics) : run.outcomes[0].difference;
  }
  fs::path root_;
};

TEST_F(RuleTests, PassWhenExactlyTheExpectedRulesReport) {
  EXPECT_TRUE(run("- test: t\n  events: [{evt.type: openat, fd.name: /x}]\n  expect: [A]\n").passed());
  EXPECT_TRUE(
      run("- test: t\n  given: {evt.type: openat}\n  events: [{fd.name: /x}, {fd.name: /y}]\n  expect: [B, A]\n")
          .passed());
  EXPECT_TRUE(run("- test: t\n  events: [{evt.type: execve}]\n").passed());
}
TEST_F(RuleTests, FailWhenARuleIsMissing) {
  const auto result = run("- test: t\n  events: [{evt.type: openat, fd.name: /y}]\n  expect: [A]\n");
  EXPECT_FALSE(result.passed());
  EXPECT_EQ(difference(result), "expected 'A'\n     got 'B'\n");
}
TEST_F(RuleTests, FailWhenARuleTooManyReports) {
  EXPECT_EQ(difference(run("- test: t\n  events: [{evt.type: openat, fd.name: /y}]\n")),
            "expected nothing\n     got 'B'\n");
}
TEST_F(RuleTests, SilentLooksBehindTheFirstRule) {
  const auto result = run("- test: t\n  events: [{evt.type: openat, fd.name: /x}]\n  silent: [B]\n");
  EXPECT_EQ(difference(result), "expected no match of 'B', which matched\n");
}
TEST_F(RuleTests, FailWhenTheOutputIsAnother) {
  EXPECT_FALSE(run("- test: t\n  events: [{evt.type: openat, fd.name: /x}]\n  expect: [A]\n  output: {contains: zzz}\n")
                   .passed());
}
TEST_F(RuleTests, EventsTakeTimeForWindowsAndThrottles) {
  write("rules.yaml", rule_with("evt.type=openat", "W") + "  window: {count: 2, within: 10s}\n" +
                          rule_with("evt.type=execve", "T") + "  throttle: {count: 1, within: 10s}\n");
  const auto opens = [&](const std::string& second) {
    return run("- test: t\n  given: {evt.type: openat}\n  events: [{}, {after: 6s}, {after: " + second +
               "}, {}]\n  expect: [W]\n");
  };
  EXPECT_TRUE(opens("1s").passed() == false);
  EXPECT_EQ(difference(opens("20s")), "expected 'W'\n     got 'W', 'W'\n");
  EXPECT_TRUE(run("- test: t\n  given: {evt.type: openat}\n  events: [{}, {after: 11s}]\n").passed());
  EXPECT_TRUE(run("- test: t\n  given: {evt.type: openat}\n  events: [{}, {after: 11s}]\n  silent: [W]\n").passed());
  EXPECT_TRUE(
      run("- test: t\n  given: {evt.type: execve}\n  events: [{}, {after: 10s}, {after: 1s}]\n  expect: [T, T]\n")
          .passed());
  EXPECT_FALSE(run("- test: t\n  events: [{evt.type: execve, after: soon}]\n  expect: [T]\n").passed());
  EXPECT_FALSE(run("- test: t\n  events: [{evt.type: execve, after: 1001h}]\n  expect: [T]\n").passed());
  EXPECT_FALSE(run("- test: t\n  given: {after: 1s}\n  events: [{evt.type: execve}]\n  expect: [T]\n").passed());
}
TEST_F(RuleTests, EachTestStartsWithNothingCounted) {
  write("rules.yaml", rule_with("evt.type=openat", "W") + "  window: {count: 2, within: 10s}\n");
  const std::string one = "- test: t\n  events: [{evt.type: openat}]\n";
  EXPECT_TRUE(run(one + one).passed());
}
TEST_F(RuleTests, AllRulesReportIfTheTestSaysSo) {
  EXPECT_TRUE(run("- test: t\n  events: [{evt.type: openat, fd.name: /x}]\n  match: all\n  expect: [A, B]\n").passed());
  EXPECT_TRUE(run("- test: t\n  events: [{evt.type: openat, fd.name: /x}]\n  match: first\n  expect: [A]\n").passed());
  EXPECT_FALSE(run("- test: t\n  events: [{evt.type: openat, fd.name: /x}]\n  match: some\n  expect: [A]\n").passed());
}
TEST_F(RuleTests, MistakesInATestAreErrors) {
  EXPECT_FALSE(run("").passed());  // no test at all
  EXPECT_FALSE(run("- test: t\n  events: [{evt.type: openat, fd.name: /x}]\n  expect: [AA]\n").passed());
  EXPECT_FALSE(run("- test: t\n  events: [{evt.type: openat, fd.nmae: /x}]\n").passed());
  EXPECT_FALSE(run("- test: t\n  events: [{fd.name: /x}]\n").passed());
  EXPECT_FALSE(run("- test: t\n  event: [{evt.type: execve}]\n  events: [{evt.type: execve}]\n").passed());
  EXPECT_FALSE(run("- test: t\n").passed());
}

TEST(Sample, AFieldThatAnotherContradictsIsAnError) {
  EXPECT_FALSE(Sample::make({{"evt.type", "execve"}, {"fd.name", "/x"}}));
  EXPECT_FALSE(Sample::make({{"evt.type", "openat"}, {"fd.typechar", "d"}, {"fd.type", "file"}}));
  EXPECT_FALSE(Sample::make({{"evt.type", "execve"}, {"proc.name", "a-name-that-is-too-long"}}));
  EXPECT_TRUE(Sample::make({{"evt.type", "connect"}, {"fd.name", "@abstract"}}));
}

}  // namespace
}  // namespace eunomia::lang
