// SPDX-License-Identifier: Apache-2.0
#include "engine/detector.h"

#include "tests/unit/event/allocation_count.h"
#include "tests/unit/event/records.h"

namespace eunomia {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto rules_text = R"(
- rule: shadow
  desc: x
  condition: evt.type = openat and fd.name = /etc/shadow
  output: opened %fd.name in %container.name
  priority: warning
  tags: [a]
- rule: nginx writes
  desc: x
  condition: evt.type = openat and fd.name = /etc/x and container.name = nginx
  output: x
  priority: notice
)";

std::shared_ptr<const lang::Engine> engine_of(const char* text) {
  auto loaded = lang::load_text("test.yaml", text);
  for (const auto& diagnostic : loaded.diagnostics) ADD_FAILURE() << lang::to_text(diagnostic);
  return loaded.engine;
}

class DetectorTest : public testing::Test {
 protected:
  static std::shared_ptr<const Container> container(Metadata metadata, std::string name = "") {
    Container value{.id = "c1", .full_id = "c1", .metadata = metadata, .name = std::move(name)};
    if (metadata == Metadata::missing) value.metadata_source = "no engine answered";
    return std::make_shared<Container>(value);
  }

  void open(std::string_view path, std::shared_ptr<const Container> where, std::uint64_t time_ns = 0) {
    test::Record<ev_file> record(EV_OPENAT);
    record.body.h.time_ns = time_ns;
    record.body.fd = 3;
    record.body.h.pid = 7;
    record.add(&ev_file::path, path);
    const auto bytes = record.bytes();
    const auto event = Event::decode(bytes);
    ASSERT_TRUE(event) << event.error();
    current_ = where;
    detector_.on_event({*event, bytes, process_, std::move(where), 1}, host_);
  }

  std::shared_ptr<const Container> current_;
  std::vector<alerts::Alert> raised_;
  HostFacts host_{.boot_time_ns = 1'000'000};
  std::shared_ptr<const Process> process_ =
      std::make_shared<Process>(Process{.pid = 7,
                                        .name = "cat",
                                        .cmdline = "cat /etc/shadow",
                                        .parent = std::make_shared<Process>(Process{.name = "sh"})});
  Detector detector_{engine_of(rules_text),
                     [this](const std::string&) { return current_; },
                     [this](alerts::Alert alert) { raised_.push_back(std::move(alert)); },
                     {.hostname = "h", .max_parked = 2}};
};

TEST_F(DetectorTest, AnAlertCarriesEventProcessAndRule) {
  open("/etc/shadow", nullptr);
  ASSERT_EQ(raised_.size(), 1U);
  const alerts::Alert& alert = raised_[0];
  EXPECT_EQ(alert.rule, "shadow");
  EXPECT_EQ(alert.priority, alerts::Priority::warning);
  EXPECT_EQ(alert.time_ns, 1'000'000U);
  EXPECT_EQ(alert.hostname, "h");
  EXPECT_THAT(alert.tags, ElementsAre("a"));
  EXPECT_EQ(alert.file, "/etc/shadow");
  EXPECT_EQ(alert.user, "0");
  EXPECT_EQ(alert.event_type, "openat");
  EXPECT_EQ(alert.process.cmdline, "cat /etc/shadow");
  EXPECT_THAT(alert.process.ancestors, ElementsAre("sh"));
  EXPECT_EQ(alert.container.id, "");
  EXPECT_FALSE(alert.incomplete);
}

TEST_F(DetectorTest, WhatMatchesNoRuleRaisesNothing) {
  open("/etc/passwd", container(Metadata::complete, "web"));
  EXPECT_THAT(raised_, IsEmpty());
}

TEST_F(DetectorTest, AnAlertWaitsForTheContainersName) {
  open("/etc/shadow", container(Metadata::pending));
  EXPECT_THAT(raised_, IsEmpty());
  EXPECT_TRUE(detector_.is_waiting());
  detector_.on_tick(host_);
  EXPECT_THAT(raised_, IsEmpty());
  current_ = container(Metadata::complete, "web");
  detector_.on_tick(host_);
  ASSERT_EQ(raised_.size(), 1U);
  EXPECT_EQ(raised_[0].container.name, "web");
  EXPECT_THAT(raised_[0].output, HasSubstr("in web"));
  EXPECT_FALSE(raised_[0].incomplete);
  EXPECT_FALSE(detector_.is_waiting());
}

