// SPDX-License-Identifier: Apache-2.0
//
// A typed, read-only view of one record of the kernel (bpf/event.h).
//
// `decode` checks every size and offset of the record and never reads past it, so the bytes may come from a damaged
// capture file. An Event borrows: its strings point into the record and live exactly as long. To keep one, copy the
// record and decode the copy. Tests build an Event in one expression: Event{.type = EventType::openat, .path =
// "/etc/shadow"}. Numbers keep the kernel's units; times are ns, of CLOCK_BOOTTIME unless the name says otherwise.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "bpf/event.h"

namespace eunomia {

// One enumerator per row of EV_TYPES, named like the event type in rules ("openat"), with the same value.
enum class EventType : std::uint16_t {
  none = EV_NONE,
  fork = EV_FORK,
  exit = EV_EXIT,
  execve = EV_EXECVE,
  execveat = EV_EXECVEAT,
  open = EV_OPEN,
  openat = EV_OPENAT,
  openat2 = EV_OPENAT2,
  creat = EV_CREAT,
  connect = EV_CONNECT,
  accept = EV_ACCEPT,
  accept4 = EV_ACCEPT4,
  bind = EV_BIND,
  listen = EV_LISTEN,
  socket = EV_SOCKET,
  sendto = EV_SENDTO,
  sendmsg = EV_SENDMSG,
  recvfrom = EV_RECVFROM,
  recvmsg = EV_RECVMSG,
  dup = EV_DUP,
  dup2 = EV_DUP2,
  dup3 = EV_DUP3,
  unlink = EV_UNLINK,
  unlinkat = EV_UNLINKAT,
  rmdir = EV_RMDIR,
  mkdir = EV_MKDIR,
  mkdirat = EV_MKDIRAT,
  mknod = EV_MKNOD,
  mknodat = EV_MKNODAT,
  rename = EV_RENAME,
  renameat = EV_RENAMEAT,
  renameat2 = EV_RENAMEAT2,
  link = EV_LINK,
  linkat = EV_LINKAT,
  symlink = EV_SYMLINK,
  symlinkat = EV_SYMLINKAT,
  chmod = EV_CHMOD,
  fchmod = EV_FCHMOD,
  fchmodat = EV_FCHMODAT,
  fchmodat2 = EV_FCHMODAT2,
  chown = EV_CHOWN,
  lchown = EV_LCHOWN,
  fchown = EV_FCHOWN,
  fchownat = EV_FCHOWNAT,
  mount = EV_MOUNT,
  umount2 = EV_UMOUNT2,
  ptrace = EV_PTRACE,
  process_vm_readv = EV_PROCESS_VM_READV,
  process_vm_writev = EV_PROCESS_VM_WRITEV,
  init_module = EV_INIT_MODULE,
  finit_module = EV_FINIT_MODULE,
  setns = EV_SETNS,
  unshare = EV_UNSHARE,
  setuid = EV_SETUID,
  setreuid = EV_SETREUID,
  setresuid = EV_SETRESUID,
  setgid = EV_SETGID,
  setregid = EV_SETREGID,
  setresgid = EV_SETRESGID,
  bpf = EV_BPF,
  memfd_create = EV_MEMFD_CREATE,
  userfaultfd = EV_USERFAULTFD,
};

// A set of event types, indexed by the type's value.
using EventSet = std::bitset<EV_TYPE_COUNT>;

EventSet event_set(std::initializer_list<EventType> types);

// The event type's name in rules, "" for none or a number without a row.
std::string_view event_name(EventType type);
// The type with that name; nullopt if this engine has no such event.
std::optional<EventType> event_by_name(std::string_view name);

// An IPv4 (family 4) or IPv6 (family 6) address, network order; IPv4 uses the first four bytes. Family 0: none.
struct IpAddress {
  std::uint8_t family = 0;
  std::array<std::uint8_t, 16> bytes{};
  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};
// "10.0.0.1", "2001:db8::1" (RFC 5952); "" for family 0.
std::string to_string(const IpAddress& address);
std::optional<IpAddress> parse_ip(std::string_view text);

using Streams = std::array<ev_stream, 3>;

struct Event {
  EventType type = EventType::none;
  std::uint16_t flags = 0;  // ev_flags
  std::uint64_t time_ns = 0;
  std::uint64_t start_ns = 0;  // start of the process: (pid, start_ns) names it for ever
  std::int64_t result = 0;     // >= 0, or -errno
  std::uint32_t pid = 0, tid = 0, ns_pid = 0, ns_tid = 0, ppid = 0;
  std::uint32_t uid = 0, gid = 0, euid = 0, egid = 0;
  std::uint32_t loginuid = UINT32_MAX;  // UINT32_MAX: nobody logged in
  std::uint32_t sid = 0, ns_sid = 0;
  std::uint32_t pidns = 0, mntns = 0, netns = 0, userns = 0;
  std::uint64_t cap_effective = 0, cap_permitted = 0, cap_inheritable = 0;
  std::uint64_t cgroup = 0;
  std::string_view comm;

