// SPDX-License-Identifier: Apache-2.0
//
// The loop that ties the rooms together: sensor → state → consumers. One thread runs it; nothing in it blocks but
// the wait for events.
//
//   Pipeline pipeline(sensor, processes, containers, names);
//   pipeline.add(detector);                                  // the one place where consumers are listed
//   pipeline.run({.fd = signals, .on_ready = ..., ...});   // until on_ready says stop, or the deadline
//   pipeline.drain(deadline);                                // what is in the ring by now
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "engine/consumer.h"
#include "engine/sensor/sensor.h"
#include "engine/state/container_table.h"
#include "engine/state/process_table.h"

namespace eunomia {

class Pipeline {
 public:
  using Clock = std::chrono::steady_clock;

  struct Control {
    int fd = -1;                      // readable: call on_ready
    std::function<bool()> on_ready;   // false: stop
    std::function<void()> on_second;  // about once a second
    std::optional<Clock::time_point> deadline;
  };
  struct Stats {
    std::array<std::uint64_t, EV_TYPE_COUNT> events{};  // by type
    std::uint64_t total = 0;
    std::uint64_t malformed = 0;        // records that could not be decoded
    std::uint64_t consumer_errors = 0;  // exceptions of consumers
  };

  Pipeline(Sensor& sensor, ProcessTable& processes, ContainerTable& containers, const Names& names,
           const DomainNames& domains);

  void add(Consumer& consumer) { consumers_.push_back(&consumer); }
  void run(const Control& control);
  // Handles everything that is in the ring now, and waits for metadata that is under way, until `deadline` at most.
  void drain(Clock::time_point deadline);

  [[nodiscard]] const Stats& stats() const { return stats_; }
  [[nodiscard]] const HostFacts& host() const { return host_; }
  [[nodiscard]] static std::uint64_t now_unix_ns();

 private:
  std::size_t consume();
  void on_record(std::span<const std::byte> bytes);
  void tick();
  void refresh_clock();
  // Waits until there may be something to do; with `more` records at hand, only looks.
  void wait(const Control& control, bool more);
  void choose_mode(std::size_t consumed);

  Sensor& sensor_;
  ProcessTable& processes_;
  ContainerTable& containers_;
  HostFacts host_;
  std::vector<Consumer*> consumers_;
  Sensor::OnRecord on_record_;
  Stats stats_;
  bool stop_ = false;
  bool polling_ = false;        // the reader looks by itself, nobody wakes it
  bool just_blocking_ = false;  // the first wait after polling must be short: see wait()
  Clock::time_point window_start_{}, last_second_{};
  std::size_t window_events_ = 0;
};

}  // namespace eunomia
