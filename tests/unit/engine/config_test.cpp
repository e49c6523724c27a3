// SPDX-License-Identifier: Apache-2.0
#include "engine/config.h"

namespace eunomia {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::string errors_of(const std::string& text) {
  const auto config = parse_config("test.yaml", text);
  return config ? "" : config.error();
}

TEST(Config, AnEmptyFileIsTheDefaults) {
  const auto config = parse_config("test.yaml", "");
  ASSERT_TRUE(config) << config.error();
  EXPECT_EQ(config->sensor.ring_bytes, 8U << 20);
  EXPECT_EQ(config->containers.metadata_timeout, 500ms);
  EXPECT_TRUE(config->alerts.to_standard_output);
  EXPECT_TRUE(config->alerts.sinks.empty());
}

TEST(Config, EveryKeyReachesItsPlace) {
  const auto config = parse_config("test.yaml", R"(
rules: [/a, /b]
sensor: {ring_bytes: 65536}
containers: {metadata_timeout: 2s, sockets: /run/x.sock}
log_level: debug
alerts:
  queue: 7
  drain_timeout: 1m
  stdout: {enabled: false, format: json, color: never}
  file: [{path: /x}, {path: /y, format: text}]
  syslog: {address: "udp://localhost:514", format: json, facility: 3, max_bytes: 2048, timeout: 1s}
  webhook: {url: "https://h/", headers: {A: b}, ca_file: /ca, verify_tls: false, timeout: 3s, connect_timeout: 4s}
)");
  ASSERT_TRUE(config) << config.error();
  EXPECT_THAT(config->rules, testing::ElementsAre("/a", "/b"));
  EXPECT_EQ(config->sensor.ring_bytes, 65536U);
  EXPECT_EQ(config->containers.metadata_timeout, 2s);
  EXPECT_THAT(config->containers.sockets, testing::ElementsAre("/run/x.sock"));
  EXPECT_EQ(config->log_level, "debug");
  EXPECT_EQ(config->alerts.queue, 7U);
  EXPECT_EQ(config->alerts.drain_timeout, 60s);
  EXPECT_FALSE(config->alerts.to_standard_output);
  EXPECT_EQ(config->alerts.standard_output.format, alerts::Format::json);
  EXPECT_EQ(config->alerts.standard_output.color, alerts::Color::never);
  ASSERT_EQ(config->alerts.sinks.size(), 4U);
  EXPECT_EQ(std::get<alerts::FileConfig>(config->alerts.sinks[1]).format, alerts::Format::text);
  const auto& syslog = std::get<alerts::SyslogConfig>(config->alerts.sinks[2]);
  EXPECT_EQ(syslog.address, "udp://localhost:514");
  EXPECT_EQ(syslog.facility, 3);
  EXPECT_EQ(syslog.max_bytes, 2048U);
  EXPECT_EQ(syslog.timeout, 1s);
  const auto& webhook = std::get<alerts::WebhookConfig>(config->alerts.sinks[3]);
  EXPECT_THAT(webhook.headers, testing::ElementsAre(testing::Pair("A", "b")));
  EXPECT_EQ(webhook.ca_file, "/ca");
  EXPECT_FALSE(webhook.verify_tls);
  EXPECT_EQ(webhook.timeout, 3s);
  EXPECT_EQ(webhook.connect_timeout, 4s);
}

TEST(Config, SaysWhichRulesRun) {
  const auto config = parse_config("test.yaml",
                                   "rules_match: all\nrules_priority: Warning\nrules_choices:\n"
                                   "  - disable: {rule: '*'}\n  - enable: {tag: container}\n");
  ASSERT_TRUE(config) << config.error();
  EXPECT_EQ(config->selection.matching, lang::Matching::all);
  EXPECT_EQ(config->selection.least, lang::Priority::warning);
  ASSERT_EQ(config->selection.choices.size(), 2U);
  EXPECT_FALSE(config->selection.choices[0].enable);
  EXPECT_EQ(config->selection.choices[0].rule, "*");
  EXPECT_TRUE(config->selection.choices[1].enable);
  EXPECT_EQ(config->selection.choices[1].tag, "container");
}

TEST(Config, ChoicesOfRulesAreChecked) {
  EXPECT_THAT(errors_of("rules_match: some\n"), HasSubstr("one of first, all"));
  EXPECT_THAT(errors_of("rules_priority: loud\n"), HasSubstr("test.yaml:1:17: rules_priority: is 'loud'"));
  EXPECT_THAT(errors_of("rules_choices: {disable: {}}\n"), HasSubstr("one of 'rule'"));
  EXPECT_THAT(errors_of("rules_choices: {disable: {rule: a, tag: b}}\n"), HasSubstr("one of 'rule'"));
  EXPECT_THAT(errors_of("rules_choices: [{}]\n"), HasSubstr("one of 'enable'"));
  EXPECT_THAT(errors_of("rules_choices: [{disable: {rule: a}, enable: {rule: b}}]\n"), HasSubstr("one of 'enable'"));
  EXPECT_THAT(errors_of("rules_choices: [{disable: {rules: a}}]\n"), HasSubstr("did you mean 'rule'"));
}

TEST(Config, AnUnknownKeyIsAnErrorWithPlaceAndSuggestion) {
  EXPECT_THAT(errors_of("alerts:\n  webhok: {url: http://x}\n"),
              AllOf(HasSubstr("test.yaml:2:3"), HasSubstr("alerts.webhok"), HasSubstr("did you mean 'webhook'")));
  EXPECT_THAT(errors_of("zzz: 1\n"), HasSubstr("known here: alerts, containers"));
}

TEST(Config, AllErrorsAreReportedAtOnce) {
  const std::string errors =
      errors_of("log_level: loud\nsensor: {ring_bytes: 5000}\nalerts: {file: {}, queue: 0}\nx: 1\n");
  for (const char* part :
       {"log_level: is 'loud'", "power of two", "alerts.file.path: is missing", "alerts.queue", "'x'"})
    EXPECT_THAT(errors, HasSubstr(part));
}

TEST(Config, WrongTypesAreErrors) {
  EXPECT_THAT(errors_of("alerts: [1]\n"), HasSubstr("must be a mapping"));
  EXPECT_THAT(errors_of("rules: {a: b}\n"), HasSubstr("a string or a list of strings"));
  EXPECT_THAT(errors_of("alerts: {stdout: {enabled: maybe}}\n"), HasSubstr("true or false"));
  EXPECT_THAT(errors_of("alerts: {queue: 1x}\n"), HasSubstr("whole number from 1"));
  EXPECT_THAT(errors_of("log_level: [info]\n"), HasSubstr("must be a string"));
  EXPECT_THAT(errors_of("alerts: {webhook: {url: u, headers: x}}\n"), HasSubstr("mapping of strings"));
  EXPECT_THAT(errors_of("- a\n"), HasSubstr("must be a mapping"));
}

TEST(Config, AKeyGivenTwiceIsAnError) {
  EXPECT_THAT(errors_of("log_level: info\nlog_level: debug\n"), HasSubstr("given twice"));
}

TEST(Config, BrokenYamlNamesThePlace) { EXPECT_THAT(errors_of("alerts: {\n"), HasSubstr("test.yaml:")); }

TEST(Config, AMissingFileIsNamed) {
  const auto config = load_config("/nonexistent/eunomia.yaml");
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error(), HasSubstr("/nonexistent/eunomia.yaml"));
}

TEST(Config, TheExampleFileIsTheDefaults) {
  const auto config = load_config(EUNOMIA_SOURCE_DIR "/examples/eunomia.yaml");
  ASSERT_TRUE(config) << config.error();
  const Config defaults;
  EXPECT_EQ(config->sensor.ring_bytes, defaults.sensor.ring_bytes);
  EXPECT_EQ(config->alerts.queue, defaults.alerts.queue);
  EXPECT_EQ(config->alerts.drain_timeout, defaults.alerts.drain_timeout);
  EXPECT_EQ(config->containers.metadata_timeout, defaults.containers.metadata_timeout);
  EXPECT_EQ(config->log_level, defaults.log_level);
  EXPECT_EQ(config->selection.matching, defaults.selection.matching);
  EXPECT_EQ(config->selection.least, defaults.selection.least);
  EXPECT_TRUE(config->selection.choices.empty());
}

}  // namespace
}  // namespace eunomia
