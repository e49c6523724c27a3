// SPDX-License-Identifier: Apache-2.0
//
// A sink that does what a test tells it to, and lets the test wait for what happened instead of for time to pass.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "alerts/outbox.h"

namespace eunomia::alerts {

// What the fake and the test share; the fake itself belongs to the outbox.
class Script {
 public:
  using Behaviour = std::function<SendResult(const Alert&, const std::stop_token&)>;

  void on_send(Behaviour behaviour) { behaviour_ = std::move(behaviour); }

  SendResult send(const Alert& alert, const std::stop_token& stop) {
    note([&] { tries_.push_back(alert); });
    return behaviour_ ? behaviour_(alert, stop) : SendResult{};
  }
  void reopen() {
    note([&] { ++reopened_; });
  }
  void warn(std::string_view message) {
    note([&] { warnings_.emplace_back(message); });
  }

  std::vector<Alert> wait_for_tries(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return tries_.size() >= count; });
    return tries_;
  }
  void wait_for_reopens(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return reopened_ >= count; });
  }
  // Waits for a warning with `part` in it.
  std::string wait_for_warning(const std::string& part) {
    std::unique_lock lock(mutex_);
    std::string found;
    changed_.wait(lock, [&] {
      for (const auto& warning : warnings_) {
        if (warning.find(part) != std::string::npos) found = warning;
      }
      return !found.empty();
    });
    return found;
  }
  std::vector<std::string> warnings() {
    const std::scoped_lock lock(mutex_);
    return warnings_;
  }

 private:
  template <typename Change>
  void note(Change change) {
    const std::scoped_lock lock(mutex_);
    change();
    changed_.notify_all();
  }

  Behaviour behaviour_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Alert> tries_;
  std::vector<std::string> warnings_;
  int reopened_ = 0;
};

class FakeSink : public Sink {
 public:
  FakeSink(std::string name, Script& script) : name_(std::move(name)), script_(script) {}
  std::string_view name() const override { return name_; }
  SendResult send(const Alert& alert, const std::stop_token& stop) override { return script_.send(alert, stop); }
  void reopen() override { script_.reopen(); }

 private:
  std::string name_;
  Script& script_;
};

// A behaviour: as a receiver that never answers, until the outbox stops waiting for it.
inline SendResult hang(const Alert&, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait(lock, stop, [] { return false; });
  return {Outcome::retry, "interrupted"};
}

}  // namespace eunomia::alerts
