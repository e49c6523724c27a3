// SPDX-License-Identifier: Apache-2.0
#include "alerts/retry.h"

namespace eunomia::alerts {
namespace {

using namespace std::chrono_literals;

constexpr RetryPolicy policy = {.initial = 500ms, .max = 30s, .max_retry_after = 120s, .give_up_after = 300s};
constexpr double middle = 0.5;

TEST(RetryDelay, DoublesUpToItsMaximum) {
  EXPECT_EQ(retry_delay(policy, 1, {}, middle), 500ms);
  EXPECT_EQ(retry_delay(policy, 2, {}, middle), 1s);
  EXPECT_EQ(retry_delay(policy, 6, {}, middle), 16s);
  EXPECT_EQ(retry_delay(policy, 7, {}, middle), 30s);
  EXPECT_EQ(retry_delay(policy, 4'000'000'000U, {}, middle), 30s);
}

TEST(RetryDelay, IsSpreadByAQuarterEitherWay) {
  EXPECT_EQ(retry_delay(policy, 1, {}, 0.0), 375ms);
  EXPECT_EQ(retry_delay(policy, 1, {}, 0.9999), 624ms);
}

TEST(RetryDelay, HonoursTheReceiversWishWithinReason) {
  EXPECT_EQ(retry_delay(policy, 1, 7s, middle), 7s);
  EXPECT_EQ(retry_delay(policy, 1, 10ms, middle), 500ms);
  EXPECT_EQ(retry_delay(policy, 1, 24h, middle), 120s);
}

}  // namespace
}  // namespace eunomia::alerts
