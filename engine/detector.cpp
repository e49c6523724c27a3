// SPDX-License-Identifier: Apache-2.0
#include "engine/detector.h"

#include <fmt/format.h>

#include <utility>

#include "engine/alert_builder.h"

namespace eunomia {
namespace {

bool is_pending(const std::shared_ptr<const Container>& container) {
  return container && container->metadata == Metadata::pending;
}

}  // namespace

Detector::Detector(std::shared_ptr<const lang::Engine> rules, FindContainer find, Raise raise, Options options)
    : rules_(std::move(rules)),
      find_(std::move(find)),
      raise_(std::move(raise)),
      options_(std::move(options)),
      correlator_(*rules_) {}

void Detector::replace(std::shared_ptr<const lang::Engine> rules) {
  correlator_.restart(*rules);
  rules_ = std::move(rules);
}

void Detector::on_event(const EventRecord& record, const HostFacts& host) {
  if (judge(record, host, true)) return;
  if (park(record)) return;
  ++stats_.parking_full;
  judge(record, host, false);
}

bool Detector::has_to_wait(const EventRecord& record) const {
  return is_pending(record.container) ||
         (record.container && !parked_of_.empty() && parked_of_.contains(record.container->full_id));
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
  matches_.clear();
  rules_->matches(context, options_.matching, matches_);
  if (matches_.empty() && !context.touched_pending) return true;
  if (may_wait && has_to_wait(record)) return false;
  verdicts_.clear();
  correlator_.judge(matches_, options_.matching, context, verdicts_);
  for (const auto& found : verdicts_) report(found, context);
  return true;
}

void Detector::report(const lang::Verdict& verdict, const Context& context) {
  const auto& rule = *verdict.rule;
  if (verdict.suppressed) {
    ++stats_.suppressed[rule.name];
    return;
  }
  auto rendered = rules_->render(rule, context);
  if (verdict.suppressed_before > 0) {
    rendered.text += fmt::format(" ({} more suppressed)", verdict.suppressed_before);
    rendered.fields.emplace_back("throttle.suppressed", static_cast<std::int64_t>(verdict.suppressed_before));
  }
  alerts::Alert alert = build_alert(rule, std::move(rendered), context, options_.hostname);
  ++stats_.alerts[rule.name];
  if (alert.incomplete) ++stats_.incomplete;
  raise_(std::move(alert));
}

bool Detector::park(const EventRecord& record) {
  if (parked_.size() >= options_.max_parked || parked_bytes_ + record.bytes.size() > options_.max_parked_bytes)
    return false;
  park(Parked{{record.bytes.begin(), record.bytes.end()}, record.process, record.container, record.number});
  ++stats_.parked;
  return true;
}

void Detector::park(Parked parked) {
  parked_bytes_ += parked.bytes.size();
  ++parked_of_[parked.container->full_id];
  parked_.push_back(std::move(parked));
}

std::deque<Detector::Parked> Detector::take_parked() {
  parked_bytes_ = 0;
  parked_of_.clear();
  return std::exchange(parked_, {});
}

void Detector::judge_parked(const Parked& parked, std::shared_ptr<const Container> container, const HostFacts& host) {
  const auto event = Event::decode(parked.bytes);
  if (!event) return;  // it was decoded once already
  judge({*event, parked.bytes, parked.process, std::move(container), parked.number}, host, false);
}

void Detector::on_tick(const HostFacts& host) {
  auto waiting = take_parked();
  while (!waiting.empty()) {
    Parked parked = std::move(waiting.front());
    waiting.pop_front();
    auto container = find_(parked.container->full_id);
    if (is_pending(container)) {
      park(std::move(parked));
      continue;
    }
    try {
      judge_parked(parked, container ? std::move(container) : parked.container, host);
    } catch (...) {  // the pipeline reports it; the others are judged at the next tick
      for (Parked& other : waiting) park(std::move(other));
      throw;
    }
  }
}

void Detector::flush(const HostFacts& host) {
  on_tick(host);
  for (const Parked& parked : take_parked()) judge_parked(parked, parked.container, host);
}

}  // namespace eunomia
