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

}  // namespace

struct Observers::Impl {
  observers* skeleton = nullptr;
  ~Impl() { observers__destroy(skeleton); }
};

Observers::Observers() = default;
Observers::~Observers() = default;
Observers::Observers(Observers&&) noexcept = default;
Observers& Observers::operator=(Observers&&) noexcept = default;

std::expected<Observers, std::string> Observers::load(std::span<const std::string_view> programs,
                                                      std::size_t ring_bytes) {
  libbpf_set_print(collect);
  libbpf_messages().clear();
  Observers loaded;
  loaded.impl_ = std::make_unique<Impl>();
  loaded.impl_->skeleton = observers__open();
  observers* skeleton = loaded.impl_->skeleton;
  if (skeleton == nullptr)
    return std::unexpected(fmt::format("cannot open the embedded BPF object: {}", std::strerror(errno)));

  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, skeleton->obj) {
    const bool wanted = std::ranges::find(programs, bpf_program__name(program)) != programs.end();
    bpf_program__set_autoload(program, wanted);
  }
  const __u32 cpus = std::max(1, libbpf_num_possible_cpus());
  bpf_map__set_max_entries(skeleton->maps.ring, static_cast<__u32>(ring_bytes));
  bpf_map__set_max_entries(skeleton->maps.buffers, bpf_map__max_entries(skeleton->maps.buffers) * cpus);
  skeleton->bss->self_pid = static_cast<__u32>(getpid());
  const int error = observers__load(skeleton);
  // The kernel's type information was parsed for this load only.
  malloc_trim(0);
  if (error != 0)
    return std::unexpected(fmt::format("the kernel did not take the BPF programs: {} ({})", std::strerror(-error),
                                       summary_of(libbpf_messages())));
  return loaded;
}

bpf_program* Observers::program(std::string_view name) const {
  return bpf_object__find_program_by_name(impl_->skeleton->obj, std::string(name).c_str());
}

int Observers::ring_fd() const { return bpf_map__fd(impl_->skeleton->maps.ring); }

void Observers::set_reader_polls(bool polls) {
  std::atomic_ref<__u32>(impl_->skeleton->bss->reader_polls).store(polls ? 1 : 0, std::memory_order_seq_cst);
}

void Observers::set_keep_environment(bool keep) {
  std::atomic_ref<__u32>(impl_->skeleton->bss->keep_environment).store(keep ? 1 : 0, std::memory_order_relaxed);
}

KernelLosses Observers::losses() const {
  KernelLosses sums{};
  std::vector<std::uint64_t> per_cpu(static_cast<std::size_t>(std::max(1, libbpf_num_possible_cpus())));
  const int fd = bpf_map__fd(impl_->skeleton->maps.losses);
  for (__u32 cause = 0; cause < EVL_COUNT; ++cause) {
    if (bpf_map_lookup_elem(fd, &cause, per_cpu.data()) != 0) continue;
    for (const std::uint64_t count : per_cpu) sums[cause] += count;
  }
  return sums;
}

}  // namespace eunomia
