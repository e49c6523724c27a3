// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>
#include <sys/stat.h>

#include "engine/event/field_groups.h"
#include "engine/event/process_facts.h"

namespace eunomia::groups {
namespace {

using enum ValueType;
using Extract = Value (*)(const Context&, const FieldArg&);

constexpr Field row(std::string_view name, ValueType type, std::string_view doc, Extract extract) {
  return {name, type, false, ArgKind::none, FieldSource::process, all_events, doc, extract};
}
constexpr Field later(std::string_view name, ValueType type, std::string_view doc, ArgKind arg = ArgKind::none) {
  return unfilled(name, type, doc, arg, FieldSource::process);
}

bool known(const Context& c) { return c.process != nullptr || c.event.pid != 0; }

Value cmdline(const Context& c, const FieldArg&) {
  if (c.process != nullptr) return text(c.process->cmdline);
  const Value args = process_args(c);
  const auto* const rest = std::get_if<std::string_view>(&args);
  if (rest == nullptr) return {};
  return concat(c.scratch, {process_name(c), rest->empty() ? "" : " ", *rest});
}

Value exeline(const Context& c, const FieldArg&) {
  const Value args = process_args(c);
  const auto* const rest = std::get_if<std::string_view>(&args);
  if (rest == nullptr) return {};
  return text(concat(c.scratch, {process_exe(c), rest->empty() ? "" : " ", *rest}));
}

Value args_count(const Context& c, const FieldArg&) {
  if (c.process == nullptr) return {};
  return number(c.process->argv.empty() ? 0 : c.process->argv.size() - 1);
}

Value args_length(const Context& c, const FieldArg&) {
  if (c.process == nullptr) return {};
  std::size_t length = 0;
  for (std::size_t i = 1; i < c.process->argv.size(); ++i) length += c.process->argv[i].size();
  return number(length);
}

// The variables stand one after the other, each with its zero.
Value variable(std::string_view all, std::string_view name) {
  while (!all.empty()) {
    const std::string_view one = all.substr(0, all.find('\0'));
    if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=')
      return one.substr(name.size() + 1);
    all.remove_prefix(std::min(one.size() + 1, all.size()));
  }
  return {};
}

Value environment(const Context& c, const FieldArg& arg) {
  std::string_view all = c.process != nullptr ? std::string_view{c.process->env} : c.event.env;
  if (!arg.key.empty()) return variable(all, arg.key);
  if (all.ends_with('\0')) all.remove_suffix(1);
  if (all.empty()) return {};
  const std::span<char> room = c.scratch.bytes(all.size());
  std::ranges::replace_copy(all, room.data(), '\0', ' ');
  return std::string_view{room.data(), room.size()};
}

// What a standard stream was when the program started.
std::string_view stream_type(const ev_stream& stream) {
  switch (stream.mode & S_IFMT) {
    case S_IFSOCK: break;
    case S_IFIFO: return "pipe";
    case S_IFDIR: return "directory";
    default: return stream.mode == 0 ? "" : "file";
  }
  if (stream.family == AF_INET) return "ipv4";
  if (stream.family == AF_INET6) return "ipv6";
  return stream.family == AF_UNIX ? "unix" : "";
}
template <std::size_t Number>
Value stream(const Context& c, const FieldArg&) {
  if (c.process != nullptr) return text(stream_type(c.process->streams[Number]));
  return c.event.is_exec() ? text(stream_type(c.event.streams[Number])) : Value{};
}

// With a slash at the end, as rules expect it: proc.cwd startswith "/dev/shm/".
Value cwd(const Context& c, const FieldArg&) {
  const std::string_view path = c.process != nullptr ? std::string_view{c.process->cwd} : c.event.cwd;
  return path.empty() || path.ends_with('/') ? text(path) : Value{concat(c.scratch, {path, "/"})};
}

Value tty(const Context& c, const FieldArg&) {
  if (c.event.is_exec()) return number(c.event.tty);
  return c.process != nullptr ? number(c.process->tty) : Value{};
}

// Ids of the event itself, else of its process; nullopt: neither is known.
using Id = std::optional<std::uint32_t>;
Id pid_of(const Context& c) { return known(c) ? Id{process_pid(c)} : std::nullopt; }
Id vpid_of(const Context& c) {
  if (!known(c)) return std::nullopt;
  return c.event.pid != 0 ? c.event.ns_pid : c.process->ns_pid;
}
Id vsid_of(const Context& c) {
  if (!known(c)) return std::nullopt;
  return c.event.pid != 0 ? c.event.ns_sid : c.process->ns_sid;
}
// Of the events only exec tells the process group.
Id pgid_of(const Context& c) {
  if (c.event.is_exec()) return c.event.pgid;
  return c.process != nullptr ? Id{c.process->pgid} : std::nullopt;
}
Id vpgid_of(const Context& c) {
  if (c.event.is_exec()) return c.event.ns_pgid;
  return c.process != nullptr ? Id{c.process->ns_pgid} : std::nullopt;
}

template <Id (*Of)(const Context&)>
Value id(const Context& c, const FieldArg&) {
  const Id found = Of(c);
  return found ? number(*found) : Value{};
}

// Whether the process is the one that its session or group is named after.
template <Id (*Group)(const Context&), Id (*Own)(const Context&)>
Value leads(const Context& c, const FieldArg&) {
  const Id group = Group(c), own = Own(c);
  return group && own ? Value{*group == *own} : Value{};
}

std::uint64_t start_of(const Context& c) {
  return c.event.start_ns == 0 && c.process != nullptr ? c.process->start_ns : c.event.start_ns;
}
Value start(const Context& c, const FieldArg&) { return start_of(c) == 0 ? Value{} : number(unix_ns(c, start_of(c))); }
Value age(const Context& c, const FieldArg&) { return since(start_of(c), c.event.time_ns); }

constexpr std::array rows{
    row("proc.args", string, "Arguments of the process after the first, joined by spaces.",
        [](const Context& c, const FieldArg&) { return process_args(c); }),
    row("proc.cmdlenargs", integer, "Bytes of all arguments after the first, without the spaces between.", args_length),
    row("proc.cmdline", string, "Name and arguments of the process: proc.name, a space, proc.args.", cmdline),
    row("proc.cmdnargs", integer, "Number of arguments after the first.", args_count),
    row("proc.cwd", string, "Working directory of the process, with a slash at the end.", cwd),
    row("proc.duration", duration, "Time since the process started.", age),
    Field{"proc.env", string, false, ArgKind::optional_key, FieldSource::process, all_events,
          "Environment the process started with, \"HOME=/ USER=root\", or one variable of it: proc.env[HOME].",
          environment},
    row("proc.exe", string, "First argument of the process (argv[0]): usually what was typed to start it.",
        [](const Context& c, const FieldArg&) { return text(process_exe(c)); }),
    row("proc.exeline", string, "First argument and the rest: proc.exe, a space, proc.args.", exeline),
    later("proc.fdlimit", integer, "Most files the process may have open."),
    later("proc.fdopencount", integer, "Number of files the process has open."),
    later("proc.fdusage", integer, "Open files in relation to their limit."),
    later("proc.is_container_healthcheck", boolean, "Whether the process is part of the container's health check."),
    later("proc.is_container_liveness_probe", boolean,
          "Whether the process is part of the container's liveness probe."),
    later("proc.is_container_readiness_probe", boolean,
          "Whether the process is part of the container's readiness probe."),
    row("proc.is_pgid_leader", boolean, "Whether the process leads its process group.", leads<pgid_of, pid_of>),
    row("proc.is_sid_leader", boolean, "Whether the process leads its session.", leads<vsid_of, vpid_of>),
    row("proc.is_vpgid_leader", boolean,
        "Whether the process leads its process group, in its own pid namespace: typed in a terminal, not in a script.",
        leads<vpgid_of, vpid_of>),
    row("proc.name", string, "Name of the process: the kernel's, at most 15 bytes.",
        [](const Context& c, const FieldArg&) { return text(process_name(c)); }),
    later("proc.nchilds", integer, "Number of threads of the process besides the first."),
    later("proc.nthreads", integer, "Number of threads of the process."),
    row("proc.pgid", integer, "Process group of the process.", id<pgid_of>),
    row("proc.pid", integer, "Id of the process.", id<pid_of>),
    row("proc.pid.ts", time, "Start of the process, ns since the epoch.", start),
    later("proc.pidns_init_start_ts", time, "Start of the process's pid namespace, ns since the epoch."),
    row("proc.sid", integer, "Session of the process, as its own pid namespace sees it.", id<vsid_of>),
    later("proc.stdin.name", string, "Name of the process's standard input."),
    row("proc.stdin.type", string,
        "What the standard input was when the program started: file, directory, pipe, unix, ipv4 or ipv6.", stream<0>),
    later("proc.stdout.name", string, "Name of the process's standard output."),
    row("proc.stdout.type", string, "What the standard output was when the program started.", stream<1>),
    later("proc.stderr.name", string, "Name of the process's standard error."),
    row("proc.stderr.type", string, "What the standard error was when the program started.", stream<2>),
    row("proc.tty", integer, "Controlling terminal of the process, 0 for none.", tty),
    later("proc.vmrss", integer, "Memory the process holds, KiB."),
    later("proc.vmsize", integer, "Memory the process has mapped, KiB."),
    later("proc.vmswap", integer, "Memory of the process that is swapped out, KiB."),
    row("proc.vpgid", integer, "Process group of the process, as its own pid namespace sees it.", id<vpgid_of>),
    row("proc.vpid", integer, "Id of the process, as its own pid namespace sees it.", id<vpid_of>),
};

}  // namespace

std::span<const Field> proc() { return rows; }

}  // namespace eunomia::groups
