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

bool needed(const Observation& observation, const Hook& hook, const EventSet& events) {
  return observation.always || (hook.events & events).any();
}

// The hooks of the alternatives that were chosen, as far as they are needed for the events.
std::vector<const Hook*> needed_hooks(const HookPlan& plan, const EventSet& events) {
  std::vector<const Hook*> hooks;
  for (const PlannedObservation& planned : plan.observations) {
    if (!planned.chosen) continue;
    for (const PlannedHook& hook : planned.alternatives[*planned.chosen]) {
      if (hook.usable() && needed(*planned.observation, *hook.hook, events)) hooks.push_back(hook.hook);
    }
  }
  return hooks;
}

bool contains(std::span<const Hook* const> hooks, const PlannedHook& hook) {
  return std::ranges::find(hooks, hook.hook) != hooks.end();
}

// Gives up the chosen alternative of every observation that was to be loaded from it, unless it is the last resort of
// several, or cannot be done without; `why` are the kernel's words. False: nothing was given up.
bool fall_back(HookPlan& plan, std::span<const Hook* const> refused, const std::string& why) {
  bool changed = false;
  for (PlannedObservation& planned : plan.observations) {
    if (planned.observation->always || !planned.chosen) continue;
    auto& hooks = planned.alternatives[*planned.chosen];
    const bool last_resort = planned.alternatives.size() > 1 && &hooks == &planned.alternatives.back();
    if (last_resort || std::ranges::none_of(hooks, [&](auto& hook) { return contains(refused, hook); })) continue;
    for (PlannedHook& hook : hooks) {
      if (hook.usable()) hook.problem = fmt::format("loading failed ({})", why);
    }
    planned.chosen = first_complete(planned.alternatives);
    changed = true;
  }
  return changed;
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

  State(HookPlan hooks, std::size_t ring_bytes) : plan(std::move(hooks)), observers(ring_bytes) {}
  std::expected<void, std::string> load(const EventSet& events);
  [[nodiscard]] std::vector<const Hook*> not_loaded(const EventSet& events) const;
  std::expected<void, std::string> attach_hook(const Hook& hook);
  static int on_sample(void* context, void* data, std::size_t size);
};

std::vector<const Hook*> Sensor::State::not_loaded(const EventSet& events) const {
  std::vector<const Hook*> hooks = needed_hooks(plan, events);
  std::erase_if(hooks, [this](const Hook* hook) { return observers.program(hook->program) != nullptr; });
  return hooks;
}

std::expected<void, std::string> Sensor::State::load(const EventSet& events) {
  for (;;) {
    const std::vector<const Hook*> hooks = not_loaded(events);
    if (hooks.empty()) return {};
    auto loaded = observers.load(hooks);
    if (loaded || !fall_back(plan, hooks, loaded.error())) return loaded;
  }
}

std::expected<void, std::string> Sensor::State::attach_hook(const Hook& hook) {
  bpf_program* program = observers.program(hook.program);
  if (program == nullptr) return std::unexpected(fmt::format("program {} is not loaded", hook.program));
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
  auto state = std::make_unique<State>(std::move(plan), options.ring_bytes);
  if (auto loaded = state->load(options.events); !loaded) return std::unexpected(loaded.error());
  state->ring.reset(ring_buffer__new(state->observers.ring_fd(), State::on_sample, state.get(), nullptr));
  if (!state->ring) return std::unexpected(fmt::format("cannot map the ring buffer: {}", std::strerror(errno)));
  return std::unique_ptr<Sensor>(new Sensor(std::move(state)));
}

Sensor::Sensor(std::unique_ptr<State> state) : state_(std::move(state)) {}
Sensor::~Sensor() = default;

std::expected<void, std::string> Sensor::attach(const EventSet& events) {
  if (auto loaded = state_->load(events); !loaded) return loaded;
  const std::vector<const Hook*> hooks = needed_hooks(state_->plan, events);
  std::string problems;
  for (const Hook* hook : hooks) {
    if (state_->links.contains(hook)) continue;
    if (auto done = state_->attach_hook(*hook); !done) problems += (problems.empty() ? "" : "; ") + done.error();
  }
  std::erase_if(state_->links, [&](const auto& link) { return std::ranges::find(hooks, link.first) == hooks.end(); });
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
