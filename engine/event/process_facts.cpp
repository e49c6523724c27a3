// SPDX-License-Identifier: Apache-2.0
#include "engine/event/process_facts.h"

#include <algorithm>
#include <array>

#include "engine/event/field_groups.h"

namespace eunomia {
namespace {

// The strings of an event's argv follow each other, each with its zero.
std::string_view first_argument(std::string_view args) { return args.substr(0, args.find('\0')); }

std::string_view joined_after_first(Scratch& scratch, std::string_view args) {
  const std::size_t first = args.find('\0');
  if (first == std::string_view::npos) return {};
  args.remove_prefix(first + 1);
  if (args.ends_with('\0')) args.remove_suffix(1);
  const std::span<char> room = scratch.bytes(args.size());
  std::ranges::replace_copy(args, room.data(), '\0', ' ');
  return {room.data(), args.size()};
}

// A leader's parent is in another session or group, so the line of those in the same one ends with the leader; or, if
// that has gone, with the eldest that is left.
const Process* leader(const Process* process, std::uint32_t Process::* group) {
  if (process == nullptr) return nullptr;
  const Process* eldest = process;
  for (const Process* p = process; p != nullptr && p->*group == process->*group; p = p->parent.get()) eldest = p;
  return eldest;
}

}  // namespace

std::string_view process_name(const Context& c) {
  return c.process != nullptr && !c.process->name.empty() ? std::string_view{c.process->name} : c.event.comm;
}

std::string_view process_exe(const Context& c) {
  return c.process != nullptr ? std::string_view{c.process->exe} : first_argument(c.event.args);
}

Value process_args(const Context& c) {
  if (c.process != nullptr) return std::string_view{c.process->args};
  if (!c.event.is_exec()) return {};
  return joined_after_first(c.scratch, c.event.args);
}

std::uint32_t process_pid(const Context& c) {
  return c.event.pid == 0 && c.process != nullptr ? c.process->pid : c.event.pid;
}

std::string_view exe_flag_names(Scratch& scratch, std::uint32_t flags) {
  const bool upper = (flags & EVX_UPPER_LAYER) != 0, lower = (flags & EVX_OVERLAY) != 0 && !upper;
  const std::string_view names =
      groups::concat(scratch, {(flags & EVX_WRITABLE) != 0 ? "|EXE_WRITABLE" : "", upper ? "|EXE_UPPER_LAYER" : "",
                               (flags & EVX_MEMFD) != 0 ? "|EXE_FROM_MEMFD" : "", lower ? "|EXE_LOWER_LAYER" : ""});
  return names.substr(names.empty() ? 0 : 1);
}

const Process* ancestor(const Context& c, std::int64_t index) {
  const Process* process = c.process;
  for (; process != nullptr && index > 0; --index) process = process->parent.get();
  return process;
}

const Process* session_leader(const Context& c) { return leader(c.process, &Process::sid); }
const Process* group_leader(const Context& c) { return leader(c.process, &Process::pgid); }

}  // namespace eunomia
