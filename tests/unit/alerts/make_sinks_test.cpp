// SPDX-License-Identifier: Apache-2.0
#include "alerts/sink_config.h"
#include "tests/unit/alerts/temp_dir.h"

namespace eunomia::alerts {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(MakeSinks, MakesOneOfEachKind) {
  const TempDir dir;
  const auto sinks =
      make_sinks({StdoutConfig{}, FileConfig{.path = dir / "a"}, SyslogConfig{.address = "udp://localhost"},
                  SyslogConfig{}, WebhookConfig{.url = "https://user:secret@hooks.example.org/T0/B1?k=v"}});
  ASSERT_TRUE(sinks);
  std::vector<std::string> names;
  for (const auto& sink : *sinks) names.emplace_back(sink->name());
  EXPECT_EQ(names, (std::vector<std::string>{"stdout", "file:" + dir / "a", "syslog:udp://localhost", "syslog:local",
                                             "webhook:https://hooks.example.org:443"}));
}

TEST(MakeSinks, ReportsEveryMistakeAtOnce) {
  const auto sinks =
      make_sinks({FileConfig{}, FileConfig{.path = "/does/not/exist"}, SyslogConfig{.address = "x"},
                  SyslogConfig{.max_bytes = 10}, SyslogConfig{.format = Format::json, .max_bytes = 2000},
                  SyslogConfig{.facility = 24}, WebhookConfig{.url = "ftp://h/"}, WebhookConfig{.url = "http://"},
                  WebhookConfig{.url = "http://h", .headers = {{"X-A", "b\r\nX-C: d"}}},
                  WebhookConfig{.url = "http://h", .headers = {{"X A", "b"}}}, StdoutConfig{.fd = 1000}});
  ASSERT_FALSE(sinks);
  const auto& errors = sinks.error();
  EXPECT_EQ(std::ranges::count(errors, '\n'), 10);
  EXPECT_THAT(errors, HasSubstr("file: the path is empty"));
  EXPECT_THAT(errors, HasSubstr("file: cannot open /does/not/exist for appending: No such file or directory"));
  EXPECT_THAT(errors, HasSubstr("syslog: \"x\" is no address"));
  EXPECT_THAT(errors, HasSubstr("max_bytes is 10; it must be 1024 to 65000"));
  EXPECT_THAT(errors, HasSubstr("max_bytes is 2000; it must be 6144 to 65000"));
  EXPECT_THAT(errors, HasSubstr("facility is 24"));
  EXPECT_THAT(errors, HasSubstr("webhook: the URL's scheme is \"ftp\"; use http:// or https://"));
  EXPECT_THAT(errors, HasSubstr("webhook: the URL is invalid"));
  EXPECT_THAT(errors, HasSubstr("webhook: header \"X-A\" is not valid"));
  EXPECT_THAT(errors, HasSubstr("webhook: header \"X A\" is not valid"));
  EXPECT_THAT(errors, HasSubstr("stdout: the descriptor is closed"));
}

}  // namespace
}  // namespace eunomia::alerts
