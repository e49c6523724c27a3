// SPDX-License-Identifier: Apache-2.0
#include "engine/sensor/observers.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <vector>

#include "observers.skel.h"

namespace eunomia {
namespace {

// What libbpf had to say during the last load; only its warnings.
std::string& libbpf_messages() {
  static thread_local std::string messages;
  return messages;
}

int collect(libbpf_print_level level, const char* format, va_list arguments) {
  if (level != LIBBPF_WARN) return 0;
  char line[512];
  const int size = std::vsnprintf(line, sizeof line, format, arguments);
  if (size > 0 && libbpf_messages().size() < 16384) libbpf_messages() += line;
  return size;
}

// The first message names the program and the errno; the verifier's last lines say why.
std::string summary_of(const std::string& messages) {
  const std::string first = messages.substr(0, messages.find('\n'));
  return first.empty() ? "no reason given" : first;
}

struct Destroy {
  void operator()(observers* skeleton) const { observers__destroy(skeleton); }
};
using Lot = std::unique_ptr<observers, Destroy>;

void choose_programs(bpf_object* object, std::span<const Hook* const> hooks) {
  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object) {
    const std::string_view name = bpf_program__name(program);
    bpf_program__set_autoload(program, std::ranges::any_of(hooks, [&](auto* hook) { return hook->program == name; }));
  }
}

bool uses_map(const Observation& observation, std::string_view map) {
  return std::ranges::any_of(observation.alternatives, [&](const auto& hooks) {
    return std::ranges::any_of(hooks, [&](const Hook& hook) { return hook.map == map; });
  });
}

// Maps that a former lot has are used again; of the others, those that only some programs need are made for these.
int choose_maps(bpf_object* object, std::span<const Hook* const> hooks, std::span<const Lot> former) {
  bpf_map* map = nullptr;
  bpf_object__for_each_map(map, object) {
    const char* name = bpf_map__name(map);
    int fd = -1;
    for (const Lot& lot : former) fd = std::max(fd, bpf_map__fd(bpf_object__find_map_by_name(lot->obj, name)));
    if (fd >= 0) {
      if (const int error = bpf_map__reuse_fd(map, fd); error != 0) return error;
    } else if (std::ranges::any_of(observations(), [&](const auto& seen) { return uses_map(seen, name); })) {
      bpf_map__set_autocreate(map, std::ranges::any_of(hooks, [&](auto* hook) { return hook->map == name; }));
    }
  }
  return 0;
}

}  // namespace

struct Observers::Lots {
  std::vector<Lot> all;
};

Observers::Observers(std::size_t ring_bytes) : ring_bytes_(ring_bytes), lots_(std::make_unique<Lots>()) {}
Observers::~Observers() = default;

std::expected<void, std::string> Observers::load(std::span<const Hook* const> hooks) {
  libbpf_set_print(collect);
  libbpf_messages().clear();
  Lot lot(observers__open());
  if (!lot) return std::unexpected(fmt::format("cannot open the embedded BPF object: {}", std::strerror(errno)));
  choose_programs(lot->obj, hooks);
  const __u32 cpus = std::max(1, libbpf_num_possible_cpus());
  for (bpf_map* map : {lot->maps.buffers, lot->maps.resolved})
    bpf_map__set_max_entries(map, bpf_map__max_entries(map) * cpus);
  if (lots_->all.empty()) {
    bpf_map__set_max_entries(lot->maps.ring, static_cast<__u32>(ring_bytes_));
    lot->bss->self_pid = static_cast<__u32>(getpid());
  }
  int error = choose_maps(lot->obj, hooks, lots_->all);
  if (error == 0) error = observers__load(lot.get());
  // The kernel's type information was parsed for this load only.
  malloc_trim(0);
  if (error != 0)
    return std::unexpected(fmt::format("the kernel did not take the BPF programs: {} ({})", std::strerror(-error),
                                       summary_of(libbpf_messages())));
  lots_->all.push_back(std::move(lot));
  return {};
}

bpf_program* Observers::program(std::string_view name) const {
  for (const Lot& lot : lots_->all) {
    bpf_program* program = bpf_object__find_program_by_name(lot->obj, std::string(name).c_str());
    if (program != nullptr && bpf_program__fd(program) >= 0) return program;
  }
  return nullptr;
}

int Observers::ring_fd() const { return bpf_map__fd(lots_->all.front()->maps.ring); }

void Observers::set_reader_polls(bool polls) {
  std::atomic_ref<__u32>(lots_->all.front()->bss->reader_polls).store(polls ? 1 : 0, std::memory_order_seq_cst);
}

void Observers::set_keep_environment(bool keep) {
  std::atomic_ref<__u32>(lots_->all.front()->bss->keep_environment).store(keep ? 1 : 0, std::memory_order_relaxed);
}

KernelLosses Observers::losses() const {
  KernelLosses sums{};
  std::vector<std::uint64_t> per_cpu(static_cast<std::size_t>(std::max(1, libbpf_num_possible_cpus())));
  const int fd = bpf_map__fd(lots_->all.front()->maps.losses);
  for (__u32 cause = 0; cause < EVL_COUNT; ++cause) {
    if (bpf_map_lookup_elem(fd, &cause, per_cpu.data()) != 0) continue;
    for (const std::uint64_t count : per_cpu) sums[cause] += count;
  }
  return sums;
}

}  // namespace eunomia
