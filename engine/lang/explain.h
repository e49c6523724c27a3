// SPDX-License-Identifier: Apache-2.0
//
// A loaded rule in words and trees: what `eunomia rules explain` prints. Pure function, any thread.
#pragma once

#include <string>

#include "engine/lang/engine.h"

namespace eunomia::lang {

// The rule's head, its resolved condition (or the steps of its sequence) with the macros named, window and throttle,
// and for each group of event types what is left of the condition there, in the order it is evaluated, with estimated
// costs. Which hooks see the event types is for the sensor to say. Lines end with '\n'; control characters are escaped.
std::string explain(const Engine& engine, const Rule& rule);

}  // namespace eunomia::lang
