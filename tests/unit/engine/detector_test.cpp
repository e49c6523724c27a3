// SPDX-License-Identifier: Apache-2.0
#include "engine/detector.h"

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

  void open(std::string_view path, std::shared_ptr<const Container> where) {
    test::Record<ev_file> record(EV_OPENAT);
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

}  // namespace
}  // namespace eunomia
