// SPDX-License-Identifier: Apache-2.0
#include "engine/sensor/hooks.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace eunomia {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Hooks, EveryAlternativeDeliversTheSameEvents) {
  for (const Observation& observation : observations()) {
    for (const auto& alternative : observation.alternatives) {
      EventSet events;
      for (const Hook& hook : alternative) events |= hook.events;
      EXPECT_EQ(events, events_of(observation)) << observation.name;
    }
  }
}

TEST(Hooks, EveryEventTypeIsObserved) {
  EventSet all;
  for (const Observation& observation : observations()) all |= events_of(observation);
  for (std::size_t type = 1; type < EV_TYPE_COUNT; ++type)
    EXPECT_TRUE(all[type]) << event_name(static_cast<EventType>(type));
}

TEST(Hooks, EveryProgramExistsInTheSources) {
  std::ostringstream sources;
  for (const char* file :
       {"bpf/process.bpf.c", "bpf/open.bpf.c", "bpf/socket.bpf.c", "bpf/transfer.bpf.c", "bpf/dup.bpf.c",
        "bpf/name.bpf.c", "bpf/name.h", "bpf/resolve.bpf.c", "bpf/call.bpf.c", "lsm/socket.bpf.c"}) {
    std::ifstream stream(std::string(EUNOMIA_SOURCE_DIR "/") + file);
    ASSERT_TRUE(stream) << file;
    sources << stream.rdbuf();
  }
  for (const Observation& observation : observations()) {
    for (const auto& alternative : observation.alternatives) {
      for (const Hook& hook : alternative) {
        const std::string program(hook.program);
        const std::string call = program.substr(0, program.rfind("_fexit"));
        // Written out, by a macro of the family, or as a row of the family's table.
        const std::vector<std::string> forms{program + "(", program + ",", "_FEXIT(" + call + ",", "X(" + call + ","};
        EXPECT_TRUE(std::ranges::any_of(forms, [&](const std::string& form) {
          return sources.str().find(form) != std::string::npos;
        })) << program;
      }
    }
  }
}

// A plan in which every hook of the given kinds is refused.
HookPlan plan_without(const std::set<HookKind>& refused) {
  HookPlan plan;
  for (const Observation& observation : observations()) {
    PlannedObservation planned{&observation, {}, {}};
    for (std::size_t i = 0; i < observation.alternatives.size(); ++i) {
      auto& hooks = planned.alternatives.emplace_back();
      bool complete = true;
      for (const Hook& hook : observation.alternatives[i]) {
        hooks.push_back({&hook, refused.contains(hook.kind) ? "refused" : ""});
        complete = complete && hooks.back().problem.empty();
      }
      if (complete && !planned.chosen) planned.chosen = i;
    }
    plan.observations.push_back(planned);
  }
  return plan;
}

TEST(Shortfalls, NothingIsSaidWhereAllIsAtItsBest) { EXPECT_THAT(shortfalls(plan_without({})), testing::IsEmpty()); }

TEST(Shortfalls, OneLineForEachReasonAndConsequence) {
  EXPECT_THAT(shortfalls(plan_without({HookKind::fexit})),
              ElementsAre(AllOf(HasSubstr("no fexit (refused)"), HasSubstr("open files, sockets, sent and received"),
                                HasSubstr("observed by tracepoint instead")),
                          HasSubstr("files opened through io_uring go unseen"),
                          AllOf(HasSubstr("names, modes and owners, mounts: observed by tracepoint instead"),
                                HasSubstr("as the callers gave them"))));
}

TEST(Plan, ACallThatTheKernelHasNotIsNoReasonForTheNextBest) {
  const Hook there{HookKind::fexit, "a", "a", {}};
  const Hook not_there{HookKind::fexit, "b", "b", {}};
  const PlannedHook usable{&there, ""};
  const PlannedHook refused{&not_there, "refused"};
  const PlannedHook absent{&not_there, "no such call", true};
  EXPECT_EQ(first_complete({{usable, absent}, {usable}}), 0U);
  EXPECT_EQ(first_complete({{usable, refused}, {usable, absent}}), 1U);
  EXPECT_EQ(first_complete({{usable, refused}, {refused}}), std::nullopt);
  // Nothing to attach: not observed, and nothing to be said of it.
  EXPECT_EQ(first_complete({{absent}, {absent}}), std::nullopt);
}

TEST(Shortfalls, ACallThatTheKernelHasNotIsNoShortfall) {
  HookPlan plan = plan_without({});
  for (PlannedObservation& planned : plan.observations) {
    if (planned.observation->name != "mounts") continue;
    for (auto& hooks : planned.alternatives) {
      for (PlannedHook& hook : hooks) hook = {hook.hook, "the kernel has no such system call", true};
    }
    planned.chosen = first_complete(planned.alternatives);
    EXPECT_EQ(planned.chosen, std::nullopt);
  }
  EXPECT_THAT(shortfalls(plan), testing::IsEmpty());
}

TEST(Hooks, EachSystemCallStandsInTheTableOnce) {
  std::set<std::string_view> seen;
  for (const Observation& observation : observations()) {
    for (const auto& alternative : observation.alternatives) {
      for (const Hook& hook : alternative) EXPECT_TRUE(seen.insert(hook.target).second) << hook.target;
    }
  }
}

TEST(Shortfalls, WhatGoesUnseenIsNamed) {
  const auto lines = shortfalls(plan_without({HookKind::fexit, HookKind::tracepoint}));
  EXPECT_THAT(lines, testing::Contains(HasSubstr("opened files go unseen")));
}

TEST(Hooks, OfSomeEventsInWords) {
  EXPECT_EQ(hooks_for(event_set({EventType::dup2})),
            (std::vector<std::string>{"duplicated descriptors: fexit __x64_sys_dup2; else tracepoint sys_exit_dup2"}));
  const auto both = hooks_for(event_set({EventType::execve, EventType::openat2}));
  ASSERT_EQ(both.size(), 3U);
  EXPECT_EQ(both[0], "process life: BTF tracepoint sched_process_exec");
  EXPECT_EQ(both[1], "open files: fexit do_sys_openat2; else tracepoint sys_exit_openat2");
  EXPECT_TRUE(hooks_for({}).empty());
}

}  // namespace
}  // namespace eunomia
