// SPDX-License-Identifier: Apache-2.0
#include "engine/config.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <fstream>
#include <sstream>

#include "engine/config_reader.h"

namespace eunomia {
namespace {

using Section = ConfigReader::Section;
using std::chrono::milliseconds;

const std::vector<std::string> formats{"text", "json"};

void read_format(Section& section, alerts::Format& format) {
  if (const auto name = section.one_of("format", formats))
    format = *name == "json" ? alerts::Format::json : alerts::Format::text;
}

void read_required(Section& section, const std::string& key, std::string& value) {
  if (!section.has(key)) section.error(key, "is missing");
  if (auto text = section.text(key)) value = *text;
}

void read_stdout(Section& section, Config& config) {
  auto& standard_output = config.alerts.standard_output;
  read_format(section, standard_output.format);
  if (const auto enabled = section.boolean("enabled")) config.alerts.to_standard_output = *enabled;
  if (const auto color = section.one_of("color", {"auto", "always", "never"}))
    standard_output.color = *color == "auto"     ? alerts::Color::automatic
                            : *color == "always" ? alerts::Color::always
                                                 : alerts::Color::never;
}

void read_file(Section& section, Config& config) {
  alerts::FileConfig file;
  read_required(section, "path", file.path);
  read_format(section, file.format);
  config.alerts.sinks.emplace_back(file);
}

void read_syslog(Section& section, Config& config) {
  alerts::SyslogConfig syslog;
  if (auto address = section.text("address")) syslog.address = *address;
  read_format(section, syslog.format);
  if (const auto facility = section.number("facility", 0, 23)) syslog.facility = static_cast<int>(*facility);
  if (const auto bytes = section.number("max_bytes", 1024, 65000)) syslog.max_bytes = static_cast<std::size_t>(*bytes);
  if (const auto timeout = section.milliseconds("timeout")) syslog.timeout = milliseconds(*timeout);
  config.alerts.sinks.emplace_back(syslog);
}

void read_webhook(Section& section, Config& config) {
  alerts::WebhookConfig webhook;
  read_required(section, "url", webhook.url);
  webhook.headers = section.pairs("headers");
  if (auto file = section.text("ca_file")) webhook.ca_file = *file;
  if (const auto verify = section.boolean("verify_tls")) webhook.verify_tls = *verify;
  if (const auto timeout = section.milliseconds("timeout")) webhook.timeout = milliseconds(*timeout);
  if (const auto timeout = section.milliseconds("connect_timeout")) webhook.connect_timeout = milliseconds(*timeout);
  config.alerts.sinks.emplace_back(webhook);
}

void read_alerts(Section& section, Config& config) {
  section.sections("stdout", [&](Section& sink) { read_stdout(sink, config); });
  section.sections("file", [&](Section& sink) { read_file(sink, config); });
  section.sections("syslog", [&](Section& sink) { read_syslog(sink, config); });
  section.sections("webhook", [&](Section& sink) { read_webhook(sink, config); });
  if (const auto queue = section.number("queue", 1, 1'000'000)) config.alerts.queue = static_cast<std::size_t>(*queue);
  if (const auto timeout = section.milliseconds("drain_timeout")) config.alerts.drain_timeout = milliseconds(*timeout);
}

void read_sensor(Section& section, Config& config) {
  const auto bytes = section.number("ring_bytes", 4096, 1LL << 30);
  if (!bytes) return;
  if (std::has_single_bit(static_cast<std::size_t>(*bytes)))
    config.sensor.ring_bytes = static_cast<std::size_t>(*bytes);
  else
    section.error("ring_bytes", fmt::format("is {}; it must be a power of two, such as 8388608", *bytes));
}

void read_containers(Section& section, Config& config) {
  if (const auto timeout = section.milliseconds("metadata_timeout"))
    config.containers.metadata_timeout = milliseconds(*timeout);
  config.containers.sockets = section.texts("sockets");
}

void read_choice(Section& section, bool enable, Config& config) {
  lang::Choice choice{.enable = enable, .rule = {}, .tag = {}};
  if (auto rule = section.text("rule")) choice.rule = *rule;
  if (auto tag = section.text("tag")) choice.tag = *tag;
  if (choice.rule.empty() == choice.tag.empty())
    return section.error(section.has("tag") ? "tag" : "rule", "give one of 'rule' (a name, with * and ?) and 'tag'");
  config.selection.choices.push_back(std::move(choice));
}

// Which of the loaded rules run, and how many report an event.
void read_selection(Section& section, Config& config) {
  if (const auto match = section.one_of("rules_match", {"first", "all"}))
    config.selection.matching = *match == "all" ? lang::Matching::all : lang::Matching::first;
  if (const auto word = section.text("rules_priority")) {
    const auto priority = lang::parse_priority(*word);
    if (priority) config.selection.least = *priority;
    if (!priority)
      section.error(
          "rules_priority",
          fmt::format("is '{}'; it must be emergency, alert, critical, error, warning, notice, info or debug", *word));
  }
  section.sections("rules_choices", [&](Section& choice) {
    if (choice.has("enable") == choice.has("disable"))
      choice.error("enable", "each choice is one of 'enable' and 'disable'");
    choice.sections("enable", [&](Section& what) { read_choice(what, true, config); });
    choice.sections("disable", [&](Section& what) { read_choice(what, false, config); });
  });
}

void read_root(Section& section, Config& config) {
  for (auto& path : section.texts("rules")) config.rules.emplace_back(std::move(path));
  read_selection(section, config);
  section.sections("sensor", [&](Section& part) { read_sensor(part, config); });
  section.sections("containers", [&](Section& part) { read_containers(part, config); });
  section.sections("alerts", [&](Section& part) { read_alerts(part, config); });
  if (const auto level = section.one_of("log_level", {"trace", "debug", "info", "warning", "error"}))
    config.log_level = *level;
}

}  // namespace

std::expected<Config, std::string> parse_config(std::string_view name, const std::string& text) {
  ConfigReader reader(name);
  Config config;
  try {
    Section root(reader, YAML::Load(text), "");
    read_root(root, config);
    root.finish();
  } catch (const YAML::Exception& error) {
    reader.error(error.mark, error.msg);
  }
  if (auto errors = reader.errors(); !errors.empty()) return std::unexpected(errors);
  return config;
}

std::expected<Config, std::string> load_config(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (!stream || !(text << stream.rdbuf()))
    return std::unexpected(
        fmt::format("cannot read the configuration file {}: {}", file.string(), std::strerror(errno)));
  return parse_config(file.string(), text.str());
}

}  // namespace eunomia
