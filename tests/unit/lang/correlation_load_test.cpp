// SPDX-License-Identifier: Apache-2.0
//
// `window`, `sequence` and `throttle` of a rule: what is accepted, what it becomes, what is refused and where.
#include <gtest/gtest.h>

#include "engine/lang/correlation.h"
#include "engine/lang/ir.h"
#include "tests/unit/lang/lang_fixture.h"

namespace eunomia::lang {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view head = "- rule: R\n  desc: d\n  output: o\n  priority: INFO\n";

LoadResult rule(std::string_view keys) { return load_yaml(std::string(head) + std::string(keys)); }
LoadResult opens(std::string_view keys) { return rule("  condition: evt.type = openat\n" + std::string(keys)); }

Correlation correlation_of(const LoadResult& result) {
  if (!result.engine) ADD_FAILURE() << as_text(result.diagnostics);
  const auto found = result.engine ? result.engine->find("R")->correlation : nullptr;
  return found ? *found : Correlation();
}

std::string names(const std::vector<ir::FieldUse>& by) {
  std::string out;
  for (const auto& use : by) out += (out.empty() ? "" : " ") + *use.text;
  return out;
}

// Code and the underlined text of the only finding.
std::string finding(const LoadResult& result) {
  if (result.diagnostics.size() != 1) return as_text(result.diagnostics);
  const auto& d = result.diagnostics[0];
  return d.code + " " + d.line.substr(static_cast<std::size_t>(d.where.column) - 1, static_cast<std::size_t>(d.length));
}

TEST(CorrelationLoad, ARuleWithoutTheKeysHasNone) { EXPECT_EQ(opens("").engine->find("R")->correlation, nullptr); }

TEST(CorrelationLoad, ReadsAWindow) {
  const auto result = opens("  window: {count: 5, within: 1m30s, by: [container.id, 'proc.aname[2]']}\n");
  const auto window = correlation_of(result).window;
  ASSERT_TRUE(window);
  EXPECT_EQ(window->count, 5U);
  EXPECT_EQ(window->within, 90s);
  EXPECT_EQ(names(window->by), "container.id proc.aname[2]");
  EXPECT_EQ(codes(result), "");
}

TEST(CorrelationLoad, ByMayBeOneWordOrNothing) {
  EXPECT_EQ(names(correlation_of(opens("  window: {count: 2, within: 1s, by: proc.pid}\n")).window->by), "proc.pid");
  EXPECT_EQ(names(correlation_of(opens("  window: {count: 2, within: 1s}\n")).window->by), "");
  EXPECT_EQ(names(correlation_of(opens("  window: {count: 2, within: 1s, by: []}\n")).window->by), "");
}

TEST(CorrelationLoad, ReadsAThrottle) {
  const auto result = opens("  throttle: {count: 1, within: 168h, by: [container.id]}\n");
  const auto throttle = correlation_of(result).throttle;
  ASSERT_TRUE(throttle);
  EXPECT_EQ(throttle->count, 1U);
  EXPECT_EQ(throttle->within, 168h);
  EXPECT_FALSE(correlation_of(result).counts());
}

TEST(CorrelationLoad, ReadsASequence) {
  const auto result = rule(
      "  sequence:\n    within: 10s\n    by: [proc.pid]\n    steps:\n"
      "      - condition: evt.type = openat and fd.name = /etc/shadow\n"
      "      - {condition: evt.type = execve, by: [proc.ppid]}\n");
  const auto sequence = correlation_of(result).sequence;
  ASSERT_TRUE(sequence);
  EXPECT_EQ(sequence->within, 10s);
  ASSERT_EQ(sequence->steps.size(), 2U);
  EXPECT_EQ(ir::to_string(*sequence->steps[0].condition), "evt.type = openat and fd.name = /etc/shadow");
  EXPECT_EQ(names(sequence->steps[0].by), "proc.pid");
  EXPECT_EQ(names(sequence->steps[1].by), "proc.ppid");
  EXPECT_TRUE(sequence->steps[0].events.test(EV_OPENAT));
  EXPECT_FALSE(sequence->steps[0].events.test(EV_EXECVE));
  const auto& found = *result.engine->find("R");
  EXPECT_TRUE(found.events.test(EV_OPENAT) && found.events.test(EV_EXECVE));
  EXPECT_EQ(found.events.count(), 2U);
  EXPECT_EQ(ir::to_string(result.engine->condition(found)),
            "(evt.type = openat and fd.name = /etc/shadow) or evt.type = execve");
}

TEST(CorrelationLoad, TheConditionAndTheExceptionsHoldForEachStep) {
  const auto result = rule(
      "  condition: container.id != host\n"
      "  exceptions: [{name: known, fields: proc.name, values: [dpkg]}]\n"
      "  sequence: {within: 1s, steps: [{condition: evt.type = openat}, {condition: evt.type = execve or evt.type = "
      "execveat}]}\n");
  const auto sequence = correlation_of(result).sequence;
  ASSERT_TRUE(sequence);
  EXPECT_EQ(ir::to_string(*sequence->steps[1].condition),
            "container.id != host and ((evt.type = execve or evt.type = execveat) and not proc.name in (dpkg))");
}

TEST(CorrelationLoad, StepsUseMacrosAndLists) {
  const auto result = load_yaml(
      "- list: shells\n  items: [sh, bash]\n- macro: shell\n  condition: proc.name in (shells)\n" + std::string(head) +
      "  sequence: {within: 1s, steps: [{condition: evt.type = openat and shell}, {condition: evt.type = execve}]}\n");
  EXPECT_EQ(codes(result), "");
  EXPECT_EQ(ir::to_string(*correlation_of(result).sequence->steps[0].condition),
            "evt.type = openat and proc.name in (sh, bash)");
}

TEST(CorrelationLoad, OverridesReplaceAndRemove) {
  const auto with = [](std::string_view more) {
    return opens("  window: {count: 5, within: 1s}\n" + std::string(more));
  };
  EXPECT_EQ(correlation_of(with("- rule: R\n  window: {count: 7, within: 2s}\n  override: {window: replace}\n"))
                .window->count,
            7U);
  EXPECT_FALSE(correlation_of(with("- rule: R\n  window:\n  override: {window: replace}\n")).window);
  const auto both =
      correlation_of(with("- rule: R\n  throttle: {count: 1, within: 1s}\n  override: {throttle: replace}\n"));
  EXPECT_TRUE(both.window && both.throttle);
  EXPECT_EQ(finding(with("- rule: R\n  window: {count: 7, within: 2s}\n  override: {window: append}\n")),
            "E0206 window");
  EXPECT_EQ(codes(with("- rule: R\n  window: {count: 7, within: 2s}\n  append: true\n  condition: and proc.pid = 1\n")),
            "W0503 E0207");
}

TEST(CorrelationLoad, AnOverrideWithAMistakeLeavesNothingHalfMade) {
  const auto with = [](std::string_view value) {
    return codes(opens("  window: {count: 5, within: 1s}\n- rule: R\n  sequence: {within: 1s, " + std::string(value) +
                       "}\n  override: {sequence: replace}\n"));
  };
  EXPECT_EQ(with("by: proc.pid"), "E0201");
  EXPECT_EQ(with("steps: []"), "E0221");
  EXPECT_EQ(with("steps: [{condition: evt.type = openat}]"), "E0221");
  EXPECT_EQ(with("by: proc.pid, steps: [{condition: evt.type = openat}, {by: proc.pid}]"), "E0201");
  EXPECT_EQ(with("steps: [{condition: evt.type = openat}, 3]"), "E0220");
}

TEST(CorrelationLoad, ASequenceCannotBeTakenFromARuleWithoutCondition) {
  const auto result = rule(
      "  sequence: {within: 1s, steps: [{condition: evt.type = openat}, {condition: evt.type = execve}]}\n"
      "- rule: R\n  sequence:\n  override: {sequence: replace}\n");
  EXPECT_EQ(codes(result), "E0201");
}

TEST(CorrelationLoad, UnknownKeysAreErrors) {
  const auto result = opens("  window: {count: 2, within: 1s, bye: [proc.pid]}\n");
  EXPECT_EQ(finding(result), "E0220 bye");
  EXPECT_EQ(result.diagnostics[0].hint, "did you mean 'by'?");
  EXPECT_EQ(finding(opens("  throttle: {count: 2, within: 1s, foo: 1}\n")), "E0220 foo");
  EXPECT_EQ(finding(opens("  window: {count: 2, within: 1s, count: 3}\n")), "E0220 count");
  EXPECT_EQ(finding(opens("  window: 5\n")), "E0220 5");
  EXPECT_EQ(finding(opens("  sequence: {within: 1s, count: 3, steps: [{condition: evt.type = open}, {condition: "
                          "evt.type = openat}]}\n")),
            "E0220 count");
  EXPECT_EQ(finding(rule("  sequence: {within: 1s, steps: [{condition: evt.type = open}, {conditions: "
                         "evt.type = openat}]}\n")),
            "E0220 conditions");
}

TEST(CorrelationLoad, CountsAndTimesHaveBounds) {
  for (const auto* count : {"1", "0", "-1", "1001", "99999999999", "many", "2.5"})
    EXPECT_EQ(finding(opens("  window: {count: " + std::string(count) + ", within: 1s}\n")),
              "E0221 " + std::string(count));
  EXPECT_EQ(finding(opens("  throttle: {count: 0, within: 1s}\n")), "E0221 0");
  for (const auto* within : {"0s", "10", "169h", "soon"})
    EXPECT_EQ(finding(opens("  throttle: {count: 1, within: " + std::string(within) + "}\n")),
              "E0221 " + std::string(within));
  EXPECT_EQ(codes(opens("  window: {}\n")), "E0201 E0201");
}

TEST(CorrelationLoad, ByNamesKnownFields) {
  const auto result = opens("  window: {count: 2, within: 1s, by: [proc.pid, container.idd]}\n");
  EXPECT_EQ(finding(result), "E0302 container.idd");
  EXPECT_EQ(result.diagnostics[0].hint, "did you mean 'container.id'?");
  EXPECT_EQ(finding(opens("  window: {count: 2, within: 1s, by: [[proc.pid]]}\n")), "E0221 [");
  EXPECT_EQ(codes(opens("  window: {count: 2, within: 1s, by: [proc.pid, proc.pid, proc.pid, proc.pid, proc.pid, "
                        "proc.pid, proc.pid, proc.pid, proc.pid]}\n")),
            "E0221");
}

TEST(CorrelationLoad, AFieldThatNeverHasAValueIsRemarkedOn) {
  EXPECT_EQ(finding(opens("  window: {count: 2, within: 1s, by: fd.sport}\n")), "W0520 fd.sport");
  EXPECT_EQ(finding(rule("  sequence: {within: 1s, by: fd.name, steps: [{condition: evt.type = openat}, {condition: "
                         "evt.type = fork}]}\n")),
            "W0520 fd.name");
}

TEST(CorrelationLoad, ASequenceHasTwoToEightSteps) {
  const auto steps = [](std::size_t count) {
    std::string out = "  sequence:\n    within: 1s\n    steps:\n";
    for (std::size_t i = 0; i < count; ++i) out += "      - condition: evt.type = openat\n";
    return codes(rule(out));
  };
  EXPECT_EQ(steps(1), "E0221");
  EXPECT_EQ(steps(2), "");
  EXPECT_EQ(steps(8), "");
  EXPECT_EQ(steps(9), "E0221");
  EXPECT_EQ(codes(rule("  sequence: {within: 1s}\n")), "E0201");
}

TEST(CorrelationLoad, StepsAreJoinedByEquallyManyFields) {
  EXPECT_EQ(codes(rule("  sequence: {within: 1s, by: proc.pid, steps: [{condition: evt.type = openat}, {condition: "
                       "evt.type = execve, by: [proc.ppid, proc.pid]}]}\n")),
            "E0222");
}

TEST(CorrelationLoad, MistakesInStepsAreFoundWhereTheyAre) {
  EXPECT_EQ(
      finding(rule("  sequence: {within: 1s, steps: [{condition: evt.type = openat}, {condition: proc.nme = x}]}\n")),
      "E0302 proc.nme");
  EXPECT_EQ(codes(rule("  sequence: {within: 1s, steps: [{condition: evt.type = openat}, {condition: ''}]}\n")),
            "E0202");
  EXPECT_EQ(codes(rule("  sequence: {within: 1s, steps: [{condition: evt.type = openat}, {condition: evt.type = "
                       "openat and evt.type = execve}]}\n")),
            "W0505");
  EXPECT_EQ(codes(rule("")), "E0201");
}

TEST(CorrelationLoad, ARuleThatCountsNeitherShadowsNorIsShadowed) {
  const std::string other = "- rule: S\n  desc: d\n  output: o\n  priority: INFO\n  condition: evt.type = openat\n";
  EXPECT_EQ(codes(opens(other)), "W0511");
  EXPECT_EQ(codes(opens("  window: {count: 2, within: 1s}\n" + other)), "");
  EXPECT_EQ(codes(opens(other + "  window: {count: 2, within: 1s}\n")), "");
  EXPECT_EQ(codes(opens("  throttle: {count: 2, within: 1s}\n" + other)), "W0511");
}

}  // namespace
}  // namespace eunomia::lang
