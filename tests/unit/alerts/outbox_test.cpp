// SPDX-License-Identifier: Apache-2.0
#include "alerts/outbox.h"

#include <atomic>
#include <latch>
#include <regex>
#include <set>
#include <stdexcept>
#include <thread>

#include "tests/unit/alerts/fake_sink.h"
#include "tests/unit/alerts/samples.h"

namespace eunomia::alerts {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr auto long_from_now = 100s;  // the end of a test that hangs, not a time that any test takes

std::chrono::steady_clock::time_point in(std::chrono::seconds time) { return std::chrono::steady_clock::now() + time; }

Alert alert_named(const std::string& rule) {
  Alert alert = sample_alert();
  alert.rule = rule;
  return alert;
}

std::vector<std::string> rules_of(const std::vector<Alert>& alerts) {
  std::vector<std::string> rules;
  for (const auto& alert : alerts) rules.push_back(alert.rule);
  return rules;
}

std::uint64_t settled(const SinkStats& stats) {
  return stats.dropped_queue_full + stats.delivered + stats.rejected + stats.failed + stats.undelivered + stats.queued;
}

// Two sinks, "one" and "two", and retries that come at once.
class OutboxTest : public testing::Test {
 protected:
  Outbox& outbox() {
    if (!outbox_) {
      std::vector<std::unique_ptr<Sink>> sinks;
      sinks.push_back(std::make_unique<FakeSink>("one", one_));
      sinks.push_back(std::make_unique<FakeSink>("two", two_));
      options_.warn = [this](std::string_view sink, std::string_view message) {
        (sink == "one" ? one_ : two_).warn(message);
      };
      outbox_ = std::make_unique<Outbox>(std::move(sinks), options_);
    }
    return *outbox_;
  }

