// SPDX-License-Identifier: Apache-2.0
#include "engine/loss_watch.h"

namespace eunomia {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

class LossWatchTest : public testing::Test {
 protected:
  void count(std::uint64_t lost, bool grave = true) {
    watch_.update({{"ring_full", "the ring was full", lost, grave}}, now_, 42);
  }

  LossWatch::Clock::time_point now_{1h};
  std::vector<alerts::Alert> raised_;
  LossWatch watch_{[this](alerts::Alert alert) { raised_.push_back(std::move(alert)); }, "h"};
};

TEST_F(LossWatchTest, NoLossNoAlert) {
  count(0);
  EXPECT_THAT(raised_, IsEmpty());
}

TEST_F(LossWatchTest, TheFirstLossIsAlertedAtOnce) {
  count(3);
  ASSERT_EQ(raised_.size(), 1U);
  EXPECT_EQ(raised_[0].time_ns, 42U);
  EXPECT_EQ(raised_[0].hostname, "h");
  EXPECT_EQ(raised_[0].source, "eunomia");
  EXPECT_THAT(raised_[0].output, HasSubstr("3 ring_full"));
  EXPECT_THAT(raised_[0].fields,
              testing::ElementsAre(testing::Pair("loss.ring_full", alerts::FieldValue(std::int64_t{3}))));
}

TEST_F(LossWatchTest, MoreWithinTenSecondsWaitsAndIsNotForgotten) {
  count(3);
  now_ += 5s;
  count(5);
  EXPECT_EQ(raised_.size(), 1U);
  now_ += 5s;
  count(5);
  ASSERT_EQ(raised_.size(), 2U);
  EXPECT_THAT(raised_[1].output, HasSubstr("2 ring_full"));
}

TEST_F(LossWatchTest, TheSameCountIsNotToldTwice) {
  count(3);
  now_ += 1min;
  count(3);
  EXPECT_EQ(raised_.size(), 1U);
}

TEST_F(LossWatchTest, ADetailThatWasCutIsLoggedButNoAlert) {
  count(3, false);
  EXPECT_THAT(raised_, IsEmpty());
}

}  // namespace
}  // namespace eunomia
