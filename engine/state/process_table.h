// SPDX-License-Identifier: Apache-2.0
//
// The processes of the machine: read from /proc once at start, then kept by fork, exec and exit events alone.
//
// Call `scan` once after the hooks are attached (so that nothing falls between), then `apply` for every event in the
// order of the ring. A process is named by (pid, start_ns), so a reused pid never inherits its predecessor's facts.
// Bounded: past `max_processes`, or `max_bytes` of everything they hold, the entry least recently used is evicted, and
// counted; ancestries are cut at `max_depth`. Exited processes stay reachable for a while, for the events still on
// their way, and as ancestors of their children. One thread; what it returns may be kept and read by any.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "engine/event/event.h"
#include "engine/event/process.h"

namespace eunomia {

class ProcessTable {
 public:
  struct Options {
    std::size_t max_processes = 32768;
    std::size_t max_depth = 16;  // ancestors kept of a process
    // Of all Process objects there are, also those that only children or alerts still hold.
    std::size_t max_bytes = std::size_t{24} << 20;
    // How long after its exit a process is still found, in time of events.
    std::chrono::milliseconds keep_exited{5000};
    std::filesystem::path proc = "/proc";
  };
  struct Stats {
    std::uint64_t live = 0, evicted = 0;
    std::uint64_t unknown = 0;  // processes met in an event that neither an event before nor /proc told of
    std::uint64_t from_proc = 0;
    std::uint64_t bytes = 0;  // held by Process objects now
  };

  explicit ProcessTable(Options options);
  ~ProcessTable();

  // Whether the environment is read of processes that /proc tells of, from now on; off at first.
  void set_keep_environment(bool keep);
  // Reads all of /proc. Returns how many processes it found; entries that vanish meanwhile are skipped.
  std::size_t scan();

  // Learns from the event and returns its process: of an exec the new image, of a fork the child (a copy of its parent
  // under its own ids), of an exit the one that went. Any other event costs one hash look-up. A process not known yet
  // is read from /proc once (its start time must agree), else made from what the event itself carries; so the result is
  // never null.
  std::shared_ptr<const Process> apply(const Event& event);

  [[nodiscard]] Stats stats() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace eunomia
