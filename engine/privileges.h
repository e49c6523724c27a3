// SPDX-License-Identifier: Apache-2.0
//
// The capabilities eunomia works with: which it needs and lacks, and giving up the rest once everything is attached.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <vector>

namespace eunomia {

struct Privilege {
  int capability;          // CAP_*
  const char* name;        // "CAP_BPF"
  const char* needed_for;  // "loading BPF programs"
};

// All that is needed, at start and later.
std::span<const Privilege> needed_privileges();
// Those that this process lacks. CAP_SYS_ADMIN stands for CAP_BPF and CAP_PERFMON, as in the kernel.
std::vector<Privilege> missing_privileges();
// What is wrong and what to do, in a few lines; empty: nothing is missing.
std::string describe_missing(const std::vector<Privilege>& missing);

// Drops every capability of the calling thread, and of threads it starts later, that is not needed. Call before
// other threads exist. Error: the kernel's words.
std::expected<void, std::string> drop_other_privileges();

}  // namespace eunomia
