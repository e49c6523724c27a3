// SPDX-License-Identifier: Apache-2.0
//
// One process as /proc shows it. Everything in there but the numbers was chosen by the process itself, so it is bounded
// and taken as bytes. All files are opened below one handle of /proc/PID: when the process goes meanwhile the handle
// goes stale, and a reused pid can not mix in. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/event/process.h"

namespace eunomia {

// Start times in /proc are counted in ticks: ns each of them lasts.
std::uint64_t tick_ns();

// nullopt: no such process (any longer), or not to be understood. `start_ns` is rounded down to a tick, `parent` is
// null, `cgroup` 0, and of `exe_flags` only EVX_MEMFD can be told.
// The environment is read only where asked for.
std::optional<Process> read_process(const std::filesystem::path& proc, std::uint32_t pid, bool environment = false);

// All process ids there are now.
std::vector<std::uint32_t> list_processes(const std::filesystem::path& proc);

// The number of a namespace link: "pid:[4026531836]" is 4026531836; 0 where it can not be read.
std::uint32_t namespace_of(const std::filesystem::path& proc, const std::string& pid, const std::string& kind);

// Fills argv, exe, args and cmdline from zero-terminated arguments; `name` must be set.
void set_arguments(Process& process, std::string_view zero_terminated);

}  // namespace eunomia
