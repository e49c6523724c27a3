// SPDX-License-Identifier: Apache-2.0
#include "alerts/format.h"
#include "tests/unit/alerts/samples.h"

namespace eunomia::alerts {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

TEST(FormatText, SaysWhenWhatAndWho) {
  EXPECT_EQ(format_text(sample_alert()),
            "2026-01-02T03:04:05.123Z Warning Read sensitive file: Sensitive file opened for reading "
            "(file=/etc/shadow) | container=web id=3f4e5d6c7b8a image=busybox:latest process=cat pid=4242 "
            "cmdline=\"cat /etc/shadow\" parents=sh<containerd-shim user=root file=/etc/shadow "
            "tags=filesystem,T1555");
}

TEST(FormatText, SaysHostWhereThereIsNoContainer) {
  Alert alert = sample_alert();
  alert.container = {};
  EXPECT_THAT(format_text(alert), HasSubstr(" | container=host process=cat"));
}

TEST(FormatText, NamesAContainerByIdUntilItsNameIsKnown) {
  Alert alert = sample_alert();
  alert.container.name = alert.container.image = "";
  alert.incomplete = true;
  alert.incomplete_why = "no answer";
  EXPECT_THAT(format_text(alert), HasSubstr(" | container=3f4e5d6c7b8a id=3f4e5d6c7b8a process=cat"));
  EXPECT_THAT(format_text(alert), EndsWith(" incomplete=\"no answer\""));
}

TEST(FormatText, LeavesOutWhatAnInternalAlertHasNot) {
  Alert alert;
  alert.rule = "Events lost";
  alert.output = "12 events lost";
  EXPECT_EQ(format_text(alert, {.prefix = false}), "Events lost: 12 events lost | container=host");
}

TEST(FormatText, ColoursOnlyWhenToldTo) {
  EXPECT_THAT(format_text(sample_alert()), Not(HasSubstr("\x1b")));
  const std::string line = format_text(sample_alert(), {.color = true});
  EXPECT_THAT(line, HasSubstr("\x1b[33mWarning\x1b[0m"));
  EXPECT_THAT(line, EndsWith("\x1b[0m"));
}

TEST(FormatText, IsOneCleanLineForNewlinesEscapesAndBrokenUtf8) {
  Alert alert = sample_alert();
  alert.process.cmdline = "sh -c x\n2026-01-02 Emergency fake\x1b[1A\xff";
  const std::string line = format_text(alert);
  EXPECT_TRUE(is_clean_line(line)) << line;
  EXPECT_THAT(line, HasSubstr("cmdline=\"sh -c x\\n2026-01-02 Emergency fake\\x1b[1A\\xff\""));
}

TEST(FormatText, CannotBeGivenAFalseUser) {
  Alert alert = sample_alert();
  alert.process.name = "x user=nobody";
  EXPECT_THAT(format_text(alert), HasSubstr("process=\"x user=nobody\" pid="));
}

TEST(FormatText, IsOneCleanLineForAnyBytes) {
  HostileBytes bytes(3);
  for (int i = 0; i < 500; ++i) {
    const std::string line = format_text(alert_of_strings(bytes));
    ASSERT_TRUE(is_clean_line(line)) << line;
    ASSERT_LE(line.size(), max_text_bytes);
  }
}

TEST(FormatText, StaysWithinItsLimit) {
  for (const char byte : {'x', '\x01', '\xff', '"'}) {
    Alert alert = alert_of_strings([byte] { return std::string(100'000, byte); });
    alert.tags.assign(1000, std::string(100, byte));
    alert.process.ancestors = alert.tags;
    const std::string line = format_text(alert);
    EXPECT_LE(line.size(), max_text_bytes);
    EXPECT_THAT(line, HasSubstr("...[+"));
  }
}

}  // namespace
}  // namespace eunomia::alerts
