// SPDX-License-Identifier: Apache-2.0
//
// The sets that stand behind checks with many values, against comparing one by one.
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <array>
#include <set>

#include "engine/lang/affix_set.h"
#include "engine/lang/match.h"
#include "engine/lang/network_set.h"
#include "engine/lang/path_set.h"
#include "engine/lang/regex_set.h"
#include "engine/lang/substring_set.h"
#include "tests/unit/lang/oracle.h"

namespace eunomia::lang {
namespace {

std::string random_text(Random& r, std::string_view alphabet, std::size_t longest) {
  std::string out;
  for (auto left = r.below(longest + 1); left > 0; --left) out += r.pick(alphabet);
  return out;
}

std::vector<std::string> random_texts(Random& r, std::string_view alphabet, std::size_t longest, std::size_t most) {
  std::vector<std::string> out;
  for (auto left = 1 + r.below(most); left > 0; --left) out.push_back(random_text(r, alphabet, longest));
  return out;
}

TEST(TextSets, PrefixesAndSuffixes) {
  Random r(1);
  std::size_t hits = 0;
  for (int round = 0; round < 3000; ++round) {
    const auto texts = random_texts(r, "ab\xFF", 5, 12);
    const PrefixSet prefixes(texts);
    const SuffixSet suffixes(texts);
    for (int i = 0; i < 10; ++i) {
      const auto text = random_text(r, "ab\xFF", 8);
      const bool starts = std::ranges::any_of(texts, [&](const auto& t) { return text.starts_with(t); });
      const bool ends = std::ranges::any_of(texts, [&](const auto& t) { return text.ends_with(t); });
      EXPECT_EQ(prefixes.matches(text), starts) << text;
      EXPECT_EQ(suffixes.matches(text), ends) << text;
      hits += starts ? 1U : 0U;
    }
  }
  EXPECT_GT(hits, 1000U);
}

TEST(TextSets, EverySubstringThatOccursIsFound) {
  Random r(2);
  std::size_t hits = 0;
  for (int round = 0; round < 3000; ++round) {
    const bool fold = r.below(2) == 0;
    const auto parts = random_texts(r, "abAB/", 5, 12);
    const SubstringSet set(parts, fold);
    for (int i = 0; i < 5; ++i) {
      const auto text = random_text(r, "abAB/", 12);
      std::set<std::uint32_t> expected, found;
      for (std::uint32_t p = 0; p < parts.size(); ++p)
        if (fold ? contains_fold(text, parts[p]) : text.find(parts[p]) != std::string::npos) expected.insert(p);
      set.each(text, [&](std::uint32_t part) { found.insert(part); });
      EXPECT_EQ(found, expected) << text;
      EXPECT_EQ(set.any(text), !expected.empty()) << text;
      hits += expected.size();
    }
  }
  EXPECT_GT(hits, 10000U);
}

TEST(TextSets, SubstringsOfEveryByte) {
  std::vector<std::string> parts;
  for (int c = 0; c < 256; ++c) parts.emplace_back(2, static_cast<char>(c));
  const SubstringSet set(parts, false);
  for (std::uint32_t c = 0; c < 256; ++c) {
    std::set<std::uint32_t> found;
    set.each("0" + parts[c] + "1", [&](std::uint32_t part) { found.insert(part); });
    EXPECT_EQ(found, std::set<std::uint32_t>{c});
  }
  EXPECT_FALSE(SubstringSet().any("text"));
}

TEST(TextSets, Paths) {
  Random r(3);
  std::size_t hits = 0;
  for (int round = 0; round < 3000; ++round) {
    auto patterns = random_texts(r, "ab//*?[]\\!", 7, 3);
    for (auto& more : random_texts(r, "ab/", 5, 3)) patterns.push_back(std::move(more));
    const PathSet set(patterns);
    for (int i = 0; i < 10; ++i) {
      const auto path = random_text(r, "ab//", 9);
      const bool expected = std::ranges::any_of(patterns, [&](const auto& p) { return path_match(p, path); });
      EXPECT_EQ(set.matches(path), expected) << path << " in " << testing::PrintToString(patterns);
      hits += expected ? 1U : 0U;
    }
  }
  EXPECT_GT(hits, 1000U);
}

TEST(TextSets, RegularExpressions) {
  Random r(4);
  constexpr std::array<const char*, 12> pieces = {"a",  "b",    "[ab]",     "(a|b)", ".*",    "b?",
                                                  "a+", "/a/b", "\xC3\xA4", ".",     "(?i)A", "a{2}"};
  std::size_t hits = 0;
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> patterns(1 + r.below(5));
    for (auto& pattern : patterns)
      for (auto left = 1 + r.below(4); left > 0; --left) pattern += r.pick(pieces);
    const RegexSet set(patterns);
    for (int i = 0; i < 30; ++i) {
      const auto text = random_text(r, "aabbA/\n\xC3\xA4", 6);
      const auto full = [&](const auto& p) { return RE2::FullMatch(text, *make_regex(p)); };
      EXPECT_EQ(set.matches(text), std::ranges::any_of(patterns, full)) << text << testing::PrintToString(patterns);
      for (const auto& pattern : patterns) {
        if (!full(pattern)) continue;
        ++hits;
        EXPECT_TRUE(text.starts_with(literal_prefix(*make_regex(pattern)))) << text << " of " << pattern;
      }
    }
  }
  EXPECT_GT(hits, 500U);
}

TEST(TextSets, RegularExpressionsBeginWithWhatIsPlain) {
  EXPECT_EQ(literal_prefix(*make_regex("/proc/[0-9]+/(mem|maps)")), "/proc/");
  EXPECT_EQ(literal_prefix(*make_regex("/a|/b")), "/");
  EXPECT_EQ(literal_prefix(*make_regex(".*x")), "");
}

TEST(TextSets, Networks) {
  Random r(5);
  std::size_t hits = 0;
  const auto random_ip = [&](std::uint8_t family) {
    IpAddress out{.family = family, .bytes = {}};
    for (std::size_t i = 0; i < (family == 4 ? 4U : 16U); ++i) out.bytes.at(i) = r.below(2) == 0 ? 0x80 : 0x81;
    return out;
  };
  for (int round = 0; round < 2000; ++round) {
    std::vector<ir::Network> networks(1 + r.below(9));
    for (auto& network : networks) {
      network.address = random_ip(r.below(2) == 0 ? 4 : 6);
      network.prefix = static_cast<unsigned>(r.below(network.address.family == 4 ? 33 : 129));
    }
    const NetworkSet set(networks);
    for (int i = 0; i < 10; ++i) {
      const auto address = r.below(20) == 0 ? IpAddress{} : random_ip(r.below(2) == 0 ? 4 : 6);
      const bool expected = std::ranges::any_of(networks, [&](const auto& n) { return n.contains(address); });
      EXPECT_EQ(set.contains(address), expected) << to_string(address);
      hits += expected ? 1U : 0U;
    }
  }
  EXPECT_GT(hits, 1000U);
}

}  // namespace
}  // namespace eunomia::lang
