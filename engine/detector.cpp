// SPDX-License-Identifier: Apache-2.0
#include "engine/detector.h"

#include <utility>

#include "engine/alert_builder.h"

namespace eunomia {
namespace {

bool is_pending(const std::shared_ptr<const Container>& container) {
  return container && container->metadata == Metadata::pending;
}

}  // namespace

Detector::Detector(std::shared_ptr<const lang::Engine> rules, FindContainer find, Raise raise, Options options)
    : rules_(std::move(rules)), find_(std::move(find)), raise_(std::move(raise)), options_(std::move(options)) {}

void Detector::replace(std::shared_ptr<const lang::Engine> rules) { rules_ = std::move(rules); }

void Detector::on_event(const EventRecord& record, const HostFacts& host) {
  if (judge(record, host, true)) return;
  if (park(record)) return;
  ++stats_.parking_full;
  judge(record, host, false);
}

bool Detector::judge(const EventRecord& record, const HostFacts& host, bool may_wait) {
  scratch_.clear();
  const Context context{.event = record.event,
                        .process = record.process.get(),
                        .container = record.container.get(),
                        .names = host.names,
                        .domains = host.domains,
                        .boot_time_ns = host.boot_time_ns,
                        .event_number = record.number,
                        .scratch = scratch_};
  const lang::Rule* rule = rules_->match(context);
  if (may_wait && is_pending(record.container) && (rule != nullptr || context.touched_pending)) return false;
  if (rule == nullptr) return true;
  alerts::Alert alert = build_alert(*rule, rules_->render(*rule, context), context, options_.hostname);
  ++stats_.alerts[rule->name];
  if (alert.incomplete) ++stats_.incomplete;
  raise_(std::move(alert));
  return true;
}

bool Detector::park(const EventRecord& record) {
  if (parked_.size() >= options_.max_parked || parked_bytes_ + record.bytes.size() > options_.max_parked_bytes)
    return false;
  parked_.push_back({{record.bytes.begin(), record.bytes.end()}, record.process, record.container, record.number});
  parked_bytes_ += record.bytes.size();
  ++stats_.parked;
  return true;
}

void Detector::judge_parked(const Parked& parked, std::shared_ptr<const Container> container, const HostFacts& host) {
  const auto event = Event::decode(parked.bytes);
  if (!event) return;  // it was decoded once already
  judge({*event, parked.bytes, parked.process, std::move(container), parked.number}, host, false);
}

void Detector::on_tick(const HostFacts& host) {
  std::deque<Parked> waiting;
  std::swap(waiting, parked_);
  parked_bytes_ = 0;
  for (Parked& parked : waiting) {
    auto container = find_(parked.container->full_id);
    if (is_pending(container)) {
      parked_bytes_ += parked.bytes.size();
      parked_.push_back(std::move(parked));
    } else {
      judge_parked(parked, container ? std::move(container) : parked.container, host);
    }
  }
}

void Detector::flush(const HostFacts& host) {
  on_tick(host);
  std::deque<Parked> waiting;
  std::swap(waiting, parked_);
  parked_bytes_ = 0;
  for (const Parked& parked : waiting) judge_parked(parked, parked.container, host);
}

}  // namespace eunomia