TEST_F(DetectorTest, AConditionOnMetadataIsJudgedOnceItIsThere) {
  open("/etc/x", container(Metadata::pending));
  current_ = container(Metadata::complete, "nginx");
  detector_.on_tick(host_);
  ASSERT_EQ(raised_.size(), 1U);
  EXPECT_EQ(raised_[0].rule, "nginx writes");
}

TEST_F(DetectorTest, AConditionOnMetadataThatTurnsOutOtherwiseStaysSilent) {
  open("/etc/x", container(Metadata::pending));
  current_ = container(Metadata::complete, "redis");
  detector_.on_tick(host_);
  EXPECT_THAT(raised_, IsEmpty());
}

TEST_F(DetectorTest, AnEventThatNeedsNoMetadataDoesNotWait) {
  open("/etc/passwd", container(Metadata::pending));
  EXPECT_FALSE(detector_.is_waiting());
}

TEST_F(DetectorTest, WithoutMetadataTheAlertSaysSo) {
  open("/etc/shadow", container(Metadata::pending));
  current_ = container(Metadata::missing);
  detector_.on_tick(host_);
  ASSERT_EQ(raised_.size(), 1U);
  EXPECT_TRUE(raised_[0].incomplete);
  EXPECT_EQ(raised_[0].incomplete_why, "no engine answered");
  EXPECT_EQ(detector_.stats().incomplete, 1U);
}

TEST_F(DetectorTest, AForgottenContainerLosesNoAlert) {
  open("/etc/shadow", container(Metadata::pending));
  current_ = nullptr;
  detector_.on_tick(host_);
  ASSERT_EQ(raised_.size(), 1U);
  EXPECT_EQ(raised_[0].container.id, "c1");
  EXPECT_TRUE(raised_[0].incomplete);
}

TEST_F(DetectorTest, PastTheBoundAnEventIsJudgedAtOnceAndCounted) {
  for (int i = 0; i < 3; ++i) open("/etc/shadow", container(Metadata::pending));
  EXPECT_EQ(detector_.stats().parked, 2U);
  EXPECT_EQ(detector_.stats().parking_full, 1U);
  ASSERT_EQ(raised_.size(), 1U);
  EXPECT_TRUE(raised_[0].incomplete);
}

TEST_F(DetectorTest, FlushJudgesAllThatWaits) {
  open("/etc/shadow", container(Metadata::pending));
  detector_.flush(host_);
  EXPECT_EQ(raised_.size(), 1U);
  EXPECT_FALSE(detector_.is_waiting());
}

TEST_F(DetectorTest, NewRulesCountFromTheNextEvent) {
  detector_.replace(engine_of(R"(
- rule: other
  desc: x
  condition: evt.type = openat and fd.name = /etc/shadow
  output: x
  priority: error
)"));
  open("/etc/shadow", nullptr);
  ASSERT_EQ(raised_.size(), 1U);
  EXPECT_EQ(raised_[0].rule, "other");
  EXPECT_EQ(detector_.stats().alerts.at("other"), 1U);
}

constexpr auto three_reads = R"(
- rule: three
  desc: x
  condition: evt.type = openat and fd.name = /etc/shadow
  output: opened %fd.name in %container.name
  priority: warning
  window: {count: 3, within: 10s, by: container.id}
- rule: one
  desc: x
  condition: evt.type = openat and fd.name startswith /etc/shadow
  output: x
  priority: notice
  throttle: {count: 1, within: 10s}
)";
constexpr std::uint64_t second_ns = 1'000'000'000;

std::vector<std::string> rules_of(const std::vector<alerts::Alert>& alerts) {
  std::vector<std::string> out;
  for (const auto& alert : alerts) out.push_back(alert.rule);
  return out;
}

TEST_F(DetectorTest, AWindowReportsInItsTurnAndAThrottleTellsWhatItHeldBack) {
  detector_.replace(engine_of(three_reads));
  for (const std::uint64_t time : {0, 1, 2, 3}) open("/etc/shadow", nullptr, time * second_ns);
  EXPECT_THAT(rules_of(raised_), ElementsAre("one", "three"));
  EXPECT_EQ(detector_.stats().suppressed.at("one"), 2U);
  open("/etc/shadow", nullptr, 20 * second_ns);
  ASSERT_EQ(raised_.size(), 3U);
  EXPECT_EQ(raised_[2].output, "x (2 more suppressed)");
  ASSERT_EQ(raised_[2].fields.size(), 1U);
  EXPECT_EQ(raised_[2].fields[0].first, "throttle.suppressed");
  EXPECT_EQ(raised_[2].fields[0].second, alerts::FieldValue(std::int64_t{2}));
  EXPECT_EQ(detector_.stats().alerts.at("one"), 2U);
}

