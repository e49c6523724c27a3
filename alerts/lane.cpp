// SPDX-License-Identifier: Apache-2.0
#include "alerts/lane.h"

#include <fmt/format.h>
#include <pthread.h>

#include <bit>
#include <csignal>
#include <exception>

#include "alerts/escape.h"

namespace eunomia::alerts {

Lane::Lane(std::unique_ptr<Sink> sink, const OutboxOptions& options)
    : sink_(std::move(sink)), options_(options), random_(std::random_device{}()) {
  stats_.sink = sink_->name();
  start_thread();
}

// The thread inherits the mask: signals are for the main program, and a closed pipe is to be an error.
void Lane::start_thread() {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    thread_ = std::thread([this] { run(); });
  } catch (...) {
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Lane::~Lane() {
  abort();
  thread_.join();
}

void Lane::push(const std::shared_ptr<const Alert>& alert, std::size_t bytes) {
  {
    const std::scoped_lock lock(mutex_);
    ++stats_.pushed;
    if (closing_) {
      ++stats_.undelivered;
      return;
    }
    if (queue_.size() >= options_.queue_alerts || queued_bytes_ + bytes > options_.queue_bytes) {
      ++stats_.dropped_queue_full;
      return;
    }
    queue_.push_back({alert, bytes});
    queued_bytes_ += bytes;
  }
  wake_.notify_one();
}

void Lane::request_reopen() {
  {
    const std::scoped_lock lock(mutex_);
    reopen_ = true;
  }
  wake_.notify_one();
}

void Lane::close() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  wake_.notify_one();
}

void Lane::abort() {
  close();
  stop_.request_stop();
}

bool Lane::wait_until_done(Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return done_.wait_until(lock, deadline, [this] { return finished_; });
}

SinkStats Lane::stats() const {
  const std::scoped_lock lock(mutex_);
  SinkStats stats = stats_;
  stats.queued = queue_.size();
  return stats;
}

void Lane::run() {
  while (const auto alert = next()) deliver(*alert);
  finish();
}

void Lane::finish() {
  warn_drops();
  const std::scoped_lock lock(mutex_);
  stats_.undelivered += queue_.size();
  queue_.clear();
  queued_bytes_ = 0;
  finished_ = true;
  done_.notify_all();
}

// The oldest queued alert, which stays queued until it is settled; none when the lane is to end.
std::shared_ptr<const Alert> Lane::next() {
  warn_drops();
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, stop_.get_token(), [this] { return !queue_.empty() || closing_ || reopen_; });
    if (stop_.stop_requested()) return nullptr;
    if (!reopen_) return queue_.empty() ? nullptr : queue_.front().alert;
    reopen_ = false;
    lock.unlock();
    reopen_sink();
    lock.lock();
  }
}

void Lane::deliver(const Alert& alert) {
  const auto give_up = Clock::now() + options_.retry.give_up_after;
  while (true) {
    SendResult result = attempt(alert);
    result.why = escape_line(result.why, 512);
    switch (result.outcome) {
      case Outcome::delivered: return settle(&SinkStats::delivered);
      case Outcome::rejected: return settle_lost(result, &SinkStats::rejected);
      case Outcome::failed:
      case Outcome::closed: return settle_lost(result, &SinkStats::failed);
      case Outcome::retry: break;
    }
    if (stop_.stop_requested()) return;  // finish() counts it
    if (Clock::now() >= give_up) return settle_lost(result, &SinkStats::failed);
    if (!wait_to_retry(result)) return;
  }
}

SendResult Lane::attempt(const Alert& alert) {
  {
    const std::scoped_lock lock(mutex_);
    if (stats_.closed) return {Outcome::failed, stats_.last_error};
  }
  try {
    return sink_->send(alert, stop_.get_token());
  } catch (const std::exception& error) {
    return {Outcome::failed, error.what()};
  } catch (...) {
    return {Outcome::failed, "an unknown exception"};
  }
}

// False when the lane is to stop.
bool Lane::wait_to_retry(const SendResult& result) {
  ++failures_in_a_row_;
  const double random = std::uniform_real_distribution<>(0, 1)(random_);
  const auto delay = retry_delay(options_.retry, failures_in_a_row_, result.retry_after, random);
  note_error(result.why);
  if (std::has_single_bit(failures_in_a_row_)) {
    warn(fmt::format("{}; failure {} in a row, {} alerts wait, next try in {} ms", result.why, failures_in_a_row_,
                     stats().queued, delay.count()));
  }
  warn_drops();
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, stop_.get_token(), delay, [] { return false; });
  if (stop_.stop_requested()) return false;
  ++stats_.retried;
  return true;
}

void Lane::settle(Counter counter) {
  // An alert that was given up says nothing new about the sink: it is still waited for as long as before.
  const bool answered = counter != &SinkStats::failed;
  if (answered && failures_in_a_row_ != 0) {
    warn(fmt::format("works again after {} failures", failures_in_a_row_));
    failures_in_a_row_ = 0;
  }
  const std::scoped_lock lock(mutex_);
  ++(stats_.*counter);
  queued_bytes_ -= queue_.front().bytes;
  queue_.pop_front();
}

void Lane::settle_lost(const SendResult& result, Counter counter) {
  note_error(result.why);
  const bool closed = result.outcome == Outcome::closed;
  std::uint64_t lost = 0;
  {
    const std::scoped_lock lock(mutex_);
    lost = stats_.rejected + stats_.failed + 1;
    if (closed) stats_.closed = true;
  }
  if (closed) {
    warn(fmt::format("{}; nothing more can be sent here, the alerts are counted as failed", result.why));
  } else if (std::has_single_bit(lost)) {
    warn(fmt::format("{}; alert not delivered ({} so far)", result.why, lost));
  }
  settle(counter);
}

void Lane::note_error(const std::string& why) {
  const std::scoped_lock lock(mutex_);
  stats_.last_error = why;
}

void Lane::reopen_sink() {
  try {
    sink_->reopen();
  } catch (const std::exception& error) {
    warn(fmt::format("reopening failed: {}", escape_line(error.what(), 512)));
  }
}

// Told from here rather than from push(), which must not wait for whoever is told.
void Lane::warn_drops() {
  std::uint64_t drops = 0;
  {
    const std::scoped_lock lock(mutex_);
    drops = stats_.dropped_queue_full;
  }
  if (std::bit_floor(drops) <= std::bit_floor(drops_told_)) return;
  drops_told_ = drops;
  warn(fmt::format("the queue was full: {} alerts dropped so far", drops));
}

void Lane::warn(const std::string& message) const noexcept {
  try {
    if (options_.warn) options_.warn(stats_.sink, message);
  } catch (...) {  // whoever is told must not end the lane
    return;
  }
}

}  // namespace eunomia::alerts
