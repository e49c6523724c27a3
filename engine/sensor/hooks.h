// SPDX-License-Identifier: Apache-2.0
//
// The table of hooks: which observation can be had through which kernel hooks, best first; and the plan, what of it
// this kernel offers. `plan_hooks` only looks and asks (it loads probes of two instructions, attaches nothing), so
// `eunomia doctor` can call it too. Adding an event is a BPF program, a row here, and a test.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/event/event.h"

namespace eunomia {

enum class HookKind : std::uint8_t { btf_tracepoint, fexit, lsm, tracepoint };
// "BTF tracepoint", "fexit", "LSM", "tracepoint".
std::string_view to_string(HookKind kind);

struct Hook {
  HookKind kind;
  std::string_view program;   // BPF program in bpf/ or lsm/
  std::string_view target;    // "sched_process_exec", "do_sys_openat2", "socket_bind", "sys_exit_openat"
  EventSet events;            // what it delivers
  std::string_view map = {};  // a map that only such programs need; empty: none
};

// One observation; `alternatives` are sets of hooks that each deliver all of it, best first.
struct Observation {
  std::string_view name;     // "open files"
  std::string_view without;  // what goes unseen when no alternative is to be had
  bool always;               // needed whatever the rules say
  std::vector<std::vector<Hook>> alternatives;
  std::string_view lacking = {};  // what all but the first alternative cannot tell; empty: nothing
};

std::span<const Observation> observations();
EventSet events_of(const Observation& observation);

struct PlannedHook {
  const Hook* hook;
  std::string problem;  // empty: available
  bool absent = false;  // the kernel has no such system call, so there is nothing to be missed
  [[nodiscard]] bool usable() const { return problem.empty(); }
};

// Which of the alternatives comes first that lacks no hook but for calls that the kernel has not.
std::optional<std::size_t> first_complete(const std::vector<std::vector<PlannedHook>>& alternatives);

struct PlannedObservation {
  const Observation* observation;
  std::vector<std::vector<PlannedHook>> alternatives;
  std::optional<std::size_t> chosen;  // first_complete
};

struct HookPlan {
  std::vector<PlannedObservation> observations;
  bool has_btf = false;
};

// The hooks that deliver `events`, one line for each observation, its alternatives best first:
// "sockets: fexit __x64_sys_connect; else tracepoint sys_exit_connect".
std::vector<std::string> hooks_for(const EventSet& events);

HookPlan plan_hooks();
// What this kernel cannot give at its best, or not at all: one line for each reason, naming what it hits.
std::vector<std::string> shortfalls(const HookPlan& plan);

}  // namespace eunomia
