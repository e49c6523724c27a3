// SPDX-License-Identifier: Apache-2.0
//
// Every event type that the language knows, whether this engine sees it or not: `evt.type = ptrace` is no typing error.
// Constant; any thread.
#pragma once

#include <span>
#include <string_view>

namespace eunomia::lang {

bool is_event_name(std::string_view name);
std::span<const std::string_view> event_names();

}  // namespace eunomia::lang
