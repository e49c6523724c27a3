// SPDX-License-Identifier: Apache-2.0
#include "engine/event/event.h"

namespace eunomia {
namespace {

std::string round_trip(std::string_view text) {
  const auto address = parse_ip(text);
  return address ? to_string(*address) : "not an address";
}

TEST(IpAddress, RoundTrip) {
  EXPECT_EQ(round_trip("10.0.0.1"), "10.0.0.1");
  EXPECT_EQ(round_trip("::1"), "::1");
  EXPECT_EQ(round_trip("2001:DB8:0:0:0:0:0:1"), "2001:db8::1");
  EXPECT_EQ(parse_ip("10.0.0.1")->family, 4);
  EXPECT_EQ(parse_ip("::")->family, 6);
}

TEST(IpAddress, NoneIsEmpty) { EXPECT_EQ(to_string(IpAddress{}), ""); }

TEST(IpAddress, WhatIsNone) {
  using namespace std::string_view_literals;
  for (const auto text :
       {""sv, "10.0.0"sv, "10.0.0.256"sv, "10.0.0.1/8"sv, "host"sv, ":"sv, "1::2::3"sv, "10.0.0.1\0"sv, " 10.0.0.1"sv})
    EXPECT_FALSE(parse_ip(text)) << text;
  EXPECT_FALSE(parse_ip(std::string(4096, '1')));
}

}  // namespace
}  // namespace eunomia
