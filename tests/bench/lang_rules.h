// SPDX-License-Identifier: Apache-2.0
//
// Rules in the shapes that public rule files have, as many as wanted: macros and lists, names in lists, prefixes,
// substrings of the command line, networks, regular expressions, exceptions. They hardly ever match the events of
// lang_events.h.
#pragma once

#include <string>

namespace eunomia::bench {

std::string make_rules(std::size_t count);

}  // namespace eunomia::bench
