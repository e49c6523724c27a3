// SPDX-License-Identifier: Apache-2.0
//
// Judges events by the loaded rules and raises alerts.
//
// An event of a container whose metadata is still on its way is parked when that may matter: when a rule matched (the
// alert shall name the container) or a condition asked for metadata. Once the metadata is there, or given up, the event
// is judged anew, with what is known then; the container's later events that match wait behind it, so that windows and
// sequences see them in order. Parking is bounded; past the bound an event is judged at once and its alert
// marked incomplete. `replace` swaps the rules between two events; what windows, sequences and throttles have
// seen by then is forgotten. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "alerts/alert.h"
#include "engine/consumer.h"
#include "engine/lang/correlator.h"
#include "engine/lang/engine.h"

namespace eunomia {

class Detector : public Consumer {
 public:
  struct Options {
    std::string hostname;
    std::size_t max_parked = 8192;
    std::size_t max_parked_bytes = std::size_t{8} << 20;
    lang::Matching matching = lang::Matching::first;
  };
  struct Stats {
    std::map<std::string, std::uint64_t> alerts;      // sent, by rule
    std::map<std::string, std::uint64_t> suppressed;  // by a throttle, by rule
    std::uint64_t parked = 0;                         // events that had to wait for metadata
    std::uint64_t parking_full = 0;                   // judged without it, for want of room
    std::uint64_t incomplete = 0;                     // alerts sent without all metadata
  };
  using Raise = std::function<void(alerts::Alert)>;
  // The newest state of a container by its full id; null: not known any more.
  using FindContainer = std::function<std::shared_ptr<const Container>(const std::string&)>;

  Detector(std::shared_ptr<const lang::Engine> rules, FindContainer find, Raise raise, Options options);

  void replace(std::shared_ptr<const lang::Engine> rules);
  void on_event(const EventRecord& record, const HostFacts& host) override;
  void on_tick(const HostFacts& host) override;
  [[nodiscard]] std::string_view name() const override { return "rules"; }

  // Judges all that is parked with what is known now; for the end.
  void flush(const HostFacts& host);
  [[nodiscard]] bool is_waiting() const override { return !parked_.empty(); }
  [[nodiscard]] const lang::Engine& rules() const { return *rules_; }
  [[nodiscard]] const Stats& stats() const { return stats_; }
  // What windows, sequences and throttles forgot for want of room.
  [[nodiscard]] const lang::Correlator::Stats& forgotten() const { return correlator_.stats(); }

 private:
  struct Parked {
    std::vector<std::byte> bytes;
    std::shared_ptr<const Process> process;
    std::shared_ptr<const Container> container;
    std::uint64_t number;
  };

  // Whether the event has to wait if it matters: for its container's metadata, or for earlier events that do.
  [[nodiscard]] bool has_to_wait(const EventRecord& record) const;
  // True: the event is settled. False: it should wait, and `may_wait` allowed it.
  bool judge(const EventRecord& record, const HostFacts& host, bool may_wait);
  void report(const lang::Verdict& verdict, const Context& context);
  bool park(const EventRecord& record);
  void park(Parked parked);
  std::deque<Parked> take_parked();
  void judge_parked(const Parked& parked, std::shared_ptr<const Container> container, const HostFacts& host);

  std::shared_ptr<const lang::Engine> rules_;
  FindContainer find_;
  Raise raise_;
  Options options_;
  lang::Correlator correlator_;
  std::vector<lang::Match> matches_;  // of the event at hand
  std::vector<lang::Verdict> verdicts_;
  std::deque<Parked> parked_;
  std::unordered_map<std::string, std::size_t> parked_of_;  // by full id of the container
  std::size_t parked_bytes_ = 0;
  Scratch scratch_;
  Stats stats_;
};

}  // namespace eunomia
