// SPDX-License-Identifier: Apache-2.0
//
// How long to wait before an alert is tried again: exponential backoff with jitter, or what the receiver asked for.
// Pure, so that tests need no clock.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace eunomia::alerts {

struct RetryPolicy {
  std::chrono::milliseconds initial{500}, max{30000};  // between tries
  std::chrono::milliseconds max_retry_after{120000};   // the longest wait a receiver can ask for
  std::chrono::milliseconds give_up_after{300000};     // from the first try of an alert; it then counts as failed
};

// `failures`: tries that failed in a row, at least 1. `random`: from [0, 1); spreads the wait over 75 to 125 %.
inline std::chrono::milliseconds retry_delay(const RetryPolicy& policy, unsigned failures,
                                             std::optional<std::chrono::milliseconds> retry_after, double random) {
  const unsigned doublings = std::min(failures - 1, 30U);
  const double base = std::min(static_cast<double>(policy.initial.count()) * static_cast<double>(1U << doublings),
                               static_cast<double>(policy.max.count()));
  const std::chrono::milliseconds delay(static_cast<std::chrono::milliseconds::rep>(base * (0.75 + random / 2)));
  return retry_after ? std::max(delay, std::min(*retry_after, policy.max_retry_after)) : delay;
}

}  // namespace eunomia::alerts
