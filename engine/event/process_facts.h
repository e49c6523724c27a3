// SPDX-License-Identifier: Apache-2.0
//
// Inside of the field table: facts about the process of an event that several fields share. Where state knows no
// process the event's own record answers, as far as it goes.
#pragma once

#include <string_view>

#include "engine/event/field.h"

namespace eunomia {

std::string_view process_name(const Context& context);
// argv[0].
std::string_view process_exe(const Context& context);
// argv[1..] joined by spaces; missing: not known.
Value process_args(const Context& context);
std::uint32_t process_pid(const Context& context);

// "EXE_WRITABLE|EXE_UPPER_LAYER|EXE_FROM_MEMFD|EXE_LOWER_LAYER", of ev_exe_flags.
std::string_view exe_flag_names(Scratch& scratch, std::uint32_t exe_flags);

// The ancestor `index` steps up: 0 is the process itself. Null: not known.
const Process* ancestor(const Context& context, std::int64_t index);
// The leader of the session or process group: the one whose pid names it, else the eldest ancestor that is in it.
const Process* session_leader(const Context& context);
const Process* group_leader(const Context& context);

}  // namespace eunomia
