// SPDX-License-Identifier: Apache-2.0
#include "engine/sensor/hooks.h"

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
  for (const char* file : {"bpf/process", "bpf/open", "bpf/socket", "lsm/socket"}) {
    std::ifstream stream(std::string(EUNOMIA_SOURCE_DIR "/") + file + ".bpf.c");
    ASSERT_TRUE(stream) << file;
    sources << stream.rdbuf();
  }
  for (const Observation& observation : observations()) {
    for (const auto& alternative : observation.alternatives) {
      for (const Hook& hook : alternative) {
        const std::string program(hook.program);
        const std::string macro = program.substr(0, program.rfind("_fexit"));
        EXPECT_TRUE(sources.str().find(program + "(") != std::string::npos ||
                    sources.str().find(program + ",") != std::string::npos ||
                    sources.str().find("SOCKET_FEXIT(" + macro + ",") != std::string::npos)
            << program;
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
              ElementsAre(AllOf(HasSubstr("no fexit (refused)"), HasSubstr("open files, connect, accept"),
                                HasSubstr("observed by tracepoint instead")),
                          HasSubstr("files opened through io_uring go unseen")));
}

TEST(Shortfalls, WhatGoesUnseenIsNamed) {
  const auto lines = shortfalls(plan_without({HookKind::fexit, HookKind::tracepoint}));
  EXPECT_THAT(lines, testing::Contains(HasSubstr("opened files go unseen")));
}

}  // namespace
}  // namespace eunomia
