// SPDX-License-Identifier: Apache-2.0
//
// Inside of the arguments (arguments.h): the rows that more than one group uses, and the groups, one file each. A row
// reads the context, puts computed text into its Scratch, and never fails: what is not known is missing.
#pragma once

#include <array>
#include <concepts>

#include "engine/event/arguments.h"
#include "engine/event/field_groups.h"
#include "engine/event/symbols.h"

namespace eunomia::arguments {

std::span<const Argument> of_file(EventType type);     // open, mkdir, rename, mount and their families, dup
std::span<const Argument> of_socket(EventType type);   // connect to recvmsg
std::span<const Argument> of_process(EventType type);  // fork, exec, exit
std::span<const Argument> of_call(EventType type);     // ptrace to userfaultfd

constexpr std::size_t most = 32;  // of one event type

constexpr Argument not_carried(std::string_view name) { return {name, nullptr, nullptr}; }

Value result_text(const Context& c);
Value result_raw(const Context& c);
// The descriptor that the event is about: "3(<f>/etc/passwd)".
Value fd_text(const Context& c);
Value fd_raw(const Context& c);

constexpr Argument arg_res{"res", result_text, result_raw};
constexpr Argument arg_fd{"fd", fd_text, fd_raw};

// Argument `Index` as it was passed: a number, or the names of its flags.
template <std::size_t Index>
Value passed_number(const Context& c) {
  return groups::number(c.event.passed[Index]);
}
// A signed 32-bit number: a pid, an id where -1 means "keep".
template <std::size_t Index>
Value passed_int(const Context& c) {
  return groups::number(static_cast<std::int32_t>(c.event.passed[Index]));
}
template <std::size_t Index, FlagSet Set>
Value passed_flags(const Context& c) {
  return flag_names(c.scratch, Set, c.event.passed[Index]);
}
template <std::size_t Index, FlagSet Set>
constexpr Argument flags_row(std::string_view name) {
  return {name, passed_flags<Index, Set>, passed_number<Index>};
}

// The name of a user or group, as Falco prints ids; the number where there is none.
Value user_text(const Context& c, std::uint32_t uid);
Value group_text(const Context& c, std::uint32_t gid);

}  // namespace eunomia::arguments
