// SPDX-License-Identifier: Apache-2.0
#include "engine/sensor/hooks.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/sensor/kernel_probe.h"

namespace eunomia {

std::optional<std::size_t> first_complete(const std::vector<std::vector<PlannedHook>>& alternatives) {
  for (std::size_t i = 0; i < alternatives.size(); ++i) {
    const bool complete =
        std::ranges::all_of(alternatives[i], [](const PlannedHook& hook) { return hook.usable() || hook.absent; });
    if (complete && std::ranges::any_of(alternatives[i], &PlannedHook::usable)) return i;
  }
  return std::nullopt;
}

std::string_view to_string(HookKind kind) {
  switch (kind) {
    case HookKind::btf_tracepoint: return "BTF tracepoint";
    case HookKind::fexit: return "fexit";
    case HookKind::lsm: return "LSM";
    case HookKind::tracepoint: return "tracepoint";
  }
  return "?";
}

EventSet events_of(const Observation& observation) {
  EventSet events;
  for (const Hook& hook : observation.alternatives.front()) events |= hook.events;
  return events;
}

std::vector<std::string> hooks_for(const EventSet& events) {
  std::vector<std::string> lines;
  for (const Observation& observation : observations()) {
    std::string line;
    for (const auto& alternative : observation.alternatives) {
      std::string hooks;
      for (const Hook& hook : alternative) {
        if ((hook.events & events).none()) continue;
        hooks +=
            hooks.empty() ? fmt::format("{} {}", to_string(hook.kind), hook.target) : fmt::format(", {}", hook.target);
      }
      if (!hooks.empty()) line += (line.empty() ? "" : "; else ") + hooks;
    }
    if (!line.empty()) lines.push_back(fmt::format("{}: {}", observation.name, line));
  }
  return lines;
}

HookPlan plan_hooks() {
  KernelProbe probe;
  HookPlan plan;
  plan.has_btf = probe.has_btf();
  for (const Observation& observation : observations()) {
    PlannedObservation planned{&observation, {}, {}};
    for (const auto& alternative : observation.alternatives) {
      auto& hooks = planned.alternatives.emplace_back();
      for (const Hook& hook : alternative) {
        const bool absent = probe.lacks_call(hook);
        hooks.push_back({&hook, absent ? "the kernel has no such system call" : probe.problem(hook), absent});
      }
    }
    planned.chosen = first_complete(planned.alternatives);
    plan.observations.push_back(std::move(planned));
  }
  return plan;
}

namespace {

// What it means that the best hooks are not to be had.
std::string consequence(const PlannedObservation& planned) {
  const Observation& observation = *planned.observation;
  if (!planned.chosen) return std::string(observation.without);
  const HookKind kind = planned.alternatives[*planned.chosen].front().hook->kind;
  return fmt::format("observed by {} instead{}{}", to_string(kind), observation.lacking.empty() ? "" : "; ",
                     observation.lacking);
}

}  // namespace

std::vector<std::string> shortfalls(const HookPlan& plan) {
  struct Group {
    std::string reason, without, names;
  };
  std::vector<Group> groups;
  for (const PlannedObservation& planned : plan.observations) {
    const auto& best = planned.alternatives.front();
    const auto lacking =
        std::ranges::find_if(best, [](const PlannedHook& hook) { return !hook.usable() && !hook.absent; });
    if (planned.chosen == 0 || lacking == best.end()) continue;
    const Group group{fmt::format("no {} ({})", to_string(lacking->hook->kind), lacking->problem), consequence(planned),
                      std::string(planned.observation->name)};
    const auto same = std::ranges::find_if(
        groups, [&](const Group& other) { return other.reason == group.reason && other.without == group.without; });
    if (same == groups.end())
      groups.push_back(group);
    else
      same->names += ", " + group.names;
  }
  std::vector<std::string> lines;
  for (const Group& group : groups)
    lines.push_back(fmt::format("{}: {}: {}", group.reason, group.names, group.without));
  return lines;
}

}  // namespace eunomia
