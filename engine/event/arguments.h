// SPDX-License-Identifier: Apache-2.0
//
// The arguments of an event as rules name them (evt.arg.flags, evt.arg[2], evt.args): for each type of event the names
// in the order of Falco's parameters, so that a number means the same there and here. A parameter that no record
// carries keeps its place and is missing.
#pragma once

#include <span>
#include <string_view>

#include "engine/event/field.h"

namespace eunomia {

struct Argument {
  std::string_view name;
  Value (*text)(const Context&);  // as people read it: "O_RDONLY|O_CLOEXEC"; null: not carried
  Value (*raw)(const Context&);   // as the kernel gave it; null: the same as `text`
};

std::span<const Argument> arguments_of(EventType type);

// "fd=3(<f>/etc/passwd) name=/etc/passwd flags=O_RDONLY ...", in the context's Scratch; "" where there are none.
std::string_view all_arguments(const Context& context);

}  // namespace eunomia
