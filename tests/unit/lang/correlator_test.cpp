// SPDX-License-Identifier: Apache-2.0
//
// What windows, sequences and throttles do over time: what completes them, what does not, what is forgotten.
#include "engine/lang/correlator.h"

#include <gtest/gtest.h>

#include "engine/lang/key_table.h"
#include "tests/unit/lang/lang_fixture.h"

namespace eunomia::lang {
namespace {

using namespace std::chrono_literals;

std::string rule(std::string_view name, std::string_view keys) {
  return "- rule: " + std::string(name) + "\n  desc: d\n  output: o\n  priority: INFO\n" + std::string(keys);
}

// Rules and the events they are shown; an event is its time and its fields.
class World {
 public:
  explicit World(const std::string& text, Correlator::Bounds bounds = Correlator::Bounds()) {
    auto loaded = load_yaml(text);
    EXPECT_TRUE(loaded.engine) << as_text(loaded.diagnostics);
    engine_ = loaded.engine;
    correlator_ = std::make_unique<Correlator>(*engine_, bounds);
  }

  // The names of the rules that report: "R S", with "-" before what is suppressed, "+n" behind what was before.
  std::string at(std::chrono::milliseconds time, const FieldMap& fields, Matching matching = Matching::first) {
    auto sample = Sample::make(fields, time);
    EXPECT_TRUE(sample) << sample.error().message;
    const auto context = (*sample)->context();
    std::vector<Match> matches;
    engine_->matches(context, matching, matches);
    std::vector<Verdict> verdicts;
    correlator_->judge(matches, matching, context, verdicts);
    std::string out;
    for (const auto& verdict : verdicts) {
      out += (out.empty() ? "" : " ") + std::string(verdict.suppressed ? "-" : "") + verdict.rule->name;
      if (verdict.suppressed_before > 0) out += "+" + std::to_string(verdict.suppressed_before);
    }
    return out;
  }
  std::string open(std::chrono::milliseconds time, std::string_view path, std::string_view process = "cat") {
    return at(time, {{"evt.type", "openat"}, {"fd.name", std::string(path)}, {"proc.name", std::string(process)}});
  }
  std::string exec(std::chrono::milliseconds time, std::string_view process) {
    return at(time, {{"evt.type", "execve"}, {"proc.name", std::string(process)}});
  }
  [[nodiscard]] const Correlator::Stats& stats() const { return correlator_->stats(); }
  Correlator& correlator() { return *correlator_; }
  [[nodiscard]] const Engine& engine() const { return *engine_; }

