// SPDX-License-Identifier: Apache-2.0
#include "engine/event/field_groups.h"
#include "engine/event/process_facts.h"

namespace eunomia::groups {
namespace {

using enum ValueType;
using Extract = Value (*)(const Context&, const FieldArg&);
using OfProcess = Value (*)(const Process&);

template <auto Member>
Value member(const Process& p) {
  return text(p.*Member);
}
Value own_pid(const Process& p) { return number(p.pid); }
Value own_args(const Process& p) { return std::string_view{p.args}; }

constexpr OfProcess name = member<&Process::name>, exe = member<&Process::exe>, exepath = member<&Process::exepath>,
                    cmdline = member<&Process::cmdline>;

Value of(const Process* process, OfProcess fact) { return process != nullptr ? fact(*process) : Value{}; }

// With an index one ancestor (0: the process itself), without all of them, parent first.
template <OfProcess Fact>
Value ancestors(const Context& c, const FieldArg& arg) {
  if (arg.index) return of(ancestor(c, *arg.index), Fact);
  std::size_t count = 0;
  for (const Process* p = ancestor(c, 1); p != nullptr; p = p->parent.get()) ++count;
  if (count == 0) return {};
  const std::span<Value> values = c.scratch.values(count);
  std::size_t filled = 0;
  for (const Process* p = ancestor(c, 1); p != nullptr; p = p->parent.get()) {
    const Value value = Fact(*p);
    if (!value.missing()) values[filled++] = value;
  }
  return filled == 0 ? Value{} : Value{ValueList{values.first(filled)}};
}

template <OfProcess Fact>
Value of_parent(const Context& c, const FieldArg&) {
  return of(ancestor(c, 1), Fact);
}
template <OfProcess Fact>
Value of_session(const Context& c, const FieldArg&) {
  return of(session_leader(c), Fact);
}
template <OfProcess Fact>
Value of_group(const Context& c, const FieldArg&) {
  return of(group_leader(c), Fact);
}

// Exec events tell the parent's name too, should its process not be known.
Value parent_name(const Context& c, const FieldArg&) {
  const Process* const parent = ancestor(c, 1);
  return text(parent != nullptr ? std::string_view{parent->name} : c.event.parent_comm);
}

Value parent_pid(const Context& c, const FieldArg&) {
  if (c.event.pid != 0) return number(c.event.ppid);
  return c.process != nullptr ? number(c.process->ppid) : Value{};
}

Value parent_vpid(const Context& c, const FieldArg&) {
  const Process* const parent = ancestor(c, 1);
  return parent != nullptr && parent->ns_pid != 0 ? number(parent->ns_pid) : Value{};
}

std::uint64_t parent_start(const Context& c) {
  const Process* const parent = ancestor(c, 1);
  return parent != nullptr && parent->start_ns != 0 ? parent->start_ns : c.event.parent_start_ns;
}
Value parent_start_time(const Context& c, const FieldArg&) {
  return parent_start(c) == 0 ? Value{} : number(unix_ns(c, parent_start(c)));
}
Value parent_age(const Context& c, const FieldArg&) { return since(parent_start(c), c.event.time_ns); }

// Where somebody logged in: the first shell of them all, whatever it started in between.
Value login_shell(const Context& c, const FieldArg&) {
  const Process* eldest = nullptr;
  for (const Process* p = c.process; p != nullptr; p = p->parent.get())
    if (p->name.ends_with("sh")) eldest = p;
  return of(eldest, own_pid);
}

constexpr Field row(std::string_view field, ValueType type, std::string_view doc, Extract extract) {
  return {field, type, false, ArgKind::none, FieldSource::process, all_events, doc, extract};
}
constexpr Field line(std::string_view field, ValueType type, std::string_view doc, Extract extract) {
  return {field, type, true, ArgKind::optional_index, FieldSource::process, all_events, doc, extract, true};
}

constexpr std::array rows{
    line("proc.acmdline", string, "Command line of ancestor n (1: the parent), or of any.", ancestors<cmdline>),
    unfilled("proc.aenv", string, "Environment of ancestor n, or a variable of the nearest that has it.",
             ArgKind::optional_key, FieldSource::process),
    line("proc.aargs", string, "Arguments of ancestor n, or of any.", ancestors<own_args>),
    line("proc.aexe", string, "First argument (argv[0]) of ancestor n, or of any.", ancestors<exe>),
    line("proc.aexepath", string, "Path of the executable of ancestor n, or of any.", ancestors<exepath>),
    line("proc.aname", string, "Name of ancestor n (1: the parent, 0: the process itself), or of any.",
         ancestors<name>),
    line("proc.apid", integer, "Id of ancestor n, or of any.", ancestors<own_pid>),
    row("proc.loginshellid", integer, "Id of the eldest shell among the process and its ancestors.", login_shell),
    row("proc.pcmdline", string, "Command line of the parent.", of_parent<cmdline>),
    row("proc.pexe", string, "First argument (argv[0]) of the parent.", of_parent<exe>),
    row("proc.pexepath", string, "Path of the parent's executable.", of_parent<exepath>),
    row("proc.pgid.exe", string, "First argument of the leader of the process group.", of_group<exe>),
    row("proc.pgid.exepath", string, "Path of the executable of the leader of the process group.", of_group<exepath>),
    row("proc.pgid.name", string, "Name of the leader of the process group.", of_group<name>),
    row("proc.pname", string, "Name of the parent.", parent_name),
    row("proc.ppid", integer, "Id of the parent.", parent_pid),
    row("proc.ppid.duration", duration, "Time since the parent started.", parent_age),
    row("proc.ppid.ts", time, "Start of the parent, ns since the epoch.", parent_start_time),
    row("proc.pvpid", integer, "Id of the parent, as its own pid namespace sees it.", parent_vpid),
    row("proc.sid.exe", string, "First argument of the session's leader.", of_session<exe>),
    row("proc.sid.exepath", string, "Path of the executable of the session's leader.", of_session<exepath>),
    row("proc.sname", string, "Name of the session's leader, or of the eldest ancestor in the session.",
        of_session<name>),
    row("proc.vpgid.exe", string, "First argument of the leader of the process group.", of_group<exe>),
    row("proc.vpgid.exepath", string, "Path of the executable of the leader of the process group.", of_group<exepath>),
    row("proc.vpgid.name", string, "Name of the leader of the process group.", of_group<name>),
};

}  // namespace

std::span<const Field> ancestry() { return rows; }

}  // namespace eunomia::groups
