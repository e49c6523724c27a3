// SPDX-License-Identifier: Apache-2.0
#include "engine/event/field_groups.h"

namespace eunomia::groups {
namespace {

using enum ValueType;
using Extract = Value (*)(const Context&, const FieldArg&);

// Facts of the executable come with the exec event itself, later from the process; without either they are not known.
bool known(const Context& c) { return c.process != nullptr || c.event.is_exec(); }

template <auto FromEvent, auto FromProcess>
auto fact(const Context& c) {
  return c.event.is_exec() || c.process == nullptr ? c.event.*FromEvent : c.process->*FromProcess;
}

std::uint32_t flags(const Context& c) { return fact<&Event::exe_flags, &Process::exe_flags>(c); }
std::uint64_t inode(const Context& c) { return fact<&Event::exe_ino, &Process::exe_ino>(c); }
std::uint64_t changed(const Context& c) { return fact<&Event::exe_ctime_ns, &Process::exe_ctime_ns>(c); }
std::uint64_t modified(const Context& c) { return fact<&Event::exe_mtime_ns, &Process::exe_mtime_ns>(c); }

template <std::uint32_t Flag>
Value has_flag(const Context& c, const FieldArg&) {
  return known(c) ? Value{(flags(c) & Flag) != 0} : Value{};
}

Value is_lower(const Context& c, const FieldArg&) {
  return known(c) ? Value{(flags(c) & (EVX_OVERLAY | EVX_UPPER_LAYER)) == EVX_OVERLAY} : Value{};
}

Value known_number(std::uint64_t n) { return n == 0 ? Value{} : number(n); }

Value exepath(const Context& c, const FieldArg&) {
  return text(c.process != nullptr ? std::string_view{c.process->exepath} : c.event.exe);
}

Value changed_before_start(const Context& c, const FieldArg&) {
  const std::uint64_t start = fact<&Event::start_ns, &Process::start_ns>(c);
  return start == 0 ? Value{} : since(changed(c), unix_ns(c, start));
}

constexpr Field row(std::string_view name, ValueType type, std::string_view doc, Extract extract) {
  return {name, type, false, ArgKind::none, FieldSource::process, all_events, doc, extract};
}

constexpr std::array rows{
    row("proc.exe_ino", integer, "Inode number of the executable.",
        [](const Context& c, const FieldArg&) { return known_number(inode(c)); }),
    row("proc.exe_ino.ctime", time, "Last change of the executable's inode, ns since the epoch.",
        [](const Context& c, const FieldArg&) { return known_number(changed(c)); }),
    unfilled("proc.exe_ino.ctime_duration_pidns_start", duration,
             "Time from the start of the pid namespace to the last change of the executable's inode.", ArgKind::none,
             FieldSource::process),
    row("proc.exe_ino.ctime_duration_proc_start", duration,
        "Time from the last change of the executable's inode to the start of the process.", changed_before_start),
    row("proc.exe_ino.mtime", time, "Last change of the executable's content, ns since the epoch.",
        [](const Context& c, const FieldArg&) { return known_number(modified(c)); }),
    row("proc.exepath", string, "Path of the executable, links resolved, as the process sees it.", exepath),
    row("proc.is_exe_from_memfd", boolean, "Whether the executable is a file in memory (memfd_create).",
        has_flag<EVX_MEMFD>),
    row("proc.is_exe_lower_layer", boolean, "Whether the executable is part of the container's image.", is_lower),
    row("proc.is_exe_upper_layer", boolean,
        "Whether the executable lies in the container's own layer: not from its image.", has_flag<EVX_UPPER_LAYER>),
    row("proc.is_exe_writable", boolean, "Whether the process may write its own executable.", has_flag<EVX_WRITABLE>),
};

}  // namespace

std::span<const Field> proc_exe() { return rows; }

}  // namespace eunomia::groups
