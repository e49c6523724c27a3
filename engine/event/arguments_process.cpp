// SPDX-License-Identifier: Apache-2.0
#include "engine/event/argument_groups.h"
#include "engine/event/process_facts.h"

namespace eunomia::arguments {
namespace {

using groups::number;
using groups::text;

Value tid(const Context& c) { return number(c.event.tid); }
Value pid(const Context& c) { return number(c.event.pid); }
Value ptid(const Context& c) { return number(c.event.ppid); }
Value exe(const Context& c) { return text(process_exe(c)); }
Value args(const Context& c) { return process_args(c); }
Value cwd(const Context& c) { return text(c.event.cwd.empty() && c.process != nullptr ? c.process->cwd : c.event.cwd); }
Value comm(const Context& c) { return text(c.event.comm); }
Value tty(const Context& c) { return number(c.event.tty); }
Value vpgid(const Context& c) { return number(c.event.ns_pgid); }
Value pgid(const Context& c) { return number(c.event.pgid); }
Value loginuid(const Context& c) { return number(static_cast<std::int32_t>(c.event.loginuid)); }
Value exec_flags(const Context& c) { return exe_flag_names(c.scratch, c.event.exe_flags); }
Value exec_flags_raw(const Context& c) { return number(c.event.exe_flags); }
Value cap_inheritable(const Context& c) { return capability_names(c.scratch, c.event.cap_inheritable); }
Value cap_permitted(const Context& c) { return capability_names(c.scratch, c.event.cap_permitted); }
Value cap_effective(const Context& c) { return capability_names(c.scratch, c.event.cap_effective); }
Value exe_ino(const Context& c) { return number(c.event.exe_ino); }
Value exe_ctime(const Context& c) { return number(c.event.exe_ctime_ns); }
Value exe_mtime(const Context& c) { return number(c.event.exe_mtime_ns); }
Value euid(const Context& c) { return number(c.event.euid); }
Value egid(const Context& c) { return number(c.event.egid); }
Value exepath(const Context& c) { return text(c.event.exe); }
Value filename(const Context& c) { return text(c.event.filename); }
Value vtid(const Context& c) { return number(c.event.ns_tid); }
Value vpid(const Context& c) { return number(c.event.ns_pid); }

constexpr std::array exec_args{arg_res,
                               Argument{"exe", exe, nullptr},
                               Argument{"args", args, nullptr},
                               Argument{"tid", tid, nullptr},
                               Argument{"pid", pid, nullptr},
                               Argument{"ptid", ptid, nullptr},
                               Argument{"cwd", cwd, nullptr},
                               not_carried("fdlimit"),
                               not_carried("pgft_maj"),
                               not_carried("pgft_min"),
                               not_carried("vm_size"),
                               not_carried("vm_rss"),
                               not_carried("vm_swap"),
                               Argument{"comm", comm, nullptr},
                               not_carried("cgroups"),
                               not_carried("env"),
                               Argument{"tty", tty, nullptr},
                               Argument{"vpgid", vpgid, nullptr},
                               Argument{"loginuid", loginuid, nullptr},
                               Argument{"flags", exec_flags, exec_flags_raw},
                               Argument{"cap_inheritable", cap_inheritable, nullptr},
                               Argument{"cap_permitted", cap_permitted, nullptr},
                               Argument{"cap_effective", cap_effective, nullptr},
                               Argument{"exe_ino", exe_ino, nullptr},
                               Argument{"exe_ino_ctime", exe_ctime, nullptr},
                               Argument{"exe_ino_mtime", exe_mtime, nullptr},
                               Argument{"uid", euid, nullptr},
                               Argument{"trusted_exepath", exepath, nullptr},
                               Argument{"pgid", pgid, nullptr},
                               Argument{"gid", egid, nullptr},
                               Argument{"filename", filename, nullptr}};
static_assert(exec_args.size() <= most);
constexpr std::array fork_args{not_carried("res"),
                               Argument{"exe", exe, nullptr},
                               Argument{"args", args, nullptr},
                               Argument{"tid", tid, nullptr},
                               Argument{"pid", pid, nullptr},
                               Argument{"ptid", ptid, nullptr},
                               Argument{"cwd", cwd, nullptr},
                               not_carried("fdlimit"),
                               not_carried("pgft_maj"),
                               not_carried("pgft_min"),
                               not_carried("vm_size"),
                               not_carried("vm_rss"),
                               not_carried("vm_swap"),
                               Argument{"comm", comm, nullptr},
                               not_carried("cgroups"),
                               not_carried("flags"),
                               Argument{"uid", euid, nullptr},
                               Argument{"gid", egid, nullptr},
                               Argument{"vtid", vtid, nullptr},
                               Argument{"vpid", vpid, nullptr}};

// wait(2) packs the exit code above the signal, and bit 7 tells of a core dump.
Value exit_status(const Context& c) { return c.event.result; }
Value exit_code(const Context& c) { return c.event.result >> 8 & 0xff; }
Value exit_signal(const Context& c) { return c.event.result & 0x7f; }
Value exit_core(const Context& c) { return c.event.result >> 7 & 1; }
constexpr std::array exit_args{Argument{"status", exit_status, nullptr}, Argument{"ret", exit_code, nullptr},
                               Argument{"sig", exit_signal, nullptr}, Argument{"core", exit_core, nullptr},
                               not_carried("reaper_tid")};

}  // namespace

std::span<const Argument> of_process(EventType type) {
  switch (type) {
    case EventType::fork: return fork_args;
    case EventType::exit: return exit_args;
    case EventType::execve:
    case EventType::execveat: return exec_args;
    default: return {};
  }
}

}  // namespace eunomia::arguments
