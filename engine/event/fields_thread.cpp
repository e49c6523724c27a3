// SPDX-License-Identifier: Apache-2.0
#include "engine/event/field_groups.h"
#include "engine/event/symbols.h"

namespace eunomia::groups {
namespace {

using enum ValueType;
using Extract = Value (*)(const Context&, const FieldArg&);

template <auto Set>
Value capabilities(const Context& c, const FieldArg&) {
  return c.event.type == EventType::none ? Value{} : Value{capability_names(c.scratch, c.event.*Set)};
}

Value id(const Event& e, std::uint32_t value) { return e.tid == 0 ? Value{} : number(value); }

constexpr Field row(std::string_view name, ValueType type, std::string_view doc, Extract extract) {
  return {name, type, false, ArgKind::none, FieldSource::event, all_events, doc, extract};
}

constexpr std::array rows{
    row("thread.cap_effective", string, "Effective capabilities: \"CAP_CHOWN CAP_SYS_ADMIN\".",
        capabilities<&Event::cap_effective>),
    row("thread.cap_inheritable", string, "Inheritable capabilities, as thread.cap_effective.",
        capabilities<&Event::cap_inheritable>),
    row("thread.cap_permitted", string, "Permitted capabilities, as thread.cap_effective.",
        capabilities<&Event::cap_permitted>),
    unfilled("thread.cgroup", string, "Cgroup of the thread in one hierarchy: thread.cgroup.cpuacct.",
             ArgKind::required_key, FieldSource::process),
    unfilled("thread.cgroups", string, "All cgroups of the thread.", ArgKind::none, FieldSource::process),
    unfilled("thread.cpu", integer, "Share of a CPU the thread used in the last second."),
    unfilled("thread.cpu.system", integer, "Share of a CPU the thread used in the kernel in the last second."),
    unfilled("thread.cpu.user", integer, "Share of a CPU the thread used outside the kernel in the last second."),
    unfilled("thread.exectime", duration, "CPU time of the thread since it was last scheduled."),
    row("thread.ismain", boolean, "Whether the thread is the first of its process.",
        [](const Context& c, const FieldArg&) {
          return c.event.tid == 0 ? Value{} : Value{c.event.tid == c.event.pid};
        }),
    unfilled("thread.pfmajor", integer, "Major page faults of the thread."),
    unfilled("thread.pfminor", integer, "Minor page faults of the thread."),
    row("thread.tid", integer, "Id of the thread.",
        [](const Context& c, const FieldArg&) { return id(c.event, c.event.tid); }),
    unfilled("thread.totexectime", duration, "CPU time of the thread."),
    unfilled("thread.nametid", string, "Name of the process and id of the thread in one."),
    unfilled("thread.vmrss", integer, "Memory the process holds, KiB."),
    unfilled("thread.vmrss.b", integer, "Memory the process holds, bytes."),
    unfilled("thread.vmsize", integer, "Memory the process has mapped, KiB."),
    unfilled("thread.vmsize.b", integer, "Memory the process has mapped, bytes."),
    row("thread.vtid", integer, "Id of the thread, as its own pid namespace sees it.",
        [](const Context& c, const FieldArg&) { return id(c.event, c.event.ns_tid); }),
};

}  // namespace

std::span<const Field> thread() { return rows; }

}  // namespace eunomia::groups
