// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "alerts/format.h"
#include "tests/unit/alerts/samples.h"

namespace eunomia::alerts {
namespace {

using nlohmann::json;

TEST(FormatJson, HasTheKeysOfFalcosConsumers) {
  const json alert = json::parse(format_json(sample_alert()));
  EXPECT_EQ(alert["time"], "2026-01-02T03:04:05.123456789Z");
  EXPECT_EQ(alert["rule"], "Read sensitive file");
  EXPECT_EQ(alert["priority"], "Warning");
  EXPECT_EQ(alert["output"], "03:04:05.123456789: Warning Sensitive file opened for reading (file=/etc/shadow)");
  EXPECT_EQ(alert["source"], "syscall");
  EXPECT_EQ(alert["hostname"], "node-1");
  EXPECT_EQ(alert["tags"], json({"filesystem", "T1555"}));
}

TEST(FormatJson, KeepsTheTypesOfOutputFields) {
  const json fields = json::parse(format_json(sample_alert()))["output_fields"];
  EXPECT_EQ(fields.size(), 5U);
  EXPECT_EQ(fields["fd.name"], "/etc/shadow");
  EXPECT_EQ(fields["proc.pid"], 4242);
  EXPECT_EQ(fields["proc.is_exe_upper_layer"], false);
  EXPECT_TRUE(fields["proc.aname[2]"].is_null());
  EXPECT_EQ(fields["evt.time"], 1'767'323'045'123'456'789);
}

TEST(FormatJson, LeavesAnEventTimeOfTheOutputAsItIs) {
  Alert alert = sample_alert();
  alert.fields = {{"evt.time", std::string("03:04:05.123456789")}};
  EXPECT_EQ(json::parse(format_json(alert))["output_fields"], json({{"evt.time", "03:04:05.123456789"}}));
}

TEST(FormatJson, HasOursBesides) {
  Alert alert = sample_alert();
  alert.incomplete = true;
  alert.incomplete_why = "the container engine did not answer";
  const json parsed = json::parse(format_json(alert));
  EXPECT_EQ(parsed["uuid"], alert.uuid);
  EXPECT_EQ(parsed["message"], alert.output);
  EXPECT_EQ(parsed["event"], "openat");
  EXPECT_EQ(parsed["container"],
            json({{"id", alert.container.id}, {"name", "web"}, {"image", "busybox:latest"}, {"engine", "docker"}}));
  EXPECT_EQ(parsed["process"], json({{"pid", 4242},
                                     {"vpid", 7},
                                     {"name", "cat"},
                                     {"exepath", "/bin/cat"},
                                     {"cmdline", "cat /etc/shadow"},
                                     {"cwd", "/"},
                                     {"ancestors", {"sh", "containerd-shim"}}}));
  EXPECT_EQ(parsed["user"], "root");
  EXPECT_EQ(parsed["file"], "/etc/shadow");
  EXPECT_EQ(parsed["incomplete"], true);
  EXPECT_EQ(parsed["incomplete_reason"], "the container engine did not answer");
  EXPECT_EQ(parsed["truncated"], false);
  EXPECT_FALSE(json::parse(format_json(sample_alert())).contains("incomplete_reason"));
}

TEST(FormatJson, HasListsAndObjectsWhereThereIsNothing) {
  const json parsed = json::parse(format_json(Alert{}));
  EXPECT_EQ(parsed["tags"], json::array());
  EXPECT_EQ(parsed["output_fields"], json({{"evt.time", 0}}));
  EXPECT_EQ(parsed["process"]["ancestors"], json::array());
}

TEST(FormatJson, ReplacesWhatIsNotUtf8AndEscapesTheRest) {
  Alert alert = sample_alert();
  alert.process.cmdline = "a\xff\n\u202eü";
  const std::string line = format_json(alert);
  EXPECT_EQ(json::parse(line)["process"]["cmdline"], "a\ufffd\n\u202eü");
  EXPECT_NE(line.find("a\\ufffd\\n\\u202e\\u00fc"), std::string::npos);
}

TEST(FormatJson, IsOnePrintableValidLineForAnyBytes) {
  HostileBytes bytes(2);
  for (int i = 0; i < 500; ++i) {
    const std::string line = format_json(alert_of_strings(bytes));
    ASSERT_TRUE(json::accept(line)) << line;
    ASSERT_TRUE(std::ranges::all_of(line, [](char c) { return c >= 0x20 && c < 0x7f; })) << line;
  }
}

TEST(FormatJson, StaysWithinItsLimitAndSaysWhatItCut) {
  for (const std::size_t size : {1000UL, 20'000UL, 1'000'000UL}) {
    for (const std::string piece : {"x", "\x01", "\xff", "😀"}) {
      std::string text;
      while (text.size() < size) text += piece;
      const Alert alert = alert_of_strings([&] { return text; });
      for (const std::size_t limit : {std::size_t{4096}, std::size_t{8192}, max_json_bytes}) {
        const std::string line = format_json(alert, limit);
        ASSERT_LE(line.size(), limit);
        const json parsed = json::parse(line);
        ASSERT_FALSE(parsed["output_fields"].empty());
        ASSERT_FALSE(parsed["rule"].empty());
        ASSERT_EQ(parsed["truncated"], line.find("...[+") != std::string::npos);
      }
    }
  }
}

TEST(FormatJson, CutsManyFieldsToTheEssentials) {
  Alert alert = sample_alert();
  for (int i = 0; i < 5000; ++i) alert.fields.emplace_back("field" + std::to_string(i), std::string("value"));
  const json parsed = json::parse(format_json(alert));
  EXPECT_EQ(parsed["rule"], alert.rule);
  EXPECT_EQ(parsed["output_fields"], json({{"evt.time", alert.time_ns}}));
  EXPECT_EQ(parsed["truncated"], true);
}

TEST(Rfc3339, IsUtcWithTheDigitsAskedFor) {
  EXPECT_EQ(rfc3339(0), "1970-01-01T00:00:00.000000000Z");
  EXPECT_EQ(rfc3339(1'767'323'045'000'000'001, 9), "2026-01-02T03:04:05.000000001Z");
  EXPECT_EQ(rfc3339(1'767'323'045'123'456'789, 6), "2026-01-02T03:04:05.123456Z");
  EXPECT_EQ(rfc3339(1'767'323'045'123'456'789, 0), "2026-01-02T03:04:05Z");
  EXPECT_EQ(rfc3339(~0ULL, 0), "2554-07-21T23:34:33Z");
}

TEST(Priority, HasTheNamesOfFalco) {
  EXPECT_EQ(to_string(Priority::emergency), "Emergency");
  EXPECT_EQ(to_string(Priority::informational), "Informational");
  EXPECT_EQ(to_string(Priority::debug), "Debug");
}

}  // namespace
}  // namespace eunomia::alerts
