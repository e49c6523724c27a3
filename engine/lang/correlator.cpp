// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/correlator.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/lang/key_table.h"
#include "engine/lang/term.h"

namespace eunomia::lang {
namespace {

// A value in a key is cut past this, and its length kept: a longer one is a command line, or made to fill our memory.
constexpr std::size_t longest_value = 4096;

// What is over is kept this much longer, for events that waited for the metadata of their container.
constexpr std::uint64_t grace_ns = 2'000'000'000;

// Adds a time to a sorted list.
std::size_t insert_sorted(std::vector<std::uint64_t>& times, std::uint64_t time) {
  const auto at = times.insert(std::ranges::upper_bound(times, time), time);
  return static_cast<std::size_t>(at - times.begin());
}

std::uint64_t ns_of(std::chrono::nanoseconds duration) { return static_cast<std::uint64_t>(duration.count()); }

bool has_passed(std::uint64_t since, std::uint64_t within, std::uint64_t now) { return now > since + within; }

// The times, sorted, of the matches that may still be part of a full window.
struct Window {
  std::uint64_t within = 0;
  std::vector<std::uint64_t> times;
  [[nodiscard]] bool is_over(std::uint64_t now) const {
    return times.empty() || has_passed(times.back(), within + grace_ns, now);
  }
};

// For each step but the last: when the sequence that has come that far began, and when it came there. Of several, the
// one that began last is kept: whatever completes another completes it too.
struct Progress {
  struct Reached {
    std::uint64_t start = 0, last = 0;
    bool done = false;
  };
  std::uint64_t within = 0;
  std::array<Reached, max_sequence_steps - 1> steps{};
  [[nodiscard]] bool is_over(std::uint64_t now) const {
    return std::ranges::none_of(
        steps, [&](const Reached& step) { return step.done && !has_passed(step.start, within + grace_ns, now); });
  }
};

// The times, sorted, of the alerts that passed.
struct Throttle {
  std::uint64_t within = 0, suppressed = 0;
  std::vector<std::uint64_t> times;
  [[nodiscard]] bool is_over(std::uint64_t now) const {
    return suppressed == 0 && (times.empty() || has_passed(times.back(), within + grace_ns, now));
  }
};

}  // namespace

struct Correlator::RuleState {
  KeyTable<Window> window;
  KeyTable<Progress> sequence;
  KeyTable<Throttle> throttle;
};

Correlator::Correlator(const Engine& engine, Bounds bounds) : bounds_(bounds) { restart(engine); }
Correlator::~Correlator() = default;

void Correlator::restart(const Engine& engine) {
  stats_.suppressed_forgotten += std::exchange(untold_, 0);
  rules_.clear();
  rules_.resize(engine.rules().size());
  const auto bytes_of = [](const std::optional<Limit>& limit, std::size_t times) {
    return limit ? times * limit->count * sizeof(std::uint64_t) : 0;
  };
  for (const auto& rule : engine.rules()) {
    if (!rule.correlation) continue;
    // Lists of times grow by doubling; a window keeps up to twice its count.
    rules_[rule.index] = std::make_unique<RuleState>(
        RuleState{.window = {bounds_.keys, bounds_.bytes, bytes_of(rule.correlation->window, 4)},
                  .sequence = {bounds_.keys, bounds_.bytes, 0},
                  .throttle = {bounds_.keys, bounds_.bytes, bytes_of(rule.correlation->throttle, 2)}});
  }
}

void Correlator::judge(std::span<const Match> matches, Matching matching, const Context& context,
                       std::vector<Verdict>& out) {
  if (matches.empty()) return;
  now_ns_ = std::max(now_ns_, context.event.time_ns);
  const Rule* ended = nullptr;
  bool reported = false;
  for (const auto& match : matches) {
    if (match.counts) {
      // The event that ends a sequence is not also the beginning of the next one.
      if (match.rule == ended) continue;
      const auto& correlation = *match.rule->correlation;
      auto& state = *rules_[match.rule->index];
      if (correlation.sequence && !advance(*correlation.sequence, match.step, state, context)) continue;
      ended = match.rule;
      if (correlation.window && !count(*correlation.window, state, context)) continue;
    } else if (reported && matching == Matching::first) {
      continue;
    }
    reported = true;
    out.push_back(throttled(*match.rule, context));
  }
}

bool Correlator::advance(const Sequence& sequence, std::uint8_t step, RuleState& state, const Context& context) {
  make_key(sequence.steps[step].by, context);
  if (!key_complete_) return false;
  const auto time = context.event.time_ns;
  const auto within = ns_of(sequence.within);
  if (step == 0) {
    auto& progress = state.sequence.get(key_, now_ns_, [&](const Progress&) { ++stats_.counts_forgotten; });
    progress.within = within;
    auto& first = progress.steps[0];
    if (!first.done || first.start <= time) first = {.start = time, .last = time, .done = true};
    return false;
  }
  auto* progress = state.sequence.find(key_);
  if (!progress) return false;
  const auto& before = progress->steps[step - 1U];
  if (!before.done || before.last > time || has_passed(before.start, within, time)) return false;
  if (step + 1U == sequence.steps.size()) {
    state.sequence.erase(key_);
    return true;
  }
  auto& reached = progress->steps[step];
  if (!reached.done || reached.start <= before.start) reached = {.start = before.start, .last = time, .done = true};
  return false;
}

bool Correlator::count(const Limit& limit, RuleState& state, const Context& context) {
  make_key(limit.by, context);
  auto& window = state.window.get(key_, now_ns_, [&](const Window&) { ++stats_.counts_forgotten; });
  window.within = ns_of(limit.within);
  auto& times = window.times;
  const auto at = insert_sorted(times, context.event.time_ns);
  const std::size_t size = limit.count;
  // Every run of `count` times that the new one is part of.
  for (auto first = at + 1 > size ? at + 1 - size : 0; first <= at && first + size <= times.size(); ++first) {
    if (times[first + size - 1] - times[first] > window.within) continue;
    state.window.erase(key_);
    return true;
  }
  // Older ones are kept as well, for events that come late.
  if (times.size() >= 2 * size) times.erase(times.begin());
  return false;
}

Verdict Correlator::throttled(const Rule& rule, const Context& context) {
  Verdict out{.rule = &rule};
  if (!rule.correlation || !rule.correlation->throttle) return out;
  const auto& limit = *rule.correlation->throttle;
  make_key(limit.by, context);
  auto& throttle = rules_[rule.index]->throttle.get(key_, now_ns_, [&](const Throttle& forgotten) {
    if (!has_passed(forgotten.times.back(), forgotten.within, now_ns_)) ++stats_.throttles_forgotten;
    stats_.suppressed_forgotten += forgotten.suppressed;
    untold_ -= forgotten.suppressed;
  });
  throttle.within = ns_of(limit.within);
  const auto time = context.event.time_ns;
  auto& times = throttle.times;
  // Those that passed within the time before this event, or after it if it comes late.
  const auto recent =
      std::ranges::count_if(times, [&](std::uint64_t passed) { return !has_passed(passed, throttle.within, time); });
  if (static_cast<std::uint64_t>(recent) >= limit.count) {
    ++throttle.suppressed;
    ++untold_;
    out.suppressed = true;
    return out;
  }
  if (times.size() >= limit.count) times.erase(times.begin());
  insert_sorted(times, time);
  out.suppressed_before = std::exchange(throttle.suppressed, 0);
  untold_ -= out.suppressed_before;
  return out;
}

// Each value as text behind its length, so that no two lists of values give the same key.
void Correlator::make_key(const std::vector<ir::FieldUse>& by, const Context& context) {
  key_.clear();
  key_complete_ = true;
  for (const auto& use : by) {
    const auto value = extract(use, context);
    const auto start = key_.size();
    key_.append(sizeof(std::uint32_t), '\xff');  // the length of what is missing
    if (value.missing()) {
      key_complete_ = false;
      continue;
    }
    print_value(value, key_);
    const auto length = static_cast<std::uint32_t>(key_.size() - start - sizeof(std::uint32_t));
    for (std::size_t i = 0; i < sizeof length; ++i) key_[start + i] = static_cast<char>(length >> (8 * i) & 0xff);
    key_.resize(std::min(key_.size(), start + sizeof length + longest_value));
  }
}

}  // namespace eunomia::lang
