// SPDX-License-Identifier: Apache-2.0
//
// What has happened so far, for rules with a window, a sequence or a throttle: the one part of the rule language that
// changes from event to event.
//
//   Correlator correlator(engine);                           // for the rules of this engine; nothing is seen yet
//   engine.matches(context, matching, matches);
//   correlator.judge(matches, matching, context, verdicts);  // once for each event
//   for (const Verdict& verdict : verdicts) if (!verdict.suppressed) send(*verdict.rule);
//
// Which rules report: in file order, those with a window or sequence whenever the event completes it, the event being
// counted by all of them whatever else reports it; and those without, unless a rule before has reported this event
// (with Matching::all, always). What completes a window or a sequence starts it anew for these values of `by`. A
// throttled alert counts as reported: no later rule takes its place.
//
// Time is the event's, never the clock's. Windows and throttles do not mind events that come out of order; the steps of
// a sequence must come in order. Each rule keeps a bounded number of keys (values of `by`); the one used longest ago is
// forgotten first, and counted if it still mattered. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/lang/correlation.h"
#include "engine/lang/engine.h"

namespace eunomia::lang {

struct Verdict {
  const Rule* rule = nullptr;
  bool suppressed = false;              // by the rule's throttle
  std::uint64_t suppressed_before = 0;  // alerts with the same key, since the last one that passed
};

class Correlator {
 public:
  // For each window, sequence and throttle of a rule.
  struct Bounds {
    std::size_t keys = 8192;
    std::size_t bytes = std::size_t{4} << 20;
  };
  struct Stats {
    std::uint64_t counts_forgotten = 0;      // unfinished windows and sequences, for want of room
    std::uint64_t throttles_forgotten = 0;   // throttles in force, for want of room
    std::uint64_t suppressed_forgotten = 0;  // suppressed alerts that no later alert will tell of
  };

  explicit Correlator(const Engine& engine, Bounds bounds);
  explicit Correlator(const Engine& engine) : Correlator(engine, Bounds()) {}
  ~Correlator();
  Correlator(const Correlator&) = delete;
  Correlator& operator=(const Correlator&) = delete;

  // Forgets all that was seen and goes on with other rules; the stats go on too, with the suppressed alerts that no
  // other alert had told of by then.
  void restart(const Engine& engine);

  // `matches` is what Engine::matches found for this event. Appends to `out`, in file order.
  void judge(std::span<const Match> matches, Matching matching, const Context& context, std::vector<Verdict>& out);
  [[nodiscard]] const Stats& stats() const { return stats_; }

 private:
  struct RuleState;

  // Whether the match is the last of a sequence; whether it fills a window.
  bool advance(const Sequence& sequence, std::uint8_t step, RuleState& state, const Context& context);
  bool count(const Limit& window, RuleState& state, const Context& context);
  Verdict throttled(const Rule& rule, const Context& context);
  void make_key(const std::vector<ir::FieldUse>& by, const Context& context);

  Bounds bounds_;
  std::vector<std::unique_ptr<RuleState>> rules_;  // by index; null: needs none
  std::uint64_t now_ns_ = 0;                       // the latest event so far
  std::string key_;                                // of the event at hand
  bool key_complete_ = true;                       // every field of `by` has a value
  std::uint64_t untold_ = 0;                       // suppressed alerts that a later one may still tell of
  Stats stats_;
};

}  // namespace eunomia::lang
