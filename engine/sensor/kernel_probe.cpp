// SPDX-License-Identifier: Apache-2.0
#include "engine/sensor/kernel_probe.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <linux/bpf.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace eunomia {
namespace {

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

bool has_element(std::string_view list, std::string_view element) {
  return fmt::format(",{},", list).find(fmt::format(",{},", element)) != std::string::npos;
}

// r0 = 0; exit
int load_probe(bpf_prog_type type, bpf_attach_type attach, int btf_id) {
  const std::array<bpf_insn, 2> program{bpf_insn{BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0},
                                        bpf_insn{BPF_JMP | BPF_EXIT, 0, 0, 0, 0}};
  LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = attach, .attach_btf_id = static_cast<__u32>(btf_id));
  return bpf_prog_load(type, "eunomia_probe", "GPL", program.data(), program.size(), &options);
}

}  // namespace

std::string tracefs_path() {
  for (const char* path : {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"}) {
    if (std::filesystem::exists(fmt::format("{}/events", path))) return path;
  }
  if (mount("tracefs", "/sys/kernel/tracing", "tracefs", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0)
    return "/sys/kernel/tracing";
  return {};
}

std::string active_lsms() {
  const std::string path = "/sys/kernel/security/lsm";
  if (!std::filesystem::exists(path) &&
      mount("securityfs", "/sys/kernel/security", "securityfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0)
    return {};
  return first_line(path);
}

KernelProbe::KernelProbe() : btf_(btf__load_vmlinux_btf()) {
  if (libbpf_get_error(btf_) != 0) btf_ = nullptr;
}

KernelProbe::~KernelProbe() { btf__free(btf_); }

std::string KernelProbe::problem(const Hook& hook) {
  if (hook.kind != HookKind::tracepoint && btf_ == nullptr)
    return "the kernel has no BTF (/sys/kernel/btf/vmlinux); it needs CONFIG_DEBUG_INFO_BTF";
  std::string problem = target_problem(hook);
  return problem.empty() ? kind_problem(hook.kind) : problem;
}

bool KernelProbe::lacks_call(const Hook& hook) {
  if (hook.kind == HookKind::fexit && btf_ != nullptr && hook.target.starts_with("__x64_sys_"))
    return btf__find_by_name_kind(btf_, std::string(hook.target).c_str(), BTF_KIND_FUNC) <= 0;
  if (hook.kind != HookKind::tracepoint) return false;
  const std::filesystem::path all = fmt::format("{}/events/syscalls", tracefs_path());
  return std::filesystem::exists(all) && !std::filesystem::exists(all / hook.target);
}

std::string KernelProbe::kind_problem(HookKind kind) {
  const auto known = kinds_.find(kind);
  if (known != kinds_.end()) return known->second;
  return kinds_.emplace(kind, try_kind(kind)).first->second;
}

std::string KernelProbe::try_kind(HookKind kind) {
  int fd = -1;
  if (kind == HookKind::fexit) {
    const int id = btf__find_by_name_kind(btf_, "do_sys_openat2", BTF_KIND_FUNC);
    fd = load_probe(BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, id);
  } else if (kind == HookKind::lsm) {
    const std::string modules = active_lsms();
    if (modules.empty()) return "the list of security modules cannot be read (is securityfs mounted?)";
    if (!has_element(modules, "bpf")) return fmt::format("'bpf' is not in the kernel's lsm= list ({})", modules);
    const int id = btf__find_by_name_kind(btf_, "bpf_lsm_socket_bind", BTF_KIND_FUNC);
    fd = load_probe(BPF_PROG_TYPE_LSM, BPF_LSM_MAC, id);
  } else {
    return {};
  }
  if (fd < 0) return fmt::format("the kernel refuses such programs ({})", std::strerror(errno));
  close(fd);
  return {};
}

std::string KernelProbe::target_problem(const Hook& hook) {
  const auto in_btf = [this](const std::string& name, __u32 kind) {
    return btf__find_by_name_kind(btf_, name.c_str(), kind) > 0;
  };
  switch (hook.kind) {
    case HookKind::btf_tracepoint:
      return in_btf(fmt::format("btf_trace_{}", hook.target), BTF_KIND_TYPEDEF) ? "" : "no such tracepoint";
    case HookKind::fexit: return in_btf(std::string(hook.target), BTF_KIND_FUNC) ? "" : "no such kernel function";
    case HookKind::lsm:
      return in_btf(fmt::format("bpf_lsm_{}", hook.target), BTF_KIND_FUNC) ? "" : "the kernel has no BPF LSM hooks";
    case HookKind::tracepoint: break;
  }
  const std::string tracefs = tracefs_path();
  if (tracefs.empty()) return "tracefs is not mounted: mount -t tracefs none /sys/kernel/tracing";
  const bool exists = std::filesystem::exists(fmt::format("{}/events/syscalls/{}/id", tracefs, hook.target));
  return exists ? "" : "no such tracepoint";
}

}  // namespace eunomia
