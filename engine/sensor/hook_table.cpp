// SPDX-License-Identifier: Apache-2.0
#include "engine/sensor/hooks.h"

namespace eunomia {
namespace {

using enum EventType;

EventSet one(EventType type) { return event_set({type}); }

// A system call with the names of all that a hook of it needs.
struct SystemCall {
  std::string_view fexit, function, tracepoint;
  EventType type;
};
#define SYSTEM_CALL_NAMED(call, name) \
  SystemCall { #call "_fexit", "__x64_sys_" #call, "sys_exit_" #call, EventType::name }
#define SYSTEM_CALL(call) SYSTEM_CALL_NAMED(call, call)

// System calls that one program handles by tracepoint, and one program each by fexit.
Observation system_calls(std::string_view name, std::string_view without, std::string_view program_tp,
                         std::initializer_list<SystemCall> calls, std::string_view map = {}) {
  std::vector<Hook> fexits;
  std::vector<Hook> tracepoints;
  for (const SystemCall& call : calls) {
    fexits.push_back({HookKind::fexit, call.fexit, call.function, one(call.type), map});
    tracepoints.push_back({HookKind::tracepoint, program_tp, call.tracepoint, one(call.type), map});
  }
  return {name, without, false, {std::move(fexits), std::move(tracepoints)}};
}

Observation process_life() {
  return {"process life",
          "nothing can be told of processes and containers",
          true,
          {{{HookKind::btf_tracepoint, "on_fork", "sched_process_fork", one(fork)},
            {HookKind::btf_tracepoint, "on_exec", "sched_process_exec", event_set({execve, execveat})},
            {HookKind::btf_tracepoint, "on_exit", "sched_process_exit", one(exit)}}}};
}

Observation open_files() {
  return {"open files",
          "opened files go unseen",
          false,
          {{{HookKind::fexit, "open_fexit", "do_sys_openat2", event_set({open, openat, openat2, creat})}},
           {{HookKind::tracepoint, "open_tp", "sys_exit_open", one(open)},
            {HookKind::tracepoint, "open_tp", "sys_exit_openat", one(openat)},
            {HookKind::tracepoint, "open_tp", "sys_exit_openat2", one(openat2)},
            {HookKind::tracepoint, "open_tp", "sys_exit_creat", one(creat)}}}};
}

Observation open_files_io_uring() {
  return {"open files, io_uring",
          "files opened through io_uring go unseen",
          false,
          {{{HookKind::fexit, "open_io_uring_fexit", "io_openat2", one(openat2)}}}};
}

Observation sockets() {
  return system_calls("sockets", "sockets made, connected, bound and listened on go unseen", "socket_tp",
                      {SYSTEM_CALL(socket), SYSTEM_CALL(connect), SYSTEM_CALL(accept), SYSTEM_CALL(accept4),
                       SYSTEM_CALL(bind), SYSTEM_CALL(listen)});
}

Observation sockets_other_ways() {
  return {"sockets, other ways",
          "what is done with sockets through io_uring or a 32-bit system call goes unseen",
          false,
          {{{HookKind::lsm, "connect_lsm", "socket_connect", one(connect)},
            {HookKind::lsm, "accept_lsm", "socket_accept", one(accept4)},
            {HookKind::lsm, "bind_lsm", "socket_bind", one(bind)},
            {HookKind::lsm, "listen_lsm", "socket_listen", one(listen)}}}};
}

Observation transfers() {
  return system_calls(
      "sent and received",
      "what is sent and received over sockets goes unseen (through io_uring and 32-bit calls always)", "transfer_tp",
      {SYSTEM_CALL(sendto), SYSTEM_CALL(sendmsg), SYSTEM_CALL(recvfrom), SYSTEM_CALL(recvmsg)}, "peers");
}

Observation descriptors() {
  return system_calls("duplicated descriptors", "duplicated descriptors go unseen (by 32-bit calls always)", "dup_tp",
                      {SYSTEM_CALL(dup), SYSTEM_CALL(dup2), SYSTEM_CALL(dup3)});
}

// System calls on names. Where there is fexit, security hooks tell the paths: "unlink" is the program unlink_resolve at
// security_path_unlink.
struct SecurityHook {
  std::string_view program, function;
  EventSet events;
};
#define SECURITY_HOOK(name, function, ...) \
  SecurityHook { #name "_resolve", "security_" #function, event_set({__VA_ARGS__}) }

Observation name_calls(std::string_view name, std::string_view without, std::initializer_list<SystemCall> calls,
                       std::initializer_list<SecurityHook> hooks) {
  Observation observation = system_calls(name, without, "name_tp", calls);
  std::vector<Hook>& best = observation.alternatives.front();
  for (Hook& hook : best) hook.map = "resolved";
  for (const SecurityHook& hook : hooks)
    best.push_back({HookKind::fexit, hook.program, hook.function, hook.events, "resolved"});
  observation.lacking =
      "their paths are as the callers gave them, and through io_uring and 32-bit calls they go unseen";
  return observation;
}

Observation names() {
  return name_calls(
      "names", "names made, removed, renamed and linked go unseen",
      {SYSTEM_CALL(unlink), SYSTEM_CALL(unlinkat), SYSTEM_CALL(rmdir), SYSTEM_CALL(mkdir), SYSTEM_CALL(mkdirat),
       SYSTEM_CALL(mknod), SYSTEM_CALL(mknodat), SYSTEM_CALL(rename), SYSTEM_CALL(renameat), SYSTEM_CALL(renameat2),
       SYSTEM_CALL(link), SYSTEM_CALL(linkat), SYSTEM_CALL(symlink), SYSTEM_CALL(symlinkat)},
      {SECURITY_HOOK(unlink, path_unlink, unlink, unlinkat), SECURITY_HOOK(rmdir, path_rmdir, rmdir, unlinkat),
       SECURITY_HOOK(mkdir, path_mkdir, mkdir, mkdirat), SECURITY_HOOK(mknod, path_mknod, mknod, mknodat),
       SECURITY_HOOK(rename, path_rename, EventType::rename, renameat, renameat2),
       SECURITY_HOOK(link, path_link, EventType::link, linkat),
       SECURITY_HOOK(symlink, path_symlink, EventType::symlink, symlinkat)});
}

Observation modes_and_owners() {
  return name_calls("modes and owners", "changes of modes and owners go unseen",
                    {SYSTEM_CALL(chmod), SYSTEM_CALL(fchmod), SYSTEM_CALL(fchmodat), SYSTEM_CALL(fchmodat2),
                     SYSTEM_CALL(chown), SYSTEM_CALL(lchown), SYSTEM_CALL(fchown), SYSTEM_CALL(fchownat)},
                    {SECURITY_HOOK(chmod, path_chmod, chmod, fchmodat, fchmodat2),
                     SECURITY_HOOK(chown, path_chown, chown, lchown, fchownat)});
}

Observation mounts() {
  return name_calls("mounts", "mounts go unseen", {SYSTEM_CALL(mount), SYSTEM_CALL_NAMED(umount, umount2)},
                    {SECURITY_HOOK(mount, sb_mount, mount), SECURITY_HOOK(umount, sb_umount, umount2)});
}

Observation other_calls() {
  return system_calls(
      "other system calls",
      "ptrace, memory of others, modules, namespaces, user ids, BPF go unseen (by 32-bit calls always)", "call_tp",
      {SYSTEM_CALL(ptrace), SYSTEM_CALL(process_vm_readv), SYSTEM_CALL(process_vm_writev), SYSTEM_CALL(init_module),
       SYSTEM_CALL(finit_module), SYSTEM_CALL(setns), SYSTEM_CALL(unshare), SYSTEM_CALL(setuid), SYSTEM_CALL(setreuid),
       SYSTEM_CALL(setresuid), SYSTEM_CALL(setgid), SYSTEM_CALL(setregid), SYSTEM_CALL(setresgid), SYSTEM_CALL(bpf),
       SYSTEM_CALL(memfd_create), SYSTEM_CALL(userfaultfd)});
}

}  // namespace

std::span<const Observation> observations() {
  static const std::vector<Observation> table{
      process_life(), open_files(), open_files_io_uring(), sockets(), sockets_other_ways(), transfers(),
      descriptors(),  names(),      modes_and_owners(),    mounts(),  other_calls(),
  };
  return table;
}

}  // namespace eunomia