  // fork, execve, execveat
  std::uint64_t parent_start_ns = 0;
  std::string_view cgroup_path;

  // execve, execveat
  std::string_view exe;       // resolved path of the executable
  std::string_view filename;  // as passed to execve
  std::string_view args;      // argv, each zero-terminated
  std::string_view cwd;       // with no trailing slash, but for "/"
  std::string_view parent_comm;
  std::uint64_t exe_ino = 0, exe_ctime_ns = 0, exe_mtime_ns = 0;
  std::uint32_t exe_flags = 0;  // ev_exe_flags
  std::uint32_t tty = 0, pgid = 0, ns_pgid = 0;
  std::string_view env;  // as args; empty where no rule reads it
  Streams streams{};     // standard input, output, error

  // open, openat, openat2, creat
  std::string_view path;  // resolved by the kernel, or the caller's (EVF_USER_PATH). Sockets: the Unix path
  std::string_view base;  // where a relative caller's path starts
  std::string_view raw;   // as the caller wrote it
  std::uint64_t ino = 0;
  std::uint32_t dev = 0, mode = 0, open_flags = 0;
  std::uint32_t open_mode = 0;  // permission bits as passed: mkdir, mknod, chmod too
  std::int32_t dirfd = 0;

  // Files and sockets: -1 where there is none.
  std::int32_t fd = -1;

  // connect to recvmsg, and dup of a socket
  std::uint16_t family = 0, sock_type = 0, protocol = 0;  // AF_*, SOCK_*, IPPROTO_*
  std::uint16_t socket_flags = 0;                         // ev_socket_flags
  IpAddress local, remote;
  std::uint16_t local_port = 0, remote_port = 0;
  std::uint64_t size = 0;  // sends, receives: bytes asked for

  // unlink to umount2: what the call is about, or its source (path, base, raw, dirfd), and its target
  std::string_view path2, base2, raw2;
  std::int32_t dirfd2 = 0;
  std::string_view fstype;
  std::uint32_t new_uid = 0, new_gid = 0, rdev = 0;  // chown, mknod: as passed

  // dup, dup2, dup3
  std::int32_t oldfd = -1, newfd = -1;

  // What a call was passed. listen: backlog; socket: domain, type, protocol; sends, receives: flags; the calls on
  // names and dup3: flags; ptrace to userfaultfd: all of them.
  std::array<std::uint64_t, 6> passed{};
  std::string_view text;  // memfd_create: the name; init_module, finit_module: the parameters

  // Reads one record. Error: what is wrong with it ("record of 12 bytes is shorter than its header").
  static std::expected<Event, std::string> decode(std::span<const std::byte> record);

  [[nodiscard]] bool has(ev_flags flag) const { return (flags & flag) != 0; }
  [[nodiscard]] bool is_exec() const { return type == EventType::execve || type == EventType::execveat; }
  [[nodiscard]] bool is_open() const { return type >= EventType::open && type <= EventType::creat; }
  // Of a socket: connect to recvmsg, and dup of one.
  [[nodiscard]] bool is_socket() const {
    return (type >= EventType::connect && type <= EventType::recvmsg) || (is_dup() && family != 0);
  }
  [[nodiscard]] bool is_transfer() const { return type >= EventType::sendto && type <= EventType::recvmsg; }
  [[nodiscard]] bool is_dup() const { return type >= EventType::dup && type <= EventType::dup3; }
  // On names: unlink to umount2.
  [[nodiscard]] bool is_path() const { return type >= EventType::unlink && type <= EventType::umount2; }
};

}  // namespace eunomia
