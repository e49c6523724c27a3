// SPDX-License-Identifier: Apache-2.0
#include "alerts/outbox.h"

#include <fmt/format.h>

#include "alerts/lane.h"

namespace eunomia::alerts {

Outbox::Outbox(std::vector<std::unique_ptr<Sink>> sinks, const OutboxOptions& options)
    : random_((std::uint64_t{std::random_device{}()} << 32U) | std::random_device{}()) {
  lanes_.reserve(sinks.size());
  for (auto& sink : sinks) lanes_.push_back(std::make_unique<Lane>(std::move(sink), options));
}

// All are told to stop before any is waited for.
Outbox::~Outbox() {
  for (const auto& lane : lanes_) lane->abort();
}

void Outbox::push(Alert alert) {
  if (alert.uuid.empty()) alert.uuid = new_uuid(alert.time_ns);
  const std::size_t bytes = memory_of(alert);
  const auto shared = std::make_shared<const Alert>(std::move(alert));
  for (const auto& lane : lanes_) lane->push(shared, bytes);
}

void Outbox::reopen() {
  for (const auto& lane : lanes_) lane->request_reopen();
}

std::vector<SinkStats> Outbox::stats() const {
  std::vector<SinkStats> all;
  all.reserve(lanes_.size());
  for (const auto& lane : lanes_) all.push_back(lane->stats());
  return all;
}

std::vector<SinkStats> Outbox::drain(std::chrono::steady_clock::time_point deadline) {
  constexpr std::chrono::milliseconds grace(500);
  for (const auto& lane : lanes_) lane->close();
  for (const auto& lane : lanes_) {
    if (!lane->wait_until_done(deadline)) lane->abort();
  }
  const auto last = std::chrono::steady_clock::now() + grace;
  for (const auto& lane : lanes_) lane->wait_until_done(last);
  auto all = stats();
  for (auto& stats : all) {
    stats.undelivered += stats.queued;  // of a lane that could not be stopped
    stats.queued = 0;
  }
  return all;
}

// Version 7 of RFC 9562: 48 bits of unix time in ms, then random bits around version and variant.
std::string Outbox::new_uuid(std::uint64_t time_ns) {
  std::uint64_t high = 0, low = 0;
  {
    const std::scoped_lock lock(random_mutex_);
    high = random_();
    low = random_();
  }
  const std::uint64_t time_ms = (time_ns / 1'000'000) & 0xffff'ffff'ffffU;
  return fmt::format("{:08x}-{:04x}-7{:03x}-{:04x}-{:012x}", time_ms >> 16U, time_ms & 0xffffU, high & 0xfffU,
                     0x8000U | ((high >> 16U) & 0x3fffU), low & 0xffff'ffff'ffffU);
}

}  // namespace eunomia::alerts
