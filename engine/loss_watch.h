// SPDX-License-Identifier: Apache-2.0
//
// Nothing is lost silently: given the counts of everything that can be lost or cut, says in the log what grew, at most
// once in ten seconds per cause, and raises an alert of its own where events or alerts went missing. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "alerts/alert.h"

namespace eunomia {

struct Loss {
  std::string cause;  // "ring_full", "sink syslog: queue full"
  std::string text;   // one sentence for people
  std::uint64_t count = 0;
  bool grave = false;  // an event or an alert is gone, not just a detail of one
};

class LossWatch {
 public:
  using Clock = std::chrono::steady_clock;
  using Raise = std::function<void(alerts::Alert)>;

  LossWatch(Raise raise, std::string hostname) : raise_(std::move(raise)), hostname_(std::move(hostname)) {}

  // `unix_ns` is the alert's time.
  void update(const std::vector<Loss>& losses, Clock::time_point now, std::uint64_t unix_ns);

 private:
  struct Seen {
    std::uint64_t reported = 0;
    Clock::time_point when{};
  };

  void raise(const std::vector<std::pair<Loss, std::uint64_t>>& grown, std::uint64_t unix_ns);

  Raise raise_;
  std::string hostname_;
  std::map<std::string, Seen> seen_;
};

}  // namespace eunomia