TEST_F(DetectorTest, AnEventThatWaitsIsCountedOnce) {
  detector_.replace(engine_of(three_reads));
  open("/etc/shadow", container(Metadata::pending));
  detector_.on_tick(host_);
  open("/etc/shadow", container(Metadata::pending));
  detector_.on_tick(host_);
  detector_.on_tick(host_);
  current_ = container(Metadata::complete, "web");
  detector_.on_tick(host_);
  EXPECT_THAT(rules_of(raised_), ElementsAre("one"));
  open("/etc/shadow", container(Metadata::complete, "web"));
  EXPECT_THAT(rules_of(raised_), ElementsAre("one", "three"));
  EXPECT_THAT(raised_[1].output, HasSubstr("in web"));
}

TEST_F(DetectorTest, StepsWaitBehindEarlierStepsOfTheSameContainer) {
  detector_.replace(engine_of(R"(
- rule: then
  desc: x
  output: x
  priority: warning
  sequence:
    within: 10s
    by: container.id
    steps:
      - condition: evt.type = openat and fd.name = /etc/a
      - condition: evt.type = openat and fd.name = /etc/b
)"));
  open("/etc/a", container(Metadata::pending));
  open("/etc/b", container(Metadata::complete, "web"));  // the metadata came in between
  EXPECT_THAT(raised_, IsEmpty());
  detector_.on_tick(host_);
  EXPECT_THAT(rules_of(raised_), ElementsAre("then"));
  open("/etc/a", container(Metadata::complete, "web"));
  open("/etc/b", container(Metadata::complete, "web"));
  EXPECT_EQ(raised_.size(), 2U);  // nothing waits any more
}

TEST_F(DetectorTest, AReloadStartsCountingAnew) {
  detector_.replace(engine_of(three_reads));
  open("/etc/shadow", nullptr);
  open("/etc/shadow", nullptr);
  detector_.replace(engine_of(three_reads));
  open("/etc/shadow", nullptr);
  EXPECT_THAT(rules_of(raised_), ElementsAre("one", "one"));
}

TEST_F(DetectorTest, WhatMatchesNothingOrIsCountedAgainCostsNoAllocation) {
  detector_.replace(engine_of(R"(
- rule: never full
  desc: x
  condition: evt.type = openat and fd.name startswith /etc
  output: x
  priority: warning
  window: {count: 1000, within: 1ms, by: [proc.pid, fd.name]}
- rule: plain
  desc: x
  condition: evt.type = openat and fd.name = /etc/shadow and proc.name = x
  output: x
  priority: warning
)"));
  const auto allocations_of = [&](std::string_view path) {
    test::Record<ev_file> record(EV_OPENAT);
    record.add(&ev_file::path, path);
    const auto bytes = record.bytes();
    const auto event = *Event::decode(bytes);
    const auto judge = [&](std::uint64_t time_ns) {
      auto timed = event;
      timed.time_ns = time_ns;
      detector_.on_event({timed, bytes, process_, nullptr, 1}, host_);
    };
    for (std::uint64_t i = 0; i < 5000; ++i) judge(i * 2'000'000);
    const auto before = test::allocations();
    for (std::uint64_t i = 5000; i < 5100; ++i) judge(i * 2'000'000);
    return test::allocations() - before;
  };
  EXPECT_EQ(allocations_of("/usr/x"), 0U);
  EXPECT_EQ(allocations_of("/etc/shadow"), 0U);
}

TEST_F(DetectorTest, AllRulesReportIfAsked) {
  Detector all(
      engine_of(rules_text), [](const std::string&) { return nullptr; },
      [this](alerts::Alert alert) { raised_.push_back(std::move(alert)); }, {.matching = lang::Matching::all});
  all.replace(std::shared_ptr<const lang::Engine>(lang::load_text("test.yaml", R"(
- rule: a
  desc: x
  condition: evt.type = openat
  output: x
  priority: warning
- rule: b
  desc: x
  condition: evt.type = openat and fd.name = /etc/x
  output: x
  priority: warning
)",
                                                                  {.matching = lang::Matching::all})
                                                      .engine));
  test::Record<ev_file> record(EV_OPENAT);
  record.add(&ev_file::path, "/etc/x");
  const auto bytes = record.bytes();
  all.on_event({*Event::decode(bytes), bytes, process_, nullptr, 1}, host_);
  EXPECT_THAT(rules_of(raised_), ElementsAre("a", "b"));
}

}  // namespace
}  // namespace eunomia
