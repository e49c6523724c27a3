// SPDX-License-Identifier: Apache-2.0
#include "engine/event/arguments.h"

#include <fcntl.h>

#include <algorithm>
#include <array>

#include "engine/event/field_groups.h"
#include "engine/event/process_facts.h"
#include "engine/event/socket_facts.h"
#include "engine/event/symbols.h"

namespace eunomia {
namespace {

using groups::number;
using groups::print;
using groups::text;

Value result_text(const Context& c) { return result_name(c.scratch, c.event.result); }
Value result_raw(const Context& c) { return c.event.result; }
// A connect's result has a sign and a name; of an opened file the descriptor is what tells.
Value fd_text(const Context& c) {
  if (c.event.is_open() && c.event.result < 0) return result_name(c.scratch, c.event.result);
  if (c.event.fd < 0) return number(c.event.fd);
  const std::string_view name = fd_name(c);
  return print(c.scratch, name.size() + 24, "{}(<{}>{})", c.event.fd, fd_type_char(c.event), name);
}
Value fd_raw(const Context& c) {
  return c.event.is_open() && c.event.result < 0 ? Value{c.event.result} : number(c.event.fd);
}
Value dirfd_text(const Context& c) {
  return c.event.dirfd == AT_FDCWD ? Value{std::string_view{"AT_FDCWD"}} : number(c.event.dirfd);
}
Value dirfd_raw(const Context& c) { return number(c.event.dirfd); }
Value open_name(const Context& c) { return text(c.event.raw.empty() ? c.event.path : c.event.raw); }
Value flags_text(const Context& c) { return open_flag_names(c.scratch, effective_open_flags(c.event)); }
Value flags_raw(const Context& c) { return number(effective_open_flags(c.event)); }
Value mode_text(const Context& c) { return print(c.scratch, 16, "{:#o}", c.event.open_mode); }
Value mode_raw(const Context& c) { return number(c.event.open_mode); }
Value dev_text(const Context& c) { return print(c.scratch, 16, "{:x}", c.event.dev); }
Value dev_raw(const Context& c) { return number(c.event.dev); }
Value ino(const Context& c) { return number(c.event.ino); }

constexpr Argument arg_res{"res", result_text, result_raw};
constexpr Argument arg_open_fd{"fd", fd_text, fd_raw};
constexpr Argument arg_dirfd{"dirfd", dirfd_text, dirfd_raw};
constexpr Argument arg_name{"name", open_name, nullptr};
constexpr Argument arg_flags{"flags", flags_text, flags_raw};
constexpr Argument arg_mode{"mode", mode_text, mode_raw};
constexpr Argument arg_dev{"dev", dev_text, dev_raw};
constexpr Argument arg_ino{"ino", ino, nullptr};
constexpr Argument not_carried(std::string_view name) { return {name, nullptr, nullptr}; }

constexpr std::array open_args{arg_open_fd, arg_name, arg_flags, arg_mode, arg_dev, arg_ino};
constexpr std::array openat_args{arg_open_fd, arg_dirfd, arg_name, arg_flags, arg_mode, arg_dev, arg_ino};
constexpr std::array openat2_args{arg_open_fd, arg_dirfd, arg_name, arg_flags, arg_mode, not_carried("resolve"),
                                  arg_dev,     arg_ino};
constexpr std::array creat_args{arg_open_fd, arg_name, arg_mode, arg_dev, arg_ino, not_carried("creat_flags")};

Value address_text(const Context& c) {
  const Event& e = c.event;
  const bool server = e.type == EventType::bind;
  return text(endpoint_name(c.scratch, e, server ? e.local : e.remote, server ? e.local_port : e.remote_port));
}
Value tuple_text(const Context& c) { return text(socket_name(c.scratch, c.event)); }
Value backlog(const Context& c) { return number(c.event.passed[0]); }

constexpr Argument arg_tuple{"tuple", tuple_text, nullptr};
constexpr Argument arg_addr{"addr", address_text, nullptr};
constexpr std::array connect_args{arg_res, arg_tuple, arg_open_fd, arg_addr};
constexpr std::array accept_args{arg_open_fd, arg_tuple, not_carried("queuepct"), not_carried("queuelen"),
                                 not_carried("queuemax")};
constexpr std::array accept4_args{
    arg_open_fd,         arg_tuple, not_carried("queuepct"), not_carried("queuelen"), not_carried("queuemax"),
    not_carried("flags")};
constexpr std::array bind_args{arg_res, arg_addr, arg_open_fd};
constexpr std::array listen_args{arg_res, arg_open_fd, Argument{"backlog", backlog, nullptr}};

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

constexpr std::size_t most_arguments = exec_args.size();

std::string_view as_text(const Context& c, const Value& value) {
  if (const auto* const string = std::get_if<std::string_view>(&value)) return *string;
  if (const auto* const integer = std::get_if<std::int64_t>(&value)) return print(c.scratch, 24, "{}", *integer);
  return {};
}

}  // namespace

std::span<const Argument> arguments_of(EventType type) {
  switch (type) {
    case EventType::fork: return fork_args;
    case EventType::exit: return exit_args;
    case EventType::execve:
    case EventType::execveat: return exec_args;
    case EventType::open: return open_args;
    case EventType::openat: return openat_args;
    case EventType::openat2: return openat2_args;
    case EventType::creat: return creat_args;
    case EventType::connect: return connect_args;
    case EventType::accept: return accept_args;
    case EventType::accept4: return accept4_args;
    case EventType::bind: return bind_args;
    case EventType::listen: return listen_args;
    default: break;
  }
  return {};
}

std::string_view all_arguments(const Context& context) {
  const auto arguments = arguments_of(context.event.type);
  std::array<std::string_view, most_arguments> texts;
  std::size_t size = 0;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].text == nullptr) continue;
    texts[i] = as_text(context, arguments[i].text(context));
    size += arguments[i].name.size() + texts[i].size() + 2;
  }
  char* const start = context.scratch.bytes(size).data();
  char* end = start;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i].text == nullptr) continue;
    if (end != start) *end++ = ' ';
    end = std::ranges::copy(arguments[i].name, end).out;
    *end++ = '=';
    end = std::ranges::copy(texts[i], end).out;
  }
  return {start, end};
}

}  // namespace eunomia