 private:
  std::shared_ptr<const Engine> engine_;
  std::unique_ptr<Correlator> correlator_;
};

World three_opens(std::string_view by = "") {
  return World(rule("R", "  condition: evt.type = openat and fd.name = /x\n  window: {count: 3, within: 10s, by: [" +
                             std::string(by) + "]}\n"));
}

TEST(Window, ReportsWhenTheCountIsReachedAndStartsAnew) {
  auto world = three_opens();
  EXPECT_EQ(world.open(0s, "/x"), "");
  EXPECT_EQ(world.open(1s, "/x"), "");
  EXPECT_EQ(world.open(2s, "/y"), "");
  EXPECT_EQ(world.open(3s, "/x"), "R");
  EXPECT_EQ(world.open(4s, "/x"), "");
  EXPECT_EQ(world.open(5s, "/x"), "");
  EXPECT_EQ(world.open(6s, "/x"), "R");
}

TEST(Window, Slides) {
  auto world = three_opens();
  EXPECT_EQ(world.open(0s, "/x"), "");
  EXPECT_EQ(world.open(6s, "/x"), "");
  EXPECT_EQ(world.open(10001ms, "/x"), "");
  EXPECT_EQ(world.open(16s, "/x"), "R");  // 6, 10, 16: ten seconds are within ten seconds
}

TEST(Window, CountsEachKeyByItself) {
  auto world = three_opens("proc.name");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(world.open(0s, "/x", "a"), "");
    EXPECT_EQ(world.open(0s, "/x", "b"), "");
  }
  EXPECT_EQ(world.open(1s, "/x", "b"), "R");
  EXPECT_EQ(world.open(1s, "/x", "a"), "R");
  EXPECT_EQ(world.open(1s, "/x", "a"), "");
}

TEST(Window, KeysOfSeveralFieldsAreNotGluedTogether) {
  auto world =
      World(rule("R", "  condition: evt.type = openat\n  window: {count: 2, within: 1s, by: [proc.name, fd.name]}\n"));
  EXPECT_EQ(world.open(0s, "/b/c", "a"), "");
  EXPECT_EQ(world.open(0s, "/c", "a/b"), "");
  EXPECT_EQ(world.open(0s, "/b/c", "a"), "R");
}

TEST(Window, AMissingValueIsAKeyOfItsOwn) {
  auto world =
      World(rule("R", "  condition: evt.type = openat\n  window: {count: 2, within: 1s, by: container.image}\n"));
  EXPECT_EQ(world.open(0s, "/x"), "");
  EXPECT_EQ(world.open(0s, "/x"), "R");
}

TEST(Window, DoesNotMindTheOrderOfEvents) {
  auto world = three_opens();
  EXPECT_EQ(world.open(20s, "/x"), "");
  EXPECT_EQ(world.open(11s, "/x"), "");
  EXPECT_EQ(world.open(9s, "/x"), "");    // 9 is too early for 20
  EXPECT_EQ(world.open(30s, "/x"), "");   // and 30 too late for 11
  EXPECT_EQ(world.open(15s, "/x"), "R");  // 9, 11, 15
}

TEST(Window, KeepsABoundedNumberOfTimes) {
  auto world = three_opens();
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(world.open(i * 6s, "/x"), "");
  for (const auto late : {1s, 2s, 3s}) EXPECT_EQ(world.open(late, "/x"), "");  // what was there then is gone
  EXPECT_EQ(world.open(5995s, "/x"), "R");
}

TEST(Window, ARuleThatHasNotReportedLeavesTheEventToTheNext) {
  auto world = World(rule("R", "  condition: evt.type = openat\n  window: {count: 2, within: 1s}\n") +
                     rule("S", "  condition: evt.type = openat and fd.name startswith /\n"));
  EXPECT_EQ(world.open(0s, "/x"), "S");
  EXPECT_EQ(world.open(0s, "/x"), "R");
  EXPECT_EQ(world.open(0s, "/x"), "S");
}

TEST(Window, CountsWhatEarlierRulesReport) {
  auto world = World(rule("S", "  condition: evt.type = openat and fd.name startswith /\n") +
                     rule("T", "  condition: evt.type = openat and fd.name startswith /x\n") +
                     rule("R", "  condition: evt.type = openat\n  window: {count: 2, within: 1s}\n"));
  EXPECT_EQ(world.open(0s, "/x"), "S");
  EXPECT_EQ(world.open(0s, "/x"), "S R");
  EXPECT_EQ(world.at(1ms, {{"evt.type", "openat"}, {"fd.name", "/x"}}, Matching::all), "S T");
}

World open_then_exec(std::string_view more = ", by: [proc.name]") {
  return World(rule("R", "  sequence: {within: 10s" + std::string(more) +
                             ", steps: [{condition: evt.type = openat and fd.name = /x}, {condition: evt.type = "
                             "execve}]}\n"));
}

TEST(Sequence, ReportsWhenTheStepsComeInOrder) {
  auto world = open_then_exec();
  EXPECT_EQ(world.exec(0s, "a"), "");
  EXPECT_EQ(world.open(1s, "/x", "a"), "");
  EXPECT_EQ(world.open(2s, "/y", "a"), "");
  EXPECT_EQ(world.exec(3s, "a"), "R");
}

TEST(Sequence, StartsAnewOnceItHasReported) {
  auto world = open_then_exec();
  EXPECT_EQ(world.open(1s, "/x", "a"), "");
  EXPECT_EQ(world.exec(2s, "a"), "R");
  EXPECT_EQ(world.exec(3s, "a"), "");
  EXPECT_EQ(world.open(4s, "/x", "a"), "");
  EXPECT_EQ(world.exec(5s, "a"), "R");
}

TEST(Sequence, HasToBeDoneInTime) {
  auto world = open_then_exec();
  EXPECT_EQ(world.open(0s, "/x", "a"), "");
  EXPECT_EQ(world.exec(10001ms, "a"), "");
  EXPECT_EQ(world.open(20s, "/x", "a"), "");
  EXPECT_EQ(world.exec(30s, "a"), "R");
}

TEST(Sequence, TheLatestBeginningCounts) {
  auto world = open_then_exec();
  EXPECT_EQ(world.open(0s, "/x", "a"), "");
  EXPECT_EQ(world.open(8s, "/x", "a"), "");
  EXPECT_EQ(world.open(3s, "/x", "a"), "");  // late, and takes nothing away
  EXPECT_EQ(world.exec(15s, "a"), "R");
}

TEST(Sequence, AStepThatIsOlderThanTheOneBeforeDoesNotCount) {
  auto world = open_then_exec();
  EXPECT_EQ(world.open(5s, "/x", "a"), "");
  EXPECT_EQ(world.exec(4s, "a"), "");
  EXPECT_EQ(world.exec(5s, "a"), "R");
}

TEST(Sequence, IsJoinedByItsFields) {
  auto world = open_then_exec();
  EXPECT_EQ(world.open(0s, "/x", "a"), "");
  EXPECT_EQ(world.exec(1s, "b"), "");
  EXPECT_EQ(world.exec(1s, "a"), "R");
  auto any = open_then_exec("");
  EXPECT_EQ(any.open(0s, "/x", "a"), "");
  EXPECT_EQ(any.exec(1s, "b"), "R");
}

TEST(Sequence, EachStepMayNameItsOwnField) {
  auto world =
      World(rule("R",
                 "  sequence: {within: 10s, by: proc.name, steps: [{condition: evt.type = openat}, {condition: "
                 "evt.type = execve, by: proc.pname}]}\n"));
  EXPECT_EQ(world.open(0s, "/x", "sh"), "");
  EXPECT_EQ(world.exec(1s, "sh"), "");
  EXPECT_EQ(world.at(2s, {{"evt.type", "execve"}, {"proc.name", "curl"}, {"proc.pname", "sh"}}), "R");
}

TEST(Sequence, AMissingValueJoinsNothing) {
  auto world = open_then_exec(", by: [container.image]");
  EXPECT_EQ(world.open(0s, "/x"), "");
  EXPECT_EQ(world.exec(1s, "a"), "");
}

TEST(Sequence, AnEventIsOneStepOnly) {
  auto world =
      World(rule("R",
                 "  sequence: {within: 10s, steps: [{condition: evt.type = openat}, {condition: evt.type = openat},"
                 " {condition: evt.type = openat and fd.name = /x}]}\n"));
  EXPECT_EQ(world.open(0s, "/x"), "");
  EXPECT_EQ(world.open(1s, "/x"), "");
  EXPECT_EQ(world.open(2s, "/y"), "");
  EXPECT_EQ(world.open(3s, "/x"), "R");
  EXPECT_EQ(world.open(4s, "/x"), "");  // the one before ended a sequence and is no beginning
  EXPECT_EQ(world.open(5s, "/x"), "");
  EXPECT_EQ(world.open(6s, "/x"), "R");
}

TEST(Sequence, AWindowCountsWholeSequences) {
  auto world = World(rule("R",
                          "  sequence: {within: 10s, steps: [{condition: evt.type = openat}, {condition: evt.type = "
                          "execve}]}\n  window: {count: 2, within: 1m}\n"));
  EXPECT_EQ(world.open(0s, "/x"), "");
  EXPECT_EQ(world.exec(1s, "a"), "");
  EXPECT_EQ(world.exec(2s, "a"), "");
  EXPECT_EQ(world.open(3s, "/x"), "");
  EXPECT_EQ(world.exec(4s, "a"), "R");
}

World throttled(std::string_view by = "", Correlator::Bounds bounds = Correlator::Bounds()) {
  return World(rule("R", "  condition: evt.type = openat and fd.name = /x\n  throttle: {count: 2, within: 10s, by: [" +
                             std::string(by) + "]}\n") +
                   rule("S", "  condition: evt.type = openat and fd.name startswith /\n"),
               bounds);
}

TEST(Throttle, LetsSoManyPassAndTellsOfTheRest) {
  auto world = throttled();
  EXPECT_EQ(world.open(0s, "/x"), "R");
  EXPECT_EQ(world.open(4s, "/x"), "R");
  EXPECT_EQ(world.open(5s, "/x"), "-R");  // and the next rule does not take its place
  EXPECT_EQ(world.open(10s, "/x"), "-R");
  EXPECT_EQ(world.open(10001ms, "/x"), "R+2");
  EXPECT_EQ(world.open(10002ms, "/x"), "-R");
  EXPECT_EQ(world.open(100s, "/x"), "R+1");
  EXPECT_EQ(world.open(101s, "/x"), "R");
}

TEST(Throttle, CountsEachKeyByItself) {
  auto world = throttled("proc.name");
  for (const auto* name : {"a", "b"}) {
    EXPECT_EQ(world.open(0s, "/x", name), "R");
    EXPECT_EQ(world.open(1s, "/x", name), "R");
    EXPECT_EQ(world.open(2s, "/x", name), "-R");
  }
}

TEST(Throttle, AnEventThatComesLateDoesNotPassBehindItsBack) {
  auto world = throttled();
  EXPECT_EQ(world.open(10s, "/x"), "R");
  EXPECT_EQ(world.open(9s, "/x"), "R");
  EXPECT_EQ(world.open(8s, "/x"), "-R");
}

TEST(Forgetting, TheKeyUsedLongestAgoMakesRoomAndIsCounted) {
  auto world = World(rule("R", "  condition: evt.type = openat\n  window: {count: 2, within: 10s, by: proc.name}\n"),
                     {.keys = 2});
  world.open(0s, "/x", "a");
  world.open(1s, "/x", "b");
  EXPECT_EQ(world.stats().counts_forgotten, 0U);
  world.open(2s, "/x", "c");
  EXPECT_EQ(world.stats().counts_forgotten, 1U);
  EXPECT_EQ(world.open(3s, "/x", "b"), "R");
  EXPECT_EQ(world.open(3s, "/x", "a"), "");
}

TEST(Forgetting, WhatHasRunOutIsNoLoss) {
  auto world = World(rule("R", "  condition: evt.type = openat\n  window: {count: 2, within: 10s, by: proc.name}\n"),
                     {.keys = 2});
  world.open(0s, "/x", "a");
  world.open(1s, "/x", "b");
  world.open(60s, "/x", "c");
  EXPECT_EQ(world.stats().counts_forgotten, 0U);
}

TEST(Forgetting, SequencesToo) {
  auto world =
      World(rule("R",
                 "  sequence: {within: 10s, by: proc.name, steps: [{condition: evt.type = openat}, {condition: "
                 "evt.type = execve}]}\n"),
            {.keys = 1});
  world.open(0s, "/x", "a");
  world.open(1s, "/x", "b");
  EXPECT_EQ(world.stats().counts_forgotten, 1U);
  world.exec(2s, "c");  // only a first step makes a key
  EXPECT_EQ(world.exec(2s, "b"), "R");
}

TEST(Forgetting, AReloadCountsTheSuppressedAlertsThatNobodyWasToldOf) {
  auto world = throttled("proc.name", {.keys = 2});
  for (int i = 0; i < 5; ++i) world.open(0s, "/x", "a");
  EXPECT_EQ(world.open(1h, "/x", "a"), "R+3");
  for (int i = 0; i < 4; ++i) world.open(1h, "/x", "b");
  world.correlator().restart(world.engine());
  EXPECT_EQ(world.stats().suppressed_forgotten, 2U);
  world.correlator().restart(world.engine());
  EXPECT_EQ(world.stats().suppressed_forgotten, 2U);
}

TEST(Forgetting, AThrottleKeepsItsCountAsLongAsThereIsRoom) {
  auto world = throttled("proc.name", {.keys = 1});
  for (int i = 0; i < 5; ++i) world.open(0s, "/x", "a");
  EXPECT_EQ(world.open(1h, "/x", "a"), "R+3");
  for (int i = 0; i < 4; ++i) world.open(2h, "/x", "a");
  EXPECT_EQ(world.stats().throttles_forgotten, 0U);
  EXPECT_EQ(world.open(2h, "/x", "b"), "R");
  EXPECT_EQ(world.stats().throttles_forgotten, 1U);
  EXPECT_EQ(world.stats().suppressed_forgotten, 2U);
  EXPECT_EQ(world.stats().counts_forgotten, 0U);
}

TEST(Forgetting, AThrottleThatHasSomethingToTellIsNotOver) {
  auto world = throttled("proc.name", {.keys = 2});
  for (int i = 0; i < 5; ++i) world.open(0s, "/x", "a");
  EXPECT_EQ(world.open(1h, "/x", "b"), "R");
  EXPECT_EQ(world.open(1h, "/x", "a"), "R+3");
}

TEST(Forgetting, BytesAreBoundedToo) {
  auto world = World(rule("R", "  condition: evt.type = openat\n  window: {count: 2, within: 10s, by: fd.name}\n"),
                     {.bytes = 10'000});
  for (int i = 0; i < 10; ++i) world.open(0s, "/" + std::string(2000, 'x') + std::to_string(i));
  EXPECT_EQ(world.stats().counts_forgotten, 8U);  // two keys of two thousand bytes, each held twice
}

TEST(Forgetting, OtherRulesStartAnew) {
  auto world = three_opens();
  world.open(0s, "/x");
  world.open(1s, "/x");
  world.correlator().restart(world.engine());
  EXPECT_EQ(world.open(2s, "/x"), "");
}

TEST(KeyTable, GivesBackTheRoomOfWhatIsErased) {
  struct Value {
    [[nodiscard]] bool is_over(std::uint64_t) const { return false; }
  };
  KeyTable<Value> table(100, 1000, 0);
  int forgotten = 0;
  table.get("stays", 0, [&](const Value&) { ++forgotten; });
  for (int i = 0; i < 100; ++i) {
    table.get(std::to_string(i), 0, [&](const Value&) { ++forgotten; });
    table.erase(std::to_string(i));
  }
  EXPECT_EQ(forgotten, 0);
  EXPECT_EQ(table.size(), 1U);
}

}  // namespace
}  // namespace eunomia::lang
