// SPDX-License-Identifier: Apache-2.0
#include "engine/privileges.h"

#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace eunomia {
namespace {

constexpr std::array needed{
    Privilege{CAP_BPF, "CAP_BPF", "loading BPF programs"},
    Privilege{CAP_PERFMON, "CAP_PERFMON", "attaching them to kernel hooks"},
    Privilege{CAP_SYS_PTRACE, "CAP_SYS_PTRACE", "reading executables and namespaces of processes in /proc"},
    Privilege{CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH", "reading tracefs and the state of container engines"},
};

struct Capabilities {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> data{};

  bool read() { return syscall(SYS_capget, &header, data.data()) == 0; }
  bool write() { return syscall(SYS_capset, &header, data.data()) == 0; }
  [[nodiscard]] bool has(int capability) const {
    return (data.at(static_cast<std::size_t>(capability) / 32).effective >> (capability % 32) & 1U) != 0;
  }
};

bool implied_by_admin(int capability) { return capability == CAP_BPF || capability == CAP_PERFMON; }

}  // namespace

std::span<const Privilege> needed_privileges() { return needed; }

std::vector<Privilege> missing_privileges() {
  Capabilities now;
  now.read();
  std::vector<Privilege> missing;
  for (const Privilege& privilege : needed) {
    const bool has =
        now.has(privilege.capability) || (implied_by_admin(privilege.capability) && now.has(CAP_SYS_ADMIN));
    if (!has) missing.push_back(privilege);
  }
  return missing;
}

std::string describe_missing(const std::vector<Privilege>& missing) {
  if (missing.empty()) return {};
  std::string text = "not enough privileges:";
  std::string list;
  for (const Privilege& privilege : missing) {
    text += fmt::format("\n  {} is missing, for {}", privilege.name, privilege.needed_for);
    list += fmt::format("{}{}", list.empty() ? "" : ",", privilege.name);
  }
  return text + fmt::format(
                    "\nrun it as root (sudo eunomia ...); in a container: --cap-add {}; as a service: "
                    "AmbientCapabilities={} with User=root",
                    list, list);
}

std::expected<void, std::string> drop_other_privileges() {
  Capabilities kept, now;
  if (!now.read()) return std::unexpected(fmt::format("cannot read capabilities: {}", std::strerror(errno)));
  const bool admin_only = !now.has(CAP_BPF) || !now.has(CAP_PERFMON);
  const auto keep = [&](int capability) {
    auto& part = kept.data.at(static_cast<std::size_t>(capability) / 32);
    const __u32 bit = now.has(capability) ? 1U << (capability % 32) : 0;
    part.effective |= bit;
    part.permitted |= bit;
  };
  for (const Privilege& privilege : needed) keep(privilege.capability);
  if (admin_only) keep(CAP_SYS_ADMIN);
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (!kept.write()) return std::unexpected(fmt::format("cannot drop capabilities: {}", std::strerror(errno)));
  return {};
}

}  // namespace eunomia
