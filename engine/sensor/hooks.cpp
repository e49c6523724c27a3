// SPDX-License-Identifier: Apache-2.0
#include "engine/sensor/hooks.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/sensor/kernel_probe.h"

namespace eunomia {
namespace {

using enum EventType;

EventSet one(EventType type) { return event_set({type}); }

Observation socket_call(std::string_view name, std::string_view program_fexit, std::string_view function,
                        std::string_view tracepoint, EventType type) {
  return {name,
          "these events are missing",
          false,
          {{{HookKind::fexit, program_fexit, function, one(type)}},
           {{HookKind::tracepoint, "socket_tp", tracepoint, one(type)}}}};
}

Observation other_way(std::string_view name, std::string_view program, std::string_view target, EventType type) {
  return {name,
          "what is done through io_uring or a 32-bit system call goes unseen",
          false,
          {{{HookKind::lsm, program, target, one(type)}}}};
}

std::vector<Observation> make_table() {
  return {
      {"process life",
       "nothing can be told of processes and containers",
       true,
       {{{HookKind::btf_tracepoint, "on_fork", "sched_process_fork", one(fork)},
         {HookKind::btf_tracepoint, "on_exec", "sched_process_exec", event_set({execve, execveat})},
         {HookKind::btf_tracepoint, "on_exit", "sched_process_exit", one(exit)}}}},
      {"open files",
       "opened files go unseen",
       false,
       {{{HookKind::fexit, "open_fexit", "do_sys_openat2", event_set({open, openat, openat2, creat})}},
        {{HookKind::tracepoint, "open_tp", "sys_exit_open", one(open)},
         {HookKind::tracepoint, "open_tp", "sys_exit_openat", one(openat)},
         {HookKind::tracepoint, "open_tp", "sys_exit_openat2", one(openat2)},
         {HookKind::tracepoint, "open_tp", "sys_exit_creat", one(creat)}}}},
      {"open files, io_uring",
       "files opened through io_uring go unseen",
       false,
       {{{HookKind::fexit, "open_io_uring_fexit", "io_openat2", event_set({openat2})}}}},
      socket_call("connect", "connect_fexit", "__x64_sys_connect", "sys_exit_connect", connect),
      socket_call("accept", "accept_fexit", "__x64_sys_accept", "sys_exit_accept", accept),
      socket_call("accept4", "accept4_fexit", "__x64_sys_accept4", "sys_exit_accept4", accept4),
      socket_call("bind", "bind_fexit", "__x64_sys_bind", "sys_exit_bind", bind),
      socket_call("listen", "listen_fexit", "__x64_sys_listen", "sys_exit_listen", listen),
      other_way("connect, other ways", "connect_lsm", "socket_connect", connect),
      other_way("accept, other ways", "accept_lsm", "socket_accept", accept4),
      other_way("bind, other ways", "bind_lsm", "socket_bind", bind),
      other_way("listen, other ways", "listen_lsm", "socket_listen", listen),
  };
}

std::optional<std::size_t> first_complete(const std::vector<std::vector<PlannedHook>>& alternatives) {
  for (std::size_t i = 0; i < alternatives.size(); ++i) {
    const bool complete =
        std::ranges::all_of(alternatives[i], [](const PlannedHook& hook) { return hook.problem.empty(); });
    if (complete) return i;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(HookKind kind) {
  switch (kind) {
    case HookKind::btf_tracepoint: return "BTF tracepoint";
    case HookKind::fexit: return "fexit";
    case HookKind::lsm: return "LSM";
    case HookKind::tracepoint: return "tracepoint";
  }
  return "?";
}

std::span<const Observation> observations() {
  static const std::vector<Observation> table = make_table();
  return table;
}

EventSet events_of(const Observation& observation) {
  EventSet events;
  for (const Hook& hook : observation.alternatives.front()) events |= hook.events;
  return events;
}

HookPlan plan_hooks() {
  KernelProbe probe;
  HookPlan plan;
  plan.has_btf = probe.has_btf();
  for (const Observation& observation : observations()) {
    PlannedObservation planned{&observation, {}, {}};
    for (const auto& alternative : observation.alternatives) {
      auto& hooks = planned.alternatives.emplace_back();
      for (const Hook& hook : alternative) hooks.push_back({&hook, probe.problem(hook)});
    }
    planned.chosen = first_complete(planned.alternatives);
    plan.observations.push_back(std::move(planned));
  }
  return plan;
}

std::vector<std::string> shortfalls(const HookPlan& plan) {
  struct Group {
    std::string reason, without, names;
  };
  std::vector<Group> groups;
  for (const PlannedObservation& planned : plan.observations) {
    const auto& best = planned.alternatives.front();
    const auto lacking = std::ranges::find_if(best, [](const PlannedHook& hook) { return !hook.problem.empty(); });
    if (planned.chosen == 0 || lacking == best.end()) continue;
    const Group group{fmt::format("no {} ({})", to_string(lacking->hook->kind), lacking->problem),
                      planned.chosen ? fmt::format("observed by {} instead",
                                                   to_string(planned.alternatives[*planned.chosen].front().hook->kind))
                                     : std::string(planned.observation->without),
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
