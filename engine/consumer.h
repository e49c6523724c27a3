// SPDX-License-Identifier: Apache-2.0
//
// What the pipeline hands to each of its consumers: one event with everything state knows of it. Rules are the first
// consumer (engine/detector.h); recorders, metrics and trackers are others. Called on the pipeline's thread, in the
// order of events; a consumer that throws is reported and counted, and the next one still gets the event.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "engine/event/event.h"
#include "engine/event/field.h"
#include "engine/event/process.h"

namespace eunomia {

struct EventRecord {
  const Event& event;
  std::span<const std::byte> bytes;  // the record `event` was decoded from
  std::shared_ptr<const Process> process;
  std::shared_ptr<const Container> container;  // null: a process of the host
  std::uint64_t number = 0;                    // counts the events seen, from 1
};

// Facts of the machine that fields need; refreshed by the pipeline.
struct HostFacts {
  const Names* names = nullptr;
  const DomainNames* domains = nullptr;
  std::uint64_t boot_time_ns = 0;  // unix time of CLOCK_BOOTTIME 0, ns
};

class Consumer {
 public:
  virtual ~Consumer() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  virtual void on_event(const EventRecord& record, const HostFacts& host) = 0;
  // Metadata of containers changed, or time passed (at least once a second).
  virtual void on_tick(const HostFacts& host) = 0;
  // Whether it holds events back until more is known of their containers.
  [[nodiscard]] virtual bool is_waiting() const { return false; }
};

}  // namespace eunomia
