// SPDX-License-Identifier: Apache-2.0
//
// The BPF objects of bpf/ and lsm/, embedded in the binary: loading, and access to their maps and variables. The one
// place that knows the generated skeleton. Movable, not copyable; unloads when destroyed. One thread, but
// for libbpf's messages, which are collected per load.
#pragma once

#include <expected>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/sensor/sensor.h"

struct bpf_program;

namespace eunomia {

class Observers {
 public:
  Observers();
  ~Observers();
  Observers(Observers&&) noexcept;
  Observers& operator=(Observers&&) noexcept;

  // Loads the named programs and all maps. Error: the last words of the kernel's verifier or of libbpf.
  static std::expected<Observers, std::string> load(std::span<const std::string_view> programs, std::size_t ring_bytes);

  [[nodiscard]] bpf_program* program(std::string_view name) const;  // null: no such program
  [[nodiscard]] int ring_fd() const;
  void set_reader_polls(bool polls);
  void set_keep_environment(bool keep);
  [[nodiscard]] KernelLosses losses() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace eunomia
