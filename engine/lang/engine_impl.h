// SPDX-License-Identifier: Apache-2.0
//
// What is behind Engine; build.cpp fills it, engine.cpp runs it. The vectors run in parallel with `rules`.
#pragma once

#include <vector>

#include "engine/lang/engine.h"
#include "engine/lang/format.h"
#include "engine/lang/program.h"

namespace eunomia::lang {

struct Engine::Impl {
  std::vector<Rule> rules;
  std::vector<Output> outputs;
  std::vector<ir::NodePtr> conditions;
  Program program;
  EventSet events;
};

}  // namespace eunomia::lang
