// SPDX-License-Identifier: Apache-2.0
//
// Asks the running kernel whether a hook can be used, without attaching anything. Kinds are tried once each with a
// program of two instructions; single targets are looked up in the kernel's BTF and in tracefs.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "engine/sensor/hooks.h"

struct btf;

namespace eunomia {

class KernelProbe {
 public:
  KernelProbe();
  ~KernelProbe();
  KernelProbe(const KernelProbe&) = delete;
  KernelProbe& operator=(const KernelProbe&) = delete;

  [[nodiscard]] bool has_btf() const { return btf_ != nullptr; }
  // Why the hook cannot be used; empty if it can.
  std::string problem(const Hook& hook);
  // Whether it is of a system call that this kernel was built without, or is too old for.
  bool lacks_call(const Hook& hook);

 private:
  std::string kind_problem(HookKind kind);
  std::string try_kind(HookKind kind);
  std::string target_problem(const Hook& hook);

  btf* btf_;
  std::map<HookKind, std::string> kinds_;
};

// Where tracefs is mounted; mounts it at its usual place if it is nowhere and this process may. Empty: not to be had.
std::string tracefs_path();
// Names of the active Linux security modules ("lockdown,capability,bpf"); empty: not to be found out.
std::string active_lsms();

}  // namespace eunomia
