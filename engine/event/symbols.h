// SPDX-License-Identifier: Apache-2.0
//
// Names of the kernel's numbers, as rules and people write them. Results are static text or lie in the Scratch given.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/event/value.h"

namespace eunomia {

// "ENOENT" of -2, "SUCCESS" of anything not negative, the number itself of an error without a name.
std::string_view result_name(Scratch& scratch, std::int64_t result);
// "O_CREAT|O_WRONLY|O_CLOEXEC".
std::string_view open_flag_names(Scratch& scratch, std::uint32_t flags);
// "CAP_CHOWN CAP_SYS_ADMIN", lowest first.
std::string_view capability_names(Scratch& scratch, std::uint64_t capabilities);

}  // namespace eunomia
