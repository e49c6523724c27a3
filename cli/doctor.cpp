// SPDX-License-Identifier: Apache-2.0
//
// eunomia doctor: what this machine offers, what of it is missing and what to do. It looks, and changes nothing.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "cli/commands.h"
#include "cli/run_options.h"
#include "engine/privileges.h"
#include "engine/sensor/hooks.h"
#include "engine/sensor/kernel_probe.h"

namespace eunomia::cli {
namespace {

struct HookRow {
  std::string observation, kind, target, state, problem;  // state: "used", "available", "missing"
  std::vector<std::string> events, rules;
};

struct EngineRow {
  std::string name, path, state;
};

struct Report {
  std::string kernel, modules, tracefs;
  bool btf = false;
  std::vector<Privilege> missing;
  std::vector<HookRow> hooks;
  std::vector<EngineRow> engines;
  std::vector<std::string> advice;
  bool can_run = true;
};

std::vector<std::string> event_names(const EventSet& events) {
  std::vector<std::string> names;
  for (std::size_t type = 0; type < events.size(); ++type) {
    if (events[type]) names.emplace_back(event_name(static_cast<EventType>(type)));
  }
  return names;
}

std::vector<std::string> dependants(const lang::Engine* rules, const EventSet& events) {
  std::vector<std::string> names;
  if (rules == nullptr) return names;
  for (const lang::Rule& rule : rules->rules()) {
    if (rule.enabled && (rule.events & events).any()) names.push_back(rule.name);
  }
  return names;
}

void add_hooks(Report& report, const PlannedObservation& planned, const lang::Engine* rules) {
  for (std::size_t i = 0; i < planned.alternatives.size(); ++i) {
    for (const PlannedHook& hook : planned.alternatives[i]) {
      const char* state = !hook.problem.empty() ? "missing" : planned.chosen == i ? "used" : "available";
      report.hooks.push_back({std::string(planned.observation->name), std::string(to_string(hook.hook->kind)),
                              std::string(hook.hook->target), state, hook.problem, event_names(hook.hook->events),
                              dependants(rules, hook.hook->events)});
    }
  }
  if (!planned.chosen && planned.observation->always) report.can_run = false;
}

std::vector<EngineRow> find_engines() {
  const std::vector<std::pair<const char*, const char*>> places{
      {"docker", "/run/docker.sock"},
      {"podman", "/run/podman/podman.sock"},
      {"containerd", "/run/containerd/containerd.sock"},
      {"cri-o", "/run/crio/crio.sock"},
      {"runc", "/run/runc"},
      {"crun", "/run/crun"},
  };
  std::vector<EngineRow> rows;
  for (const auto& [name, path] : places) {
    struct stat status{};
    if (stat(path, &status) != 0) {
      rows.push_back({name, path, "not found"});
    } else {
      rows.push_back({name, path, S_ISSOCK(status.st_mode) ? "socket" : "state directory"});
    }
  }
  return rows;
}

void add_advice(Report& report) {
  if (!report.missing.empty()) report.advice.push_back(describe_missing(report.missing));
  if (!report.btf)
    report.advice.emplace_back("the kernel has no BTF: use one built with CONFIG_DEBUG_INFO_BTF=y (Debian's are)");
  if (report.tracefs.empty())
    report.advice.emplace_back("tracefs is not mounted: mount -t tracefs none /sys/kernel/tracing");
  if (!report.missing.empty() || !report.btf) report.can_run = false;
}

Report examine(const lang::Engine* rules) {
  Report report;
  utsname kernel{};
  uname(&kernel);
  report.kernel = kernel.release;
  report.missing = missing_privileges();
  const HookPlan plan = plan_hooks();
  report.btf = plan.has_btf;
  report.modules = active_lsms();
  report.tracefs = tracefs_path();
  for (const PlannedObservation& planned : plan.observations) add_hooks(report, planned, rules);
  report.advice = shortfalls(plan);
  report.engines = find_engines();
  add_advice(report);
  return report;
}

// Hooks of one observation that are alike but for their target: one line for people.
struct HookGroup {
  const HookRow* first;
  std::size_t hooks = 0;
  std::vector<std::string> events;
  std::set<std::string> rules;
};

std::vector<HookGroup> grouped(const std::vector<HookRow>& rows) {
  const auto key = [](const HookRow& row) { return std::tie(row.observation, row.kind, row.state, row.problem); };
  std::vector<HookGroup> groups;
  for (const HookRow& row : rows) {
    auto group = std::ranges::find_if(groups, [&](const HookGroup& other) { return key(*other.first) == key(row); });
    if (group == groups.end()) group = groups.insert(group, HookGroup{&row});
    ++group->hooks;
    for (const std::string& event : row.events) {
      if (std::ranges::find(group->events, event) == group->events.end()) group->events.push_back(event);
    }
    group->rules.insert(row.rules.begin(), row.rules.end());
  }
  return groups;
}

void print_text(const Report& report, bool with_rules) {
  fmt::print("kernel      {}\nBTF         {}\nLSMs        {}\ntracefs     {}\n", report.kernel,
             report.btf ? "present" : "missing", report.modules.empty() ? "not known" : report.modules,
             report.tracefs.empty() ? "not mounted" : report.tracefs);
  fmt::print("privileges  {}\n\n", report.missing.empty() ? "sufficient" : "insufficient, see below");
  fmt::print("{:<22} {:<15} {:<28} {:<10} {:>5}  {}\n", "OBSERVATION", "KIND", "HOOK", "STATE", "RULES",
             "EVENTS, OR WHY NOT");
  for (const HookGroup& group : grouped(report.hooks)) {
    const HookRow& row = *group.first;
    const std::string hook = group.hooks == 1 ? row.target : fmt::format("{}, +{}", row.target, group.hooks - 1);
    fmt::print("{:<22} {:<15} {:<28} {:<10} {:>5}  {}\n", row.observation, row.kind, hook, row.state,
               with_rules ? fmt::format("{}", group.rules.size()) : "-",
               row.problem.empty() ? fmt::format("{}", fmt::join(group.events, ", ")) : row.problem);
  }
  fmt::print("\n{:<22} {:<32} {}\n", "CONTAINER ENGINE", "LOOKED FOR AT", "FOUND");
  for (const EngineRow& row : report.engines) fmt::print("{:<22} {:<32} {}\n", row.name, row.path, row.state);
  fmt::print("\n");
  for (const std::string& advice : report.advice) fmt::print("* {}\n", advice);
  fmt::print("{}\n", report.can_run ? "eunomia can run here." : "eunomia cannot run here yet.");
}

void print_json(const Report& report) {
  nlohmann::json json{{"kernel", report.kernel},   {"btf", report.btf},         {"lsms", report.modules},
                      {"tracefs", report.tracefs}, {"can_run", report.can_run}, {"advice", report.advice}};
  json["missing_capabilities"] = nlohmann::json::array();
  for (const Privilege& privilege : report.missing) json["missing_capabilities"].push_back(privilege.name);
  for (const HookRow& row : report.hooks)
    json["hooks"].push_back({{"observation", row.observation},
                             {"kind", row.kind},
                             {"target", row.target},
                             {"state", row.state},
                             {"problem", row.problem},
                             {"events", row.events},
                             {"rules", row.rules}});
  for (const EngineRow& row : report.engines)
    json["engines"].push_back({{"name", row.name}, {"path", row.path}, {"state", row.state}});
  fmt::print("{}\n", json.dump(2));
}

int doctor(const RunOptions& options, bool as_json) {
  auto config = effective_config(options);
  std::shared_ptr<const lang::Engine> rules;
  if (!config) {
    fmt::print(stderr, "{}\n", config.error());
    return exit_failed;
  }
  const bool there = std::ranges::all_of(config->rules, [](const auto& path) { return std::filesystem::exists(path); });
  if (there || !options.rules.empty()) {
    rules = load_rules(*config);
    if (!rules) return exit_failed;
  }
  const Report report = examine(rules.get());
  if (as_json)
    print_json(report);
  else
    print_text(report, rules != nullptr);
  if (report.can_run) return exit_ok;
  return report.missing.empty() ? exit_failed : exit_privileges;
}

}  // namespace

void add_doctor(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand(
      "doctor", "Show what this machine offers: hooks, privileges, container engines, and what to do about gaps");
  struct Options {
    RunOptions sources;
    std::string format = "text";
  };
  auto options = std::make_shared<Options>();
  add_source_options(*command, options->sources);
  command->add_option("--format", options->format, "How to print it")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->callback(
      [&chosen, options] { chosen = [options] { return doctor(options->sources, options->format == "json"); }; });
}

}  // namespace eunomia::cli