  Script one_, two_;
  OutboxOptions options_ = {.retry = {.initial = 0ms, .max = 0ms, .max_retry_after = 0ms, .give_up_after = 1h}};
  std::unique_ptr<Outbox> outbox_;  // ends before the scripts
};

TEST_F(OutboxTest, DeliversInOrderToEverySink) {
  for (const char* rule : {"a", "b", "c"}) outbox().push(alert_named(rule));
  const auto stats = outbox().drain(in(long_from_now));
  EXPECT_EQ(rules_of(one_.wait_for_tries(3)), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(rules_of(two_.wait_for_tries(3)), (std::vector<std::string>{"a", "b", "c"}));
  ASSERT_EQ(stats.size(), 2U);
  EXPECT_EQ(stats[0].sink, "one");
  for (const auto& sink : stats) {
    EXPECT_EQ(sink.delivered, 3U);
    EXPECT_EQ(sink.queued, 0U);
    EXPECT_EQ(settled(sink), sink.pushed);
  }
}

TEST_F(OutboxTest, AStalledSinkDelaysNoOther) {
  one_.on_send(hang);
  for (const char* rule : {"a", "b", "c"}) outbox().push(alert_named(rule));
  EXPECT_EQ(two_.wait_for_tries(3).size(), 3U);
  one_.wait_for_tries(1);
  EXPECT_EQ(outbox().stats()[0].queued, 3U);
  EXPECT_EQ(outbox().stats()[0].delivered, 0U);
}

TEST_F(OutboxTest, AFullQueueDropsTheNewestAndCounts) {
  options_.queue_alerts = 2;
  std::latch release(1);
  one_.on_send([&](const Alert&, const std::stop_token&) -> SendResult { return release.wait(), SendResult{}; });
  outbox().push(alert_named("a"));
  one_.wait_for_tries(1);
  for (const char* rule : {"b", "c", "d"}) outbox().push(alert_named(rule));
  EXPECT_EQ(outbox().stats()[0].dropped_queue_full, 2U);
  release.count_down();
  const auto stats = outbox().drain(in(long_from_now));
  EXPECT_EQ(rules_of(one_.wait_for_tries(2)), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(stats[0].delivered, 2U);
  EXPECT_EQ(settled(stats[0]), 4U);
  EXPECT_THAT(one_.wait_for_warning("queue was full"), HasSubstr("2 alerts dropped"));
}

TEST_F(OutboxTest, BoundsTheBytesToo) {
  options_.queue_bytes = memory_of(sample_alert()) * 2 + 10'000;
  one_.on_send(hang);
  Alert big = sample_alert();
  big.process.cmdline.assign(9000, 'x');
  for (int i = 0; i < 3; ++i) outbox().push(big);
  EXPECT_EQ(outbox().stats()[0].dropped_queue_full, 2U);
}

TEST_F(OutboxTest, WhatIsDeliveredMakesRoom) {
  options_.queue_bytes = memory_of(sample_alert()) * 3;
  for (std::size_t i = 1; i <= 20; ++i) {
    outbox().push(sample_alert());
    one_.wait_for_tries(i);
    two_.wait_for_tries(i);
  }
  EXPECT_EQ(outbox().drain(in(long_from_now))[0].delivered, 20U);
}

TEST_F(OutboxTest, RetriesUntilItWorks) {
  std::atomic<int> failures = 3;
  one_.on_send([&](const Alert&, const std::stop_token&) -> SendResult {
    if (failures-- > 0) return {Outcome::retry, "HTTP\n500"};
    return {};
  });
  outbox().push(alert_named("a"));
  outbox().push(alert_named("b"));
  const auto stats = outbox().drain(in(long_from_now));
  EXPECT_EQ(rules_of(one_.wait_for_tries(5)), (std::vector<std::string>{"a", "a", "a", "a", "b"}));
  EXPECT_EQ(stats[0].retried, 3U);
  EXPECT_EQ(stats[0].delivered, 2U);
  EXPECT_EQ(stats[0].last_error, "HTTP\\n500");
  EXPECT_THAT(one_.warnings(), testing::ElementsAre(HasSubstr("HTTP\\n500; failure 1 in a row"),
                                                    HasSubstr("failure 2 in a row"), HasSubstr("works again after 3")));
}

TEST_F(OutboxTest, WaitsAsLongAsTheReceiverAsks) {
  options_.retry.max_retry_after = 1h;
  one_.on_send([](const Alert&, const std::stop_token&) -> SendResult { return {Outcome::retry, "429", 30min}; });
  outbox().push(sample_alert());
  EXPECT_THAT(one_.wait_for_warning("429"), HasSubstr("next try in 1800000 ms"));
}

TEST_F(OutboxTest, DoesNotRetryWhatIsRejected) {
  one_.on_send([](const Alert& alert, const std::stop_token&) -> SendResult {
    if (alert.rule == "bad") return {Outcome::rejected, "the receiver answered 400"};
    return {};
  });
  outbox().push(alert_named("bad"));
  outbox().push(alert_named("good"));
  const auto stats = outbox().drain(in(long_from_now));
  EXPECT_EQ(rules_of(one_.wait_for_tries(2)), (std::vector<std::string>{"bad", "good"}));
  EXPECT_EQ(stats[0].rejected, 1U);
  EXPECT_EQ(stats[0].delivered, 1U);
}

TEST_F(OutboxTest, GivesUpAnAlertThatIsTooOld) {
  options_.retry.give_up_after = 0ms;
  one_.on_send([](const Alert&, const std::stop_token&) -> SendResult { return {Outcome::retry, "down"}; });
  outbox().push(sample_alert());
  outbox().push(sample_alert());
  const auto stats = outbox().drain(in(long_from_now));
  EXPECT_EQ(stats[0].failed, 2U);
  EXPECT_EQ(stats[0].retried, 0U);
}

TEST_F(OutboxTest, AnExceptionTouchesOneAlertOfOneSink) {
  one_.on_send([](const Alert& alert, const std::stop_token&) -> SendResult {
    if (alert.rule == "a") throw std::runtime_error("broken");
    if (alert.rule == "b") throw 42;
    return {};
  });
  for (const char* rule : {"a", "b", "c"}) outbox().push(alert_named(rule));
  const auto stats = outbox().drain(in(long_from_now));
  EXPECT_EQ(stats[0].failed, 2U);
  EXPECT_EQ(stats[0].delivered, 1U);
  EXPECT_EQ(stats[1].delivered, 3U);
  EXPECT_THAT(one_.wait_for_warning("broken"), HasSubstr("alert not delivered (1 so far)"));
}

TEST_F(OutboxTest, AWarningThatThrowsEndsNothing) {
  one_.on_send([](const Alert&, const std::stop_token&) -> SendResult { return {Outcome::rejected, "no"}; });
  options_.warn = [](std::string_view, std::string_view) { throw std::runtime_error("log is full"); };
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(std::make_unique<FakeSink>("one", one_));
  Outbox outbox(std::move(sinks), options_);
  outbox.push(sample_alert());
  outbox.push(sample_alert());
  EXPECT_EQ(outbox.drain(in(long_from_now))[0].rejected, 2U);
}

TEST_F(OutboxTest, AfterClosedNothingIsSentAndAllIsCounted) {
  one_.on_send([](const Alert&, const std::stop_token&) -> SendResult { return {Outcome::closed, "Broken pipe"}; });
  for (int i = 0; i < 5; ++i) outbox().push(sample_alert());
  const auto stats = outbox().drain(in(long_from_now));
  EXPECT_EQ(one_.wait_for_tries(1).size(), 1U);
  EXPECT_TRUE(stats[0].closed);
  EXPECT_EQ(stats[0].failed, 5U);
  EXPECT_EQ(stats[0].last_error, "Broken pipe");
  EXPECT_EQ(stats[1].delivered, 5U);
}

TEST_F(OutboxTest, DrainStopsAHangingSinkAtTheDeadline) {
  one_.on_send(hang);
  for (int i = 0; i < 3; ++i) outbox().push(sample_alert());
  two_.wait_for_tries(3);
  const auto stats = outbox().drain(in(0s));
  EXPECT_EQ(stats[0].undelivered, 3U);
  EXPECT_EQ(settled(stats[0]), 3U);
  EXPECT_EQ(stats[1].delivered, 3U);
}

TEST_F(OutboxTest, DrainStopsAWaitForARetry) {
  options_.retry.initial = options_.retry.max = 1h;
  one_.on_send([](const Alert&, const std::stop_token&) -> SendResult { return {Outcome::retry, "down"}; });
  outbox().push(sample_alert());
  one_.wait_for_warning("down");
  const auto stats = outbox().drain(in(0s));
  EXPECT_EQ(stats[0].undelivered, 1U);
  EXPECT_EQ(one_.wait_for_tries(1).size(), 1U);
}

TEST_F(OutboxTest, DrainReportsASinkThatCannotBeStopped) {
  std::latch release(1);
  one_.on_send([&](const Alert&, const std::stop_token&) -> SendResult { return release.wait(), SendResult{}; });
  outbox().push(sample_alert());
  one_.wait_for_tries(1);
  const auto stats = outbox().drain(in(0s));
  EXPECT_EQ(stats[0].undelivered, 1U);
  EXPECT_EQ(settled(stats[0]), 1U);
  release.count_down();
  outbox_.reset();  // waits for the thread that uses the latch
}

TEST_F(OutboxTest, CountsWhatIsPushedAfterTheEnd) {
  outbox().drain(in(long_from_now));
  outbox().push(sample_alert());
  EXPECT_EQ(outbox().stats()[0].undelivered, 1U);
  EXPECT_EQ(settled(outbox().stats()[0]), 1U);
}

TEST_F(OutboxTest, ReopensWithoutWaitingForAnAlert) {
  outbox().reopen();
  one_.wait_for_reopens(1);
  two_.wait_for_reopens(1);
}

TEST_F(OutboxTest, GivesEachAlertOneUuidForAllSinks) {
  Alert nameless = sample_alert();
  nameless.uuid.clear();
  for (int i = 0; i < 100; ++i) outbox().push(nameless);
  outbox().push(sample_alert());
  const auto one = one_.wait_for_tries(101), two = two_.wait_for_tries(101);
  static const std::regex version7("019b7ca9-8d03-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  std::set<std::string> seen;
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_TRUE(std::regex_match(one[i].uuid, version7)) << one[i].uuid;
    EXPECT_EQ(one[i].uuid, two[i].uuid);
    seen.insert(one[i].uuid);
  }
  EXPECT_EQ(seen.size(), 100U);
  EXPECT_EQ(one[100].uuid, sample_alert().uuid);
}

TEST_F(OutboxTest, TheCountsAddUpUnderLoadFromManyThreads) {
  options_.queue_alerts = 50;
  std::atomic<unsigned> calls = 0;
  one_.on_send([&](const Alert&, const std::stop_token&) -> SendResult {
    static constexpr std::array outcomes = {Outcome::delivered, Outcome::retry, Outcome::rejected, Outcome::failed};
    return {outcomes.at(calls++ % outcomes.size()), "so"};
  });
  constexpr std::uint64_t threads = 4, each = 500;
  {
    std::vector<std::jthread> pushers;
    for (std::uint64_t i = 0; i < threads; ++i) {
      pushers.emplace_back([this, &outbox = outbox()] {
        for (std::uint64_t k = 0; k < each; ++k) outbox.push(sample_alert());
      });
    }
    for (const auto& sink : outbox().stats()) EXPECT_EQ(settled(sink), sink.pushed);
  }
  for (const auto& sink : outbox().drain(in(long_from_now))) {
    EXPECT_EQ(sink.pushed, threads * each);
    EXPECT_EQ(settled(sink), sink.pushed);
    EXPECT_GT(sink.delivered, 0U);
  }
}

}  // namespace
}  // namespace eunomia::alerts
