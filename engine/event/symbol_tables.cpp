// SPDX-License-Identifier: Apache-2.0
//
// Names of flags and commands of single system calls. The constants are the kernel's (include/uapi/linux), written out
// where the C library's headers lack them or define them differently.
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/fs.h>
#include <linux/memfd.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>

#include "engine/event/field_groups.h"
#include "engine/event/symbols.h"

namespace eunomia {
namespace {

struct Symbol {
  std::uint64_t value;
  std::string_view name;
};

constexpr auto at_flags = std::to_array<Symbol>({{AT_SYMLINK_NOFOLLOW, "AT_SYMLINK_NOFOLLOW"},
                                                 {AT_REMOVEDIR, "AT_REMOVEDIR"},
                                                 {AT_SYMLINK_FOLLOW, "AT_SYMLINK_FOLLOW"},
                                                 {AT_EMPTY_PATH, "AT_EMPTY_PATH"}});
constexpr auto mode_bits = std::to_array<Symbol>({{S_IXOTH, "S_IXOTH"},
                                                  {S_IWOTH, "S_IWOTH"},
                                                  {S_IROTH, "S_IROTH"},
                                                  {S_IXGRP, "S_IXGRP"},
                                                  {S_IWGRP, "S_IWGRP"},
                                                  {S_IRGRP, "S_IRGRP"},
                                                  {S_IXUSR, "S_IXUSR"},
                                                  {S_IWUSR, "S_IWUSR"},
                                                  {S_IRUSR, "S_IRUSR"},
                                                  {S_ISVTX, "S_ISVTX"},
                                                  {S_ISGID, "S_ISGID"},
                                                  {S_ISUID, "S_ISUID"}});
constexpr auto mount_flags = std::to_array<Symbol>({{MS_RDONLY, "RDONLY"},
                                                    {MS_NOSUID, "NOSUID"},
                                                    {MS_NODEV, "NODEV"},
                                                    {MS_NOEXEC, "NOEXEC"},
                                                    {MS_SYNCHRONOUS, "SYNCHRONOUS"},
                                                    {MS_REMOUNT, "REMOUNT"},
                                                    {MS_MANDLOCK, "MANDLOCK"},
                                                    {MS_DIRSYNC, "DIRSYNC"},
                                                    {MS_NOATIME, "NOATIME"},
                                                    {MS_NODIRATIME, "NODIRATIME"},
                                                    {MS_BIND, "BIND"},
                                                    {MS_MOVE, "MOVE"},
                                                    {MS_REC, "REC"},
                                                    {MS_SILENT, "SILENT"},
                                                    {MS_POSIXACL, "POSIXACL"},
                                                    {MS_UNBINDABLE, "UNBINDABLE"},
                                                    {MS_PRIVATE, "PRIVATE"},
                                                    {MS_SLAVE, "SLAVE"},
                                                    {MS_SHARED, "SHARED"},
                                                    {MS_RELATIME, "RELATIME"},
                                                    {MS_KERNMOUNT, "KERNMOUNT"},
                                                    {MS_I_VERSION, "I_VERSION"},
                                                    {MS_STRICTATIME, "STRICTATIME"},
                                                    {MS_LAZYTIME, "LAZYTIME"}});
constexpr auto umount_flags =
    std::to_array<Symbol>({{1, "FORCE"}, {2, "DETACH"}, {4, "EXPIRE"}, {8, "NOFOLLOW"}});  // include/linux/fs.h
constexpr auto rename_flags = std::to_array<Symbol>({{RENAME_NOREPLACE, "RENAME_NOREPLACE"},
                                                     {RENAME_EXCHANGE, "RENAME_EXCHANGE"},
                                                     {RENAME_WHITEOUT, "RENAME_WHITEOUT"}});
constexpr auto clone_flags = std::to_array<Symbol>({{CLONE_FILES, "CLONE_FILES"},
                                                    {CLONE_FS, "CLONE_FS"},
                                                    {CLONE_NEWIPC, "CLONE_NEWIPC"},
                                                    {CLONE_NEWNET, "CLONE_NEWNET"},
                                                    {CLONE_NEWNS, "CLONE_NEWNS"},
                                                    {CLONE_NEWPID, "CLONE_NEWPID"},
                                                    {CLONE_NEWUTS, "CLONE_NEWUTS"},
                                                    {CLONE_SIGHAND, "CLONE_SIGHAND"},
                                                    {CLONE_SYSVSEM, "CLONE_SYSVSEM"},
                                                    {CLONE_THREAD, "CLONE_THREAD"},
                                                    {CLONE_VM, "CLONE_VM"},
                                                    {CLONE_NEWUSER, "CLONE_NEWUSER"},
                                                    {CLONE_NEWCGROUP, "CLONE_NEWCGROUP"},
                                                    {CLONE_NEWTIME, "CLONE_NEWTIME"}});
constexpr auto memfd_flags = std::to_array<Symbol>({{MFD_CLOEXEC, "MFD_CLOEXEC"},
                                                    {MFD_ALLOW_SEALING, "MFD_ALLOW_SEALING"},
                                                    {MFD_HUGETLB, "MFD_HUGETLB"},
                                                    {8, "MFD_NOEXEC_SEAL"},
                                                    {16, "MFD_EXEC"}});
constexpr auto module_flags = std::to_array<Symbol>({{MODULE_INIT_IGNORE_MODVERSIONS, "MODULE_INIT_IGNORE_MODVERSIONS"},
                                                     {MODULE_INIT_IGNORE_VERMAGIC, "MODULE_INIT_IGNORE_VERMAGIC"},
                                                     {4, "MODULE_INIT_COMPRESSED_FILE"}});
constexpr auto open_only_flags = std::to_array<Symbol>({{O_CLOEXEC, "O_CLOEXEC"}, {O_NONBLOCK, "O_NONBLOCK"}});

std::span<const Symbol> symbols_of(FlagSet set) {
  switch (set) {
    case FlagSet::at: return at_flags;
    case FlagSet::mode: return mode_bits;
    case FlagSet::mount: return mount_flags;
    case FlagSet::umount: return umount_flags;
    case FlagSet::rename: return rename_flags;
    case FlagSet::clone: return clone_flags;
    case FlagSet::memfd: return memfd_flags;
    case FlagSet::module: return module_flags;
    case FlagSet::open_only: return open_only_flags;
  }
  return {};
}

// include/linux/socket.h
constexpr auto domains = std::to_array<Symbol>({{AF_UNSPEC, "AF_UNSPEC"},   {AF_UNIX, "AF_UNIX"},
                                                {AF_INET, "AF_INET"},       {AF_AX25, "AF_AX25"},
                                                {AF_IPX, "AF_IPX"},         {AF_APPLETALK, "AF_APPLETALK"},
                                                {AF_X25, "AF_X25"},         {AF_INET6, "AF_INET6"},
                                                {AF_KEY, "AF_KEY"},         {AF_NETLINK, "AF_NETLINK"},
                                                {AF_PACKET, "AF_PACKET"},   {AF_RDS, "AF_RDS"},
                                                {AF_LLC, "AF_LLC"},         {AF_CAN, "AF_CAN"},
                                                {AF_TIPC, "AF_TIPC"},       {AF_BLUETOOTH, "AF_BLUETOOTH"},
                                                {AF_IUCV, "AF_IUCV"},       {AF_RXRPC, "AF_RXRPC"},
                                                {AF_PHONET, "AF_PHONET"},   {AF_IEEE802154, "AF_IEEE802154"},
                                                {AF_ALG, "AF_ALG"},         {AF_NFC, "AF_NFC"},
                                                {AF_VSOCK, "AF_VSOCK"},     {AF_KCM, "AF_KCM"},
                                                {AF_QIPCRTR, "AF_QIPCRTR"}, {AF_SMC, "AF_SMC"},
                                                {AF_XDP, "AF_XDP"}});

// include/uapi/linux/ptrace.h, arch/x86/include/uapi/asm/ptrace-abi.h
constexpr auto requests = std::to_array<Symbol>({{PTRACE_TRACEME, "PTRACE_TRACEME"},
                                                 {PTRACE_PEEKTEXT, "PTRACE_PEEKTEXT"},
                                                 {PTRACE_PEEKDATA, "PTRACE_PEEKDATA"},
                                                 {PTRACE_PEEKUSR, "PTRACE_PEEKUSR"},
                                                 {PTRACE_POKETEXT, "PTRACE_POKETEXT"},
                                                 {PTRACE_POKEDATA, "PTRACE_POKEDATA"},
                                                 {PTRACE_POKEUSR, "PTRACE_POKEUSR"},
                                                 {PTRACE_CONT, "PTRACE_CONT"},
                                                 {PTRACE_KILL, "PTRACE_KILL"},
                                                 {PTRACE_SINGLESTEP, "PTRACE_SINGLESTEP"},
                                                 {12, "PTRACE_GETREGS"},
                                                 {13, "PTRACE_SETREGS"},
                                                 {14, "PTRACE_GETFPREGS"},
                                                 {15, "PTRACE_SETFPREGS"},
                                                 {PTRACE_ATTACH, "PTRACE_ATTACH"},
                                                 {PTRACE_DETACH, "PTRACE_DETACH"},
                                                 {18, "PTRACE_GETFPXREGS"},
                                                 {19, "PTRACE_SETFPXREGS"},
                                                 {PTRACE_SYSCALL, "PTRACE_SYSCALL"},
                                                 {25, "PTRACE_GET_THREAD_AREA"},
                                                 {26, "PTRACE_SET_THREAD_AREA"},
                                                 {30, "PTRACE_ARCH_PRCTL"},
                                                 {31, "PTRACE_SYSEMU"},
                                                 {32, "PTRACE_SYSEMU_SINGLESTEP"},
                                                 {33, "PTRACE_SINGLEBLOCK"},
                                                 {PTRACE_SETOPTIONS, "PTRACE_SETOPTIONS"},
                                                 {PTRACE_GETEVENTMSG, "PTRACE_GETEVENTMSG"},
                                                 {PTRACE_GETSIGINFO, "PTRACE_GETSIGINFO"},
                                                 {PTRACE_SETSIGINFO, "PTRACE_SETSIGINFO"},
                                                 {PTRACE_GETREGSET, "PTRACE_GETREGSET"},
                                                 {PTRACE_SETREGSET, "PTRACE_SETREGSET"},
                                                 {PTRACE_SEIZE, "PTRACE_SEIZE"},
                                                 {PTRACE_INTERRUPT, "PTRACE_INTERRUPT"},
                                                 {PTRACE_LISTEN, "PTRACE_LISTEN"},
                                                 {PTRACE_PEEKSIGINFO, "PTRACE_PEEKSIGINFO"},
                                                 {PTRACE_GETSIGMASK, "PTRACE_GETSIGMASK"},
                                                 {PTRACE_SETSIGMASK, "PTRACE_SETSIGMASK"},
                                                 {PTRACE_SECCOMP_GET_FILTER, "PTRACE_SECCOMP_GET_FILTER"},
                                                 {PTRACE_GET_SYSCALL_INFO, "PTRACE_GET_SYSCALL_INFO"}});

// enum bpf_cmd, by value
constexpr auto bpf_commands =
    std::to_array<std::string_view>({"BPF_MAP_CREATE",        "BPF_MAP_LOOKUP_ELEM",
                                     "BPF_MAP_UPDATE_ELEM",   "BPF_MAP_DELETE_ELEM",
                                     "BPF_MAP_GET_NEXT_KEY",  "BPF_PROG_LOAD",
                                     "BPF_OBJ_PIN",           "BPF_OBJ_GET",
                                     "BPF_PROG_ATTACH",       "BPF_PROG_DETACH",
                                     "BPF_PROG_TEST_RUN",     "BPF_PROG_GET_NEXT_ID",
                                     "BPF_MAP_GET_NEXT_ID",   "BPF_PROG_GET_FD_BY_ID",
                                     "BPF_MAP_GET_FD_BY_ID",  "BPF_OBJ_GET_INFO_BY_FD",
                                     "BPF_PROG_QUERY",        "BPF_RAW_TRACEPOINT_OPEN",
                                     "BPF_BTF_LOAD",          "BPF_BTF_GET_FD_BY_ID",
                                     "BPF_TASK_FD_QUERY",     "BPF_MAP_LOOKUP_AND_DELETE_ELEM",
                                     "BPF_MAP_FREEZE",        "BPF_BTF_GET_NEXT_ID",
                                     "BPF_MAP_LOOKUP_BATCH",  "BPF_MAP_LOOKUP_AND_DELETE_BATCH",
                                     "BPF_MAP_UPDATE_BATCH",  "BPF_MAP_DELETE_BATCH",
                                     "BPF_LINK_CREATE",       "BPF_LINK_UPDATE",
                                     "BPF_LINK_GET_FD_BY_ID", "BPF_LINK_GET_NEXT_ID",
                                     "BPF_ENABLE_STATS",      "BPF_ITER_CREATE",
                                     "BPF_LINK_DETACH",       "BPF_PROG_BIND_MAP",
                                     "BPF_TOKEN_CREATE"});
static_assert(bpf_commands[BPF_PROG_BIND_MAP] == "BPF_PROG_BIND_MAP");

std::string_view digits(Scratch& scratch, std::uint64_t number) {
  return groups::print(scratch, 24, "{}", static_cast<std::int64_t>(number));
}

std::string_view name_of(Scratch& scratch, std::span<const Symbol> table, std::uint64_t number) {
  const auto found = std::ranges::find(table, number, &Symbol::value);
  return found != table.end() ? found->name : digits(scratch, number);
}

std::optional<std::uint64_t> value_of(std::span<const Symbol> table, std::string_view name) {
  const auto found = std::ranges::find(table, name, &Symbol::name);
  return found != table.end() ? std::optional(found->value) : std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> parse_flags(FlagSet set, std::string_view names) {
  std::uint64_t flags = 0;
  for (bool more = names != "0"; more;) {
    const auto bar = names.find('|');
    const auto value = value_of(symbols_of(set), names.substr(0, bar));
    if (!value) return std::nullopt;
    flags |= *value;
    more = bar != std::string_view::npos;
    if (more) names.remove_prefix(bar + 1);
  }
  return flags;
}
std::optional<std::uint64_t> parse_socket_domain(std::string_view name) { return value_of(domains, name); }
std::optional<std::uint64_t> parse_ptrace_request(std::string_view name) { return value_of(requests, name); }
std::optional<std::uint64_t> parse_bpf_command(std::string_view name) {
  const auto found = std::ranges::find(bpf_commands, name);
  if (found == bpf_commands.end()) return std::nullopt;
  return static_cast<std::uint64_t>(found - bpf_commands.begin());
}

std::string_view flag_names(Scratch& scratch, FlagSet set, std::uint64_t flags) {
  const auto symbols = symbols_of(set);
  std::size_t most = 1;
  for (const Symbol& symbol : symbols) most += symbol.name.size() + 1;
  const std::span<char> room = scratch.bytes(most);
  char* end = room.data();
  for (const Symbol& symbol : symbols) {
    if ((flags & symbol.value) != symbol.value) continue;
    if (end != room.data()) *end++ = '|';
    end = std::ranges::copy(symbol.name, end).out;
  }
  if (end == room.data()) return "0";
  return {room.data(), end};
}

std::string_view socket_domain_name(Scratch& scratch, std::uint64_t domain) {
  return name_of(scratch, domains, domain);
}
std::string_view ptrace_request_name(Scratch& scratch, std::uint64_t request) {
  return name_of(scratch, requests, request);
}
std::string_view bpf_command_name(Scratch& scratch, std::uint64_t command) {
  return command < bpf_commands.size() ? bpf_commands[command] : digits(scratch, command);
}

}  // namespace eunomia
