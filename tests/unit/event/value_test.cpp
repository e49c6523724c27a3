// SPDX-License-Identifier: Apache-2.0
#include "engine/event/value.h"

#include <cstring>

#include "engine/event/process.h"

namespace eunomia {
namespace {

TEST(Scratch, PiecesAreAlignedAndApart) {
  Scratch scratch;
  const auto a = scratch.bytes(3), b = scratch.bytes(17), c = scratch.bytes(1);
  for (const auto piece : {a, b, c}) EXPECT_EQ(reinterpret_cast<std::uintptr_t>(piece.data()) % 16, 0U);
  std::memset(a.data(), 'a', a.size());
  std::memset(b.data(), 'b', b.size());
  std::memset(c.data(), 'c', c.size());
  EXPECT_EQ(std::string_view(a.data(), a.size()), "aaa");
  EXPECT_EQ(std::string_view(b.data(), b.size()), std::string(17, 'b'));
}

TEST(Scratch, CopiesStayWhenMoreIsAskedFor) {
  Scratch scratch;
  const auto first = scratch.copy("first");
  for (int i = 0; i < 10; ++i) scratch.bytes(5000);
  EXPECT_EQ(first, "first");
}

TEST(Scratch, UsesTheSameMemoryAgain) {
  Scratch scratch;
  std::vector<const char*> before, after;
  const auto one_event = [&](std::vector<const char*>& at) {
    for (const std::size_t size : {100, 5000, 20000, 1}) at.push_back(scratch.bytes(size).data());
  };
  one_event(before);
  scratch.clear();
  one_event(after);
  EXPECT_EQ(before, after);
}

TEST(Scratch, SkipsBlocksThatAreTooSmall) {
  Scratch scratch;
  for (const std::size_t size : {4000, 8000, 16000}) scratch.bytes(size);
  const char* const behind_largest = scratch.bytes(300).data();
  scratch.clear();
  EXPECT_EQ(scratch.bytes(16000).data() + 16000, behind_largest);
}

TEST(Scratch, ValuesAreMissingAtFirst) {
  Scratch scratch;
  std::ranges::fill(scratch.bytes(4096), '\xff');
  scratch.clear();
  const auto values = scratch.values(8);
  ASSERT_EQ(values.size(), 8U);
  for (const Value& value : values) EXPECT_TRUE(value.missing());
  EXPECT_TRUE(scratch.values(0).empty());
}

TEST(Scratch, GivesBackWhatOneHugeEventTook) {
  Scratch scratch;
  scratch.bytes(64);
  const std::size_t usual = scratch.capacity();
  scratch.bytes(8U << 20U);
  scratch.clear();
  EXPECT_EQ(scratch.capacity(), usual);
  Scratch huge_at_once;
  huge_at_once.bytes(8U << 20U);
  huge_at_once.clear();
  EXPECT_EQ(huge_at_once.capacity(), 0U);
  EXPECT_EQ(huge_at_once.copy("again"), "again");
}

TEST(Names, OfTypesAndEngines) {
  EXPECT_EQ(to_string(ValueType::boolean), "boolean");
  EXPECT_EQ(to_string(ValueType::address), "address");
  EXPECT_EQ(to_string(ContainerEngine::crio), "cri-o");
  EXPECT_EQ(to_string(ContainerEngine::unknown), "unknown");
}

}  // namespace
}  // namespace eunomia
