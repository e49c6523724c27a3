// SPDX-License-Identifier: Apache-2.0
#include "engine/event/symbols.h"

#include <fcntl.h>

#include <array>
#include <cstring>

#include "engine/event/field_groups.h"

namespace eunomia {
namespace {

struct Symbol {
  std::uint64_t bits;
  std::string_view name;
};

// Order and names are those of Falco's rules, which match on text; what it leaves out follows at the end. O_SYNC holds
// the bit of O_DSYNC and O_TMPFILE that of O_DIRECTORY, so the wider one comes first and takes both.
constexpr std::array<Symbol, 15> open_flags{{
    {O_TMPFILE, "O_TMPFILE"},
    {O_DIRECTORY, "O_DIRECTORY"},
    {O_DIRECT, "O_DIRECT"},
    {O_TRUNC, "O_TRUNC"},
    {O_SYNC, "O_SYNC"},
    {O_NONBLOCK, "O_NONBLOCK"},
    {O_EXCL, "O_EXCL"},
    {O_DSYNC, "O_DSYNC"},
    {O_APPEND, "O_APPEND"},
    {O_CREAT, "O_CREAT"},
    {O_CLOEXEC, "O_CLOEXEC"},
    {O_NOFOLLOW, "O_NOFOLLOW"},
    {O_NOATIME, "O_NOATIME"},
    {O_PATH, "O_PATH"},
    {O_ASYNC, "O_ASYNC"},
}};
constexpr std::size_t before_access_mode = 10;  // entries printed before O_RDONLY and its like

// include/uapi/linux/capability.h
constexpr std::array<std::string_view, 41> capabilities_by_bit{"CAP_CHOWN",
                                                               "CAP_DAC_OVERRIDE",
                                                               "CAP_DAC_READ_SEARCH",
                                                               "CAP_FOWNER",
                                                               "CAP_FSETID",
                                                               "CAP_KILL",
                                                               "CAP_SETGID",
                                                               "CAP_SETUID",
                                                               "CAP_SETPCAP",
                                                               "CAP_LINUX_IMMUTABLE",
                                                               "CAP_NET_BIND_SERVICE",
                                                               "CAP_NET_BROADCAST",
                                                               "CAP_NET_ADMIN",
                                                               "CAP_NET_RAW",
                                                               "CAP_IPC_LOCK",
                                                               "CAP_IPC_OWNER",
                                                               "CAP_SYS_MODULE",
                                                               "CAP_SYS_RAWIO",
                                                               "CAP_SYS_CHROOT",
                                                               "CAP_SYS_PTRACE",
                                                               "CAP_SYS_PACCT",
                                                               "CAP_SYS_ADMIN",
                                                               "CAP_SYS_BOOT",
                                                               "CAP_SYS_NICE",
                                                               "CAP_SYS_RESOURCE",
                                                               "CAP_SYS_TIME",
                                                               "CAP_SYS_TTY_CONFIG",
                                                               "CAP_MKNOD",
                                                               "CAP_LEASE",
                                                               "CAP_AUDIT_WRITE",
                                                               "CAP_AUDIT_CONTROL",
                                                               "CAP_SETFCAP",
                                                               "CAP_MAC_OVERRIDE",
                                                               "CAP_MAC_ADMIN",
                                                               "CAP_SYSLOG",
                                                               "CAP_WAKE_ALARM",
                                                               "CAP_BLOCK_SUSPEND",
                                                               "CAP_AUDIT_READ",
                                                               "CAP_PERFMON",
                                                               "CAP_BPF",
                                                               "CAP_CHECKPOINT_RESTORE"};

std::string_view access_mode(std::uint32_t flags) {
  switch (flags & O_ACCMODE) {
    case O_RDONLY: return "O_RDONLY";
    case O_WRONLY: return "O_WRONLY";
    default: return "O_RDWR";
  }
}

// Names joined by one character, in room asked for at once.
class Joined {
 public:
  Joined(Scratch& scratch, std::size_t room, char separator) : room_(scratch.bytes(room)), separator_(separator) {}

  void add(std::string_view name) {
    if (size_ != 0) room_[size_++] = separator_;
    std::memcpy(room_.data() + size_, name.data(), name.size());
    size_ += name.size();
  }
  [[nodiscard]] std::string_view result() const { return {room_.data(), size_}; }

 private:
  std::span<char> room_;
  std::size_t size_ = 0;
  char separator_;
};

}  // namespace

std::string_view result_name(Scratch& scratch, std::int64_t result) {
  if (result >= 0) return "SUCCESS";
  const char* const name = result > -4096 ? strerrorname_np(static_cast<int>(-result)) : nullptr;
  if (name != nullptr) return name;
  return groups::print(scratch, 24, "{}", result);
}

std::string_view open_flag_names(Scratch& scratch, std::uint32_t flags) {
  constexpr std::size_t most = (open_flags.size() + 1) * sizeof("O_DIRECTORY");  // none is longer
  Joined names(scratch, most, '|');
  std::uint64_t rest = flags;
  for (std::size_t i = 0; i < open_flags.size(); ++i) {
    if (i == before_access_mode) names.add(access_mode(flags));
    const Symbol& symbol = open_flags[i];
    if ((rest & symbol.bits) != symbol.bits) continue;
    rest &= ~symbol.bits;
    names.add(symbol.name);
  }
  return names.result();
}

std::string_view capability_names(Scratch& scratch, std::uint64_t capabilities) {
  constexpr std::size_t longest = sizeof("CAP_CHECKPOINT_RESTORE");
  Joined names(scratch, capabilities_by_bit.size() * longest, ' ');
  for (std::size_t bit = 0; bit < capabilities_by_bit.size(); ++bit)
    if ((capabilities >> bit & 1U) != 0) names.add(capabilities_by_bit[bit]);
  return names.result();
}

std::optional<std::uint64_t> parse_capabilities(std::string_view names) {
  std::uint64_t out = 0;
  while (!names.empty()) {
    const auto end = std::min(names.find(' '), names.size());
    const auto found = std::ranges::find(capabilities_by_bit, names.substr(0, end));
    if (found == capabilities_by_bit.end()) return std::nullopt;
    out |= 1ULL << (found - capabilities_by_bit.begin());
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return out;
}

}  // namespace eunomia
