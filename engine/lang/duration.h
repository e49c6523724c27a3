// SPDX-License-Identifier: Apache-2.0
//
// Durations as the configuration and rules write them. Pure functions, any thread.
#pragma once

#include <chrono>
#include <expected>
#include <string>
#include <string_view>

namespace eunomia {

// "500ms", "10s", "2m", "1h", "1h30m". Error: what was expected.
std::expected<std::chrono::milliseconds, std::string> parse_duration(std::string_view text);

// The same way back: "1h30m", "1s500ms".
std::string print_duration(std::chrono::milliseconds duration);

}  // namespace eunomia
