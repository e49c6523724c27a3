// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/duration.h"

#include <gtest/gtest.h>

namespace eunomia {
namespace {

using namespace std::chrono_literals;

TEST(Duration, UnitsAndSums) {
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("10s"), 10s);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
}

TEST(Duration, PrintsWhatItReads) {
  for (const char* text : {"500ms", "10s", "1h30m", "1m30s", "1s500ms", "168h", "0s"})
    EXPECT_EQ(print_duration(*parse_duration(text)), text);
}

TEST(Duration, NonsenseIsRefused) {
  for (const char* text : {"", "10", "s", "10 s", "-1s", "1d", "9999999999s", "1.5s", "1000000h"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

}  // namespace
}  // namespace eunomia
