// SPDX-License-Identifier: Apache-2.0
#include "alerts/escape.h"

#include "tests/unit/alerts/samples.h"

namespace eunomia::alerts {
namespace {

constexpr std::size_t plenty = 10000;

TEST(EscapeLine, KeepsOrdinaryText) {
  EXPECT_EQ(escape_line("cat /etc/shadow 'ü' 日本 😀", plenty), "cat /etc/shadow 'ü' 日本 😀");
  EXPECT_EQ(escape_line("", plenty), "");
}

TEST(EscapeLine, EscapesControls) {
  EXPECT_EQ(escape_line("a\nb\rc\td\x1b[2Je\x7f", plenty), "a\\nb\\rc\\td\\x1b[2Je\\x7f");
  EXPECT_EQ(escape_line(std::string_view("\0", 1), plenty), "\\x00");
}

TEST(EscapeLine, IsUnambiguousAboutBackslash) {
  EXPECT_EQ(escape_line("\\n", plenty), "\\\\n");
  EXPECT_EQ(escape_line("a\"b]", plenty, "\"]"), "a\\\"b\\]");
}

TEST(EscapeLine, EscapesWhatIsNotUtf8) {
  EXPECT_EQ(escape_line("\xff", plenty), "\\xff");
  EXPECT_EQ(escape_line("\xc0\xaf", plenty), "\\xc0\\xaf");                    // overlong
  EXPECT_EQ(escape_line("\xe0\x80\xaf", plenty), "\\xe0\\x80\\xaf");           // overlong
  EXPECT_EQ(escape_line("\xed\xa0\x80", plenty), "\\xed\\xa0\\x80");           // surrogate
  EXPECT_EQ(escape_line("\xf4\x90\x80\x80", plenty), "\\xf4\\x90\\x80\\x80");  // beyond 10FFFF
  EXPECT_EQ(escape_line("\xe2\x82", plenty), "\\xe2\\x82");                    // ends early
  EXPECT_EQ(escape_line("\xe2\x82"
                        "A",
                        plenty),
            "\\xe2\\x82"
            "A");  // is interrupted
}

TEST(EscapeLine, EscapesWhatHidesOrReorders) {
  EXPECT_EQ(escape_line("a\u202eb", plenty), "a\\u{202e}b");
  EXPECT_EQ(escape_line("\xc2\x9b", plenty), "\\u{9b}");
  EXPECT_EQ(escape_line("\u2028\u200b\ufeff", plenty), "\\u{2028}\\u{200b}\\u{feff}");
  EXPECT_EQ(escape_line("\U000e0041", plenty), "\\u{e0041}");
}

TEST(EscapeLine, MarksWhatItCuts) {
  EXPECT_EQ(escape_line(std::string(60, 'a'), 60), std::string(60, 'a'));
  EXPECT_EQ(escape_line(std::string(100, 'a'), 60), "aaaaaaaaaaaaaaaaaaaaaaaaaaaa...[+72 bytes]");
}

TEST(EscapeLine, NeverCutsThroughAnEscapeOrCharacter) {
  for (std::size_t limit = 48; limit < 90; ++limit) {
    for (const std::string piece : {"\n", "\xff", "ü", "日", "😀", "\u202e", "\""}) {
      std::string text;
      for (int i = 0; i < 100; ++i) text += piece;
      const std::string line = escape_line(text, limit, "\"");
      ASSERT_LE(line.size(), limit);
      const auto mark = line.find("...[+");
      ASSERT_NE(mark, std::string::npos);
      const std::string whole = escape_line(piece, plenty, "\"");
      ASSERT_EQ(mark % whole.size(), 0U) << line;
      ASSERT_EQ(std::stoul(line.substr(mark + 5)), text.size() - mark / whole.size() * piece.size());
    }
  }
}

TEST(EscapeLine, GivesACleanLineForAnyBytes) {
  HostileBytes bytes(1);
  for (int i = 0; i < 5000; ++i) {
    const std::string text = bytes();
    ASSERT_TRUE(is_clean_line(escape_line(text, plenty))) << escape_line(text, plenty);
    ASSERT_TRUE(is_clean_line(escape_line(text, 64)));
  }
}

TEST(QuoteWord, QuotesOnlyWhereNeeded) {
  EXPECT_EQ(quote_word("/etc/shadow", plenty), "/etc/shadow");
  EXPECT_EQ(quote_word("cat /etc/shadow", plenty), "\"cat /etc/shadow\"");
  EXPECT_EQ(quote_word("", plenty), "\"\"");
  EXPECT_EQ(quote_word("x\" | user=\"root", plenty), "\"x\\\" | user=\\\"root\"");
}

TEST(CutUtf8, CutsAtCharactersOnly) {
  EXPECT_EQ(cut_utf8("short", plenty), "short");
  std::string text;
  for (int i = 0; i < 50; ++i) text += "日";
  for (std::size_t limit = 48; limit < 60; ++limit) {
    const std::string cut = cut_utf8(text, limit);
    EXPECT_LE(cut.size(), limit);
    EXPECT_TRUE(is_clean_line(cut)) << cut;
  }
}

}  // namespace
}  // namespace eunomia::alerts
