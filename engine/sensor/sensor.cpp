// SPDX-License-Identifier: Apache-2.0
#include "engine/sensor/sensor.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <utility>

#include "engine/sensor/observers.h"

namespace eunomia {
namespace {

struct LinkDeleter {
  void operator()(bpf_link* link) const { bpf_link__destroy(link); }
};
struct RingDeleter {
  void operator()(ring_buffer* ring) const { ring_buffer__free(ring); }
};
using Link = std::unique_ptr<bpf_link, LinkDeleter>;

// Every hook of the alternatives that were chosen.
template <typename Visit>
void for_each_chosen(const HookPlan& plan, Visit visit) {
  for (const PlannedObservation& planned : plan.observations) {
    if (!planned.chosen) continue;
    for (const PlannedHook& hook : planned.alternatives[*planned.chosen]) visit(*planned.observation, *hook.hook);
  }
}

// Gives up every first alternative that is not the last resort, naming the kernel's refusal.
void fall_back(HookPlan& plan, const std::string& why) {
  for (PlannedObservation& planned : plan.observations) {
    if (planned.observation->always) continue;
    for (PlannedHook& hook : planned.alternatives.front()) {
      if (hook.problem.empty()) hook.problem = fmt::format("loading failed ({})", why);
    }
    const bool other = planned.alternatives.size() > 1 &&
                       std::ranges::all_of(planned.alternatives[1], [](auto& hook) { return hook.problem.empty(); });
    planned.chosen = other ? std::optional<std::size_t>(1) : std::nullopt;
  }
}

bool uses_best_hooks(const HookPlan& plan) {
  return std::ranges::any_of(plan.observations, [](const PlannedObservation& planned) {
    return !planned.observation->always && planned.chosen == 0;
  });
}

}  // namespace

std::string_view loss_name(ev_loss cause) {
  static constexpr std::array<std::string_view, EVL_COUNT> names{
#define LOSS_NAME(symbol, name, text) name,
      EV_LOSSES(LOSS_NAME)
#undef LOSS_NAME
  };
  return names.at(cause);
}

std::string_view loss_text(ev_loss cause) {
  static constexpr std::array<std::string_view, EVL_COUNT> texts{
#define LOSS_TEXT(symbol, name, text) text,
      EV_LOSSES(LOSS_TEXT)
#undef LOSS_TEXT
  };
  return texts.at(cause);
}

struct Sensor::State {
  HookPlan plan;
  Observers observers;
  std::unique_ptr<ring_buffer, RingDeleter> ring;
  std::map<const Hook*, Link> links;
  const OnRecord* on_record = nullptr;
  std::size_t consumed = 0, limit = 0;

  std::expected<void, std::string> load(const Options& options);
  std::expected<void, std::string> attach_hook(const Hook& hook);
  static int on_sample(void* context, void* data, std::size_t size);
};

std::expected<void, std::string> Sensor::State::load(const Options& options) {
  std::vector<std::string_view> programs;
  for_each_chosen(plan, [&](const Observation&, const Hook& hook) { programs.push_back(hook.program); });
  auto loaded = Observers::load(programs, options.ring_bytes);
  if (!loaded) return std::unexpected(loaded.error());
  observers = std::move(*loaded);
  ring.reset(ring_buffer__new(observers.ring_fd(), on_sample, this, nullptr));
  if (!ring) return std::unexpected(fmt::format("cannot map the ring buffer: {}", std::strerror(errno)));
  return {};
}

std::expected<void, std::string> Sensor::State::attach_hook(const Hook& hook) {
  bpf_program* program = observers.program(hook.program);
  if (program == nullptr) return std::unexpected(fmt::format("program {} is not in the binary", hook.program));
  const std::string target(hook.target);
  bpf_link* link = hook.kind == HookKind::tracepoint
                       ? bpf_program__attach_tracepoint(program, "syscalls", target.c_str())
                       : bpf_program__attach(program);
  if (libbpf_get_error(link) != 0) {
    return std::unexpected(
        fmt::format("cannot attach {} {}: {}", to_string(hook.kind), hook.target, std::strerror(errno)));
  }
  links.emplace(&hook, link);
  return {};
}

int Sensor::State::on_sample(void* context, void* data, std::size_t size) {
  auto* state = static_cast<State*>(context);
  (*state->on_record)({static_cast<const std::byte*>(data), size});
  return ++state->consumed < state->limit ? 0 : -EAGAIN;
}

std::expected<std::unique_ptr<Sensor>, std::string> Sensor::open(HookPlan plan, Options options) {
  if (!plan.has_btf)
    return std::unexpected(
        "this kernel has no BTF (/sys/kernel/btf/vmlinux): eunomia needs a kernel built with CONFIG_DEBUG_INFO_BTF=y");
  if (!std::has_single_bit(options.ring_bytes) || options.ring_bytes < 4096)
    return std::unexpected(
        fmt::format("sensor.ring_bytes is {}: it must be a power of two of at least 4096", options.ring_bytes));
  auto state = std::make_unique<State>();
  state->plan = std::move(plan);
  auto loaded = state->load(options);
  if (!loaded && uses_best_hooks(state->plan)) {
    fall_back(state->plan, loaded.error());
    loaded = state->load(options);
  }
  if (!loaded) return std::unexpected(loaded.error());
  return std::unique_ptr<Sensor>(new Sensor(std::move(state)));
}

Sensor::Sensor(std::unique_ptr<State> state) : state_(std::move(state)) {}
Sensor::~Sensor() = default;

std::expected<void, std::string> Sensor::attach(const EventSet& events) {
  std::string problems;
  for_each_chosen(state_->plan, [&](const Observation& observation, const Hook& hook) {
    const bool wanted = observation.always || (hook.events & events).any();
    const bool there = state_->links.contains(&hook);
    if (wanted && !there) {
      if (auto done = state_->attach_hook(hook); !done) problems += (problems.empty() ? "" : "; ") + done.error();
    } else if (!wanted && there) {
      state_->links.erase(&hook);
    }
  });
  if (!problems.empty()) return std::unexpected(problems);
  return {};
}

std::size_t Sensor::attached() const { return state_->links.size(); }

std::size_t Sensor::consume(const OnRecord& on_record, std::size_t limit) {
  state_->on_record = &on_record;
  state_->consumed = 0;
  state_->limit = limit;
  ring_buffer__consume(state_->ring.get());
  return state_->consumed;
}

int Sensor::poll_fd() const { return state_->observers.ring_fd(); }

void Sensor::set_polling(bool polling) { state_->observers.set_reader_polls(polling); }

void Sensor::set_keep_environment(bool keep) { state_->observers.set_keep_environment(keep); }

KernelLosses Sensor::losses() const { return state_->observers.losses(); }

const HookPlan& Sensor::plan() const { return state_->plan; }

}  // namespace eunomia
