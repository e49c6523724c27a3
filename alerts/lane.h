// SPDX-License-Identifier: Apache-2.0
//
// One sink with its queue and thread; a part of the outbox (alerts/outbox.h), which documents the behaviour. All
// functions may be called from any thread and return at once, except wait_until_done() and the destructor, which aborts
// and joins.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <thread>

#include "alerts/outbox.h"

namespace eunomia::alerts {

class Lane {
 public:
  Lane(std::unique_ptr<Sink> sink, const OutboxOptions& options);
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  void push(const std::shared_ptr<const Alert>& alert, std::size_t bytes);
  void request_reopen();
  // What is queued is still delivered; what is pushed from now on counts as undelivered.
  void close();
  // Ends the sending and waiting at hand; what is queued counts as undelivered.
  void abort();
  // True once the thread has settled every alert.
  bool wait_until_done(std::chrono::steady_clock::time_point deadline);
  SinkStats stats() const;

 private:
  using Clock = std::chrono::steady_clock;
  using Counter = std::uint64_t SinkStats::*;
  struct Item {
    std::shared_ptr<const Alert> alert;
    std::size_t bytes = 0;
  };

  void start_thread();
  void run();
  void finish();
  std::shared_ptr<const Alert> next();
  void deliver(const Alert& alert);
  SendResult attempt(const Alert& alert);
  bool wait_to_retry(const SendResult& result);
  void settle(Counter counter);
  void settle_lost(const SendResult& result, Counter counter);
  void note_error(const std::string& why);
  void reopen_sink();
  void warn_drops();
  void warn(const std::string& message) const noexcept;

  const std::unique_ptr<Sink> sink_;
  const OutboxOptions options_;
  std::stop_source stop_;

  mutable std::mutex mutex_;  // guards what follows, up to the thread
  std::condition_variable_any wake_;
  std::condition_variable done_;
  std::deque<Item> queue_;  // the front is being sent
  std::size_t queued_bytes_ = 0;
  SinkStats stats_;
  bool closing_ = false, finished_ = false, reopen_ = false;

  // Of the thread alone:
  std::minstd_rand random_;
  unsigned failures_in_a_row_ = 0;
  std::uint64_t drops_told_ = 0;
  std::thread thread_;
};

}  // namespace eunomia::alerts
