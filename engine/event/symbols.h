// SPDX-License-Identifier: Apache-2.0
//
// Names of the kernel's numbers, as rules and people write them. Results are static text or lie in the Scratch given.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "engine/event/value.h"

namespace eunomia {

// "ENOENT" of -2, "SUCCESS" of anything not negative, the number itself of an error without a name.
std::string_view result_name(Scratch& scratch, std::int64_t result);
// "O_CREAT|O_WRONLY|O_CLOEXEC".
std::string_view open_flag_names(Scratch& scratch, std::uint32_t flags);

// Flags of other calls: "CLONE_NEWNS|CLONE_NEWUSER". Bits without a name are left out, as in Falco; "0" if none is
// left.
enum class FlagSet : std::uint8_t {
  at,        // AT_REMOVEDIR, ...
  mode,      // S_ISUID, S_IRUSR, ...: chmod
  mount,     // RDONLY, BIND, ...: Falco's names, without "MS_"
  umount,    // FORCE, DETACH, ...
  rename,    // RENAME_NOREPLACE, ...
  clone,     // CLONE_NEWNS, ...: unshare, setns
  memfd,     // MFD_CLOEXEC, ...
  module,    // MODULE_INIT_IGNORE_MODVERSIONS, ...
  open_only  // O_CLOEXEC, O_NONBLOCK: dup3, userfaultfd
};
std::string_view flag_names(Scratch& scratch, FlagSet set, std::uint64_t flags);
// Numbers that stand for one thing each; the number itself where it has no name.
std::string_view socket_domain_name(Scratch& scratch, std::uint64_t domain);    // "AF_PACKET"
std::string_view ptrace_request_name(Scratch& scratch, std::uint64_t request);  // "PTRACE_ATTACH"
std::string_view bpf_command_name(Scratch& scratch, std::uint64_t command);     // "BPF_PROG_LOAD"
// The way back, for events written down by hand: nullopt where a name is unknown. "0" stands for no flag.
std::optional<std::uint64_t> parse_flags(FlagSet set, std::string_view names);
std::optional<std::uint64_t> parse_socket_domain(std::string_view name);
std::optional<std::uint64_t> parse_ptrace_request(std::string_view name);
std::optional<std::uint64_t> parse_bpf_command(std::string_view name);
std::optional<std::uint64_t> parse_capabilities(std::string_view names);
// "CAP_CHOWN CAP_SYS_ADMIN", lowest first.
std::string_view capability_names(Scratch& scratch, std::uint64_t capabilities);

}  // namespace eunomia
