// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/run_options.h"
#include "engine/lang/engine.h"
#include "engine/lang/explain.h"
#include "engine/lang/rule_test.h"
#include "engine/lang/suggest.h"
#include "engine/sensor/hooks.h"

namespace eunomia::cli {
namespace {

using Paths = std::vector<std::filesystem::path>;

struct RulesOptions {
  Paths paths;         // what the command works on
  RunOptions sources;  // -c and -r
  std::string format = "text", rule;
};

std::string count(std::size_t n, std::string_view what) { return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s"); }

// What `eunomia run` would read with the same options, if no path is given.
std::optional<Paths> paths_of(const RulesOptions& options) {
  if (!options.paths.empty()) return options.paths;
  auto config = effective_config(options.sources);
  if (config) return std::move(config->rules);
  fmt::print(stderr, "{}\n", config.error());
  return std::nullopt;
}

int check(const RulesOptions& options) {
  const auto paths = paths_of(options);
  if (!paths) return exit_failed;
  const lang::LoadResult loaded = lang::load(*paths);
  if (options.format == "json") {
    fmt::print("{}\n", lang::to_json(loaded.diagnostics));
    return loaded.engine ? exit_ok : exit_failed;
  }
  std::size_t errors = 0;
  for (const lang::Diagnostic& diagnostic : loaded.diagnostics) {
    fmt::print("{}", lang::to_text(diagnostic));
    if (diagnostic.severity == lang::Severity::error) ++errors;
  }
  if (!loaded.requirements.empty()) fmt::print("the files ask for {}\n", fmt::join(loaded.requirements, ", "));
  const std::string warnings = count(loaded.diagnostics.size() - errors, "warning");
  if (loaded.engine)
    fmt::print("{} loaded, {}\n", count(loaded.engine->rules().size(), "rule"), warnings);
  else
    fmt::print("{}, {}\n", count(errors, "error"), warnings);
  return loaded.engine ? exit_ok : exit_failed;
}

int test(const RulesOptions& options) {
  const lang::TestRun run = lang::run_rule_tests(options.paths, options.sources.rules);
  for (const lang::Diagnostic& diagnostic : run.diagnostics) fmt::print(stderr, "{}", lang::to_text(diagnostic));
  std::size_t failed = 0;
  for (const lang::TestOutcome& outcome : run.outcomes) {
    if (outcome.passed) continue;
    ++failed;
    fmt::print("FAILED {}:{}: {}\n{}\n", outcome.where.file, outcome.where.line, outcome.name, outcome.difference);
  }
  fmt::print("{} of {} tests passed\n", run.outcomes.size() - failed, run.outcomes.size());
  return run.passed() ? exit_ok : exit_failed;
}

// The rules that `eunomia run` would use with the same options.
std::shared_ptr<const lang::Engine> configured_rules(const RulesOptions& options) {
  const auto config = effective_config(options.sources);
  if (config) {
    auto rules = load_rules(*config);
    if (!rules && options.sources.rules.empty())
      fmt::print(stderr, "`-r PATH` names other rules than those of the configuration\n");
    return rules;
  }
  fmt::print(stderr, "{}\n", config.error());
  return nullptr;
}

void print_json(const lang::Engine& rules) {
  auto out = nlohmann::json::array();
  for (const lang::Rule& rule : rules.rules()) {
    auto events = nlohmann::json::array();
    for (std::size_t type = EV_NONE + 1; type < EV_TYPE_COUNT; ++type)
      if (rule.events.test(type)) events.push_back(event_name(static_cast<EventType>(type)));
    out.push_back({{"name", rule.name},
                   {"priority", lang::to_string(rule.priority)},
                   {"enabled", rule.enabled},
                   {"source", rule.source},
                   {"tags", rule.tags},
                   {"description", rule.description},
                   {"output", rule.output},
                   {"events", std::move(events)},
                   {"file", rule.where.file},
                   {"line", rule.where.line}});
  }
  fmt::print("{}\n", out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

int list(const RulesOptions& options) {
  const auto rules = configured_rules(options);
  if (!rules) return exit_failed;
  if (options.format == "json") {
    print_json(*rules);
    return exit_ok;
  }
  for (const lang::Rule& rule : rules->rules())
    fmt::print("{:<13} {}{}  [{}]\n", lang::to_string(rule.priority), rule.name, rule.enabled ? "" : " (disabled)",
               fmt::join(rule.tags, ", "));
  return exit_ok;
}

int explain(const RulesOptions& options) {
  const auto rules = configured_rules(options);
  if (!rules) return exit_failed;
  const lang::Rule* rule = rules->find(options.rule);
  if (rule == nullptr) {
    std::vector<std::string_view> names;
    for (const lang::Rule& known : rules->rules()) names.push_back(known.name);
    const auto hint = lang::did_you_mean(options.rule, names);
    fmt::print(stderr, "there is no rule named '{}'; {}\n", options.rule,
               hint.empty() ? "`eunomia rules list` shows their names" : hint);
    return exit_failed;
  }
  fmt::print("{}", lang::explain(*rules, *rule));
  fmt::print("hooks, attached while a rule needs them:\n");
  for (const std::string& line : hooks_for(rule->events)) fmt::print("  {}\n", line);
  return exit_ok;
}

CLI::App* add(CLI::App& rules, Action& chosen, const std::shared_ptr<RulesOptions>& options, const char* name,
              const char* text, int (*action)(const RulesOptions&)) {
  CLI::App* command = rules.add_subcommand(name, text);
  command->callback([&chosen, options, action] { chosen = [options, action] { return action(*options); }; });
  return command;
}

void add_format(CLI::App& command, RulesOptions& options) {
  command.add_option("--format", options.format, "How to print the result")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

}  // namespace

void add_rules(CLI::App& app, Action& chosen) {
  CLI::App* rules = app.add_subcommand("rules", "Work with rule files");
  rules->require_subcommand(1);
  auto options = std::make_shared<RulesOptions>();

  CLI::App* command =
      add(*rules, chosen, options, "check", "Check rule files: all errors and warnings; exit code 0 or 1", check);
  command->add_option("PATH", options->paths,
                      "Rule files, or directories of *.yaml files, in order (default: what would be run)");
  add_source_options(*command, options->sources);
  add_format(*command, *options);

  command = add(*rules, chosen, options, "test", "Run tests of rules; no root needed, exit code 0 or 1", test);
  command->add_option("PATH", options->paths, "Test files, or directories of them")->required();
  command->add_option("-r,--rules", options->sources.rules, "Test these rules instead of those the tests name");

  command = add(*rules, chosen, options, "list", "List the rules that would be run", list);
  add_source_options(*command, options->sources);
  add_format(*command, *options);

  command =
      add(*rules, chosen, options, "explain", "Show a rule's resolved condition and how it is evaluated", explain);
  command->add_option("RULE", options->rule, "The rule's name")->required();
  add_source_options(*command, options->sources);
}

}  // namespace eunomia::cli
