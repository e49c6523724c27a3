// SPDX-License-Identifier: Apache-2.0
//
// The BPF objects of bpf/ and lsm/, embedded in the binary: loading, and access to their maps and variables. The one
// place that knows the generated skeleton. Programs are loaded in lots, as they come to be needed; all lots share the
// maps and variables of the first. Unloads when destroyed. One thread, but for libbpf's messages, which are
// collected per load.
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
  explicit Observers(std::size_t ring_bytes);
  ~Observers();
  Observers(const Observers&) = delete;
  Observers& operator=(const Observers&) = delete;

  // Loads the programs of the hooks, and maps that are not there yet. Error: the last words of the kernel's verifier or
  // of libbpf; nothing of the lot is loaded then.
  std::expected<void, std::string> load(std::span<const Hook* const> hooks);

  [[nodiscard]] bpf_program* program(std::string_view name) const;  // null: not loaded
  // After the first load.
  [[nodiscard]] int ring_fd() const;
  void set_reader_polls(bool polls);
  void set_keep_environment(bool keep);
  [[nodiscard]] KernelLosses losses() const;

 private:
  struct Lots;
  std::size_t ring_bytes_;
  std::unique_ptr<Lots> lots_;
};

}  // namespace eunomia
