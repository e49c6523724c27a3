// SPDX-License-Identifier: Apache-2.0
//
// From the pipeline to the sinks: make it with the sinks, push() alerts, drain() once at the end, read the counts.
//
// Each sink has a queue and a thread of its own (a lane): sinks are few, and each waits in its own way (write, connect,
// TLS, a name lookup), so a thread each is the simplest thing that lets none delay another. An alert is stored once and
// shared by the queues. A full queue drops the newest: what is already queued tells how it began.
//
// push(), reopen() and stats() may be called from any thread and never wait for a sink. The destructor gives up what is
// still queued; a sink stuck in the kernel (a hung network file system) delays it, nothing else does.
//
// `warn` is called from the lanes, for the first of a kind and then each time its number has doubled; it must be
// thread-safe and must not call the outbox.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/retry.h"
#include "alerts/sink.h"

namespace eunomia::alerts {

// At any time: pushed = dropped_queue_full + delivered + rejected + failed + undelivered + queued.
struct SinkStats {
  std::string sink;
  std::uint64_t pushed = 0;
  std::uint64_t delivered = 0;
  std::uint64_t retried = 0;             // tries beyond the first of an alert
  std::uint64_t dropped_queue_full = 0;  // by the limit of alerts or of bytes
  std::uint64_t rejected = 0;            // refused by the receiver
  std::uint64_t failed = 0;              // given up: an error that no retry mends, or too many retries
  std::uint64_t undelivered = 0;         // still queued at the end, or pushed after it
  std::uint64_t queued = 0;              // now, with the one being sent
  bool closed = false;                   // the medium is gone for good (standard output closed by its reader)
  std::string last_error;                // escaped; empty: none so far
};

using WarnFunction = std::function<void(std::string_view sink, std::string_view message)>;

struct OutboxOptions {
  std::size_t queue_alerts = 4096;                         // per sink
  std::size_t queue_bytes = std::size_t{8} * 1024 * 1024;  // per sink, as memory_of() counts
  RetryPolicy retry;
  WarnFunction warn;  // empty: no one is told
};

class Lane;

class Outbox {
 public:
  Outbox(std::vector<std::unique_ptr<Sink>> sinks, const OutboxOptions& options);
  ~Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  // Queues the alert for every sink; gives it a uuid where it has none.
  void push(Alert alert);
  // Has every sink open its file anew, after what it is sending now.
  void reopen();
  std::vector<SinkStats> stats() const;
  // Takes no more alerts, lets the sinks deliver and retry until `deadline`, then stops them (within half a second) and
  // counts what is left as undelivered.
  std::vector<SinkStats> drain(std::chrono::steady_clock::time_point deadline);

 private:
  std::string new_uuid(std::uint64_t time_ns);

  std::mutex random_mutex_;
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace eunomia::alerts
