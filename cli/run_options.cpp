// SPDX-License-Identifier: Apache-2.0
#include "cli/run_options.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdio>

#include "engine/lang/duration.h"

namespace eunomia::cli {
namespace {

namespace fs = std::filesystem;

constexpr auto installed_config = EUNOMIA_CONFIG_DIR "/eunomia.yaml";
constexpr auto installed_rules = EUNOMIA_CONFIG_DIR "/rules";

template <typename Sink>
void replace_sinks(Config& config, const std::vector<Sink>& sinks) {
  if (sinks.empty()) return;
  std::erase_if(config.alerts.sinks, [](const auto& sink) { return std::holds_alternative<Sink>(sink); });
  for (const Sink& sink : sinks) config.alerts.sinks.emplace_back(sink);
}

void apply(const RunOptions& options, Config& config) {
  if (!options.rules.empty()) config.rules = options.rules;
  if (!options.match.empty())
    config.selection.matching = options.match == "all" ? lang::Matching::all : lang::Matching::first;
  if (!options.priority.empty()) config.selection.least = *lang::parse_priority(options.priority);
  auto& choices = config.selection.choices;
  choices.insert(choices.end(), options.choices.begin(), options.choices.end());
  if (!options.log_level.empty()) config.log_level = options.log_level;
  if (!options.format.empty()) {
    config.alerts.to_standard_output = true;
    config.alerts.standard_output.format = options.format == "json" ? alerts::Format::json : alerts::Format::text;
  }
  std::vector<alerts::SyslogConfig> syslog;
  for (const std::string& address : options.syslog) syslog.push_back({.address = address});
  replace_sinks(config, syslog);
  std::vector<alerts::WebhookConfig> webhooks;
  for (const std::string& url : options.webhook) webhooks.push_back({.url = url});
  replace_sinks(config, webhooks);
}

std::string duration_problem(std::string& text) {
  const auto duration = parse_duration(text);
  return duration ? "" : duration.error();
}

std::string priority_problem(std::string& text) {
  return lang::parse_priority(text)
             ? ""
             : "no priority: one of emergency, alert, critical, error, warning, notice, info, debug";
}

// One of the options that switch rules on and off; they count in the order they stand in.
void add_choice(CLI::App& command, RunOptions& options, const char* name, const char* text, bool enable, bool tag) {
  command
      .add_option_function<std::string>(
          name,
          [&options, enable, tag](const std::string& value) {
            options.choices.push_back({.enable = enable, .rule = tag ? "" : value, .tag = tag ? value : ""});
          },
          text)
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
      ->trigger_on_parse();
}

void add_choices(CLI::App& command, RunOptions& options) {
  add_choice(command, options, "--enable-rule", "Run the rules of this name (* and ? are wildcards)", true, false);
  add_choice(command, options, "--disable-rule", "Do not run the rules of this name (* and ? are wildcards)", false,
             false);
  add_choice(command, options, "--enable-tag", "Run the rules with this tag", true, true);
  add_choice(command, options, "--disable-tag", "Do not run the rules with this tag", false, true);
  command.add_option("--priority", options.priority, "Run only rules at least this urgent")
      ->check(CLI::Validator(priority_problem, "PRIORITY"));
}

}  // namespace

void add_source_options(CLI::App& command, RunOptions& options) {
  command.add_option("-c,--config", options.config,
                     fmt::format("Configuration file (default: {}, if it exists)", installed_config));
  command
      .add_option("-r,--rules", options.rules,
                  fmt::format("Rule file, or directory of *.yaml files; may be repeated, order counts "
                              "(default: what the configuration says, else {})",
                              installed_rules))
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_choices(command, options);
}

void add_run_options(CLI::App& command, RunOptions& options) {
  add_source_options(command, options);
  command.add_option("--format", options.format, "Alerts on standard output as text or as lines of JSON")
      ->check(CLI::IsMember({"text", "json"}));
  command
      .add_option_function<std::string>(
          "--for", [&options](const std::string& text) { options.run_for = *parse_duration(text); },
          "Stop after this time, such as 30s or 5m")
      ->check(CLI::Validator(duration_problem, "DURATION"));
  command
      .add_option("--syslog", options.syslog,
                  "Alerts to syslog: 'local', unix:/path, udp://host:port or tcp://host:port; may be repeated")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command.add_option("--webhook", options.webhook, "Alerts by HTTP POST to this URL; may be repeated")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      .add_option("--match", options.match, "Whether an event is reported by the first rule that matches, or by all")
      ->check(CLI::IsMember({"first", "all"}));
  command.add_option("--log-level", options.log_level, "What to say on standard error")
      ->check(CLI::IsMember({"trace", "debug", "info", "warning", "error"}));
}

std::expected<Config, std::string> effective_config(const RunOptions& options) {
  Config config;
  const fs::path file = options.config.empty() ? fs::path(installed_config) : fs::path(options.config);
  if (!options.config.empty() || fs::exists(file)) {
    auto loaded = load_config(file);
    if (!loaded) return loaded;
    config = std::move(*loaded);
  }
  apply(options, config);
  if (config.rules.empty()) config.rules = {installed_rules};
  return config;
}

std::shared_ptr<const lang::Engine> load_rules(const Config& config) {
  lang::LoadResult loaded = lang::load(config.rules, config.selection);
  for (const lang::Diagnostic& diagnostic : loaded.diagnostics) fmt::print(stderr, "{}", lang::to_text(diagnostic));
  if (!loaded.engine) spdlog::error("the rules were not loaded; `eunomia rules check` shows the same");
  return loaded.engine;
}

}  // namespace eunomia::cli
