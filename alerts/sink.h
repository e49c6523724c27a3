// SPDX-License-Identifier: Apache-2.0
//
// Where alerts go. A sink formats one alert and hands it to one medium; queueing, retries, threads and counting belong
// to the outbox (alerts/outbox.h). One file per sink; alerts/sink_config.h describes and makes them.
//
// send() and reopen() are called by one thread only, on which all signals are blocked (so a closed pipe is an error,
// not a signal). send() may block, but returns soon after `stop` is requested. An exception it throws counts as a
// failure of that alert and nothing else.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "alerts/alert.h"

namespace eunomia::alerts {

enum class Outcome : std::uint8_t {
  delivered,  // the medium took it
  retry,      // may work later: the outbox tries again, later and later
  rejected,   // the receiver understood and refused it: not sent again
  failed,     // cannot work for this alert: not sent again
  closed,     // cannot work for any alert from now on
};

struct SendResult {
  Outcome outcome = Outcome::delivered;
  std::string why = {};                                                 // empty when delivered
  std::optional<std::chrono::milliseconds> retry_after = std::nullopt;  // the receiver's wish, with `retry`
};

class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  // For people and metrics: "stdout", "file:/var/log/x". Holds no secret of the configuration.
  virtual std::string_view name() const = 0;
  virtual SendResult send(const Alert& alert, const std::stop_token& stop) = 0;
  // After a log rotation. Failures show in the next send().
  virtual void reopen() {}
};

}  // namespace eunomia::alerts
