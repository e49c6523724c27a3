// SPDX-License-Identifier: Apache-2.0
//
// Diagnostics stand under the exact token, in every style of YAML, and are safe to print.
#include "engine/lang/diagnostic.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/lang/suggest.h"
#include "engine/lang/text.h"
#include "tests/unit/lang/lang_fixture.h"

namespace eunomia::lang {
namespace {

// The bytes that the caret of the first error underlines.
std::string underlined(const std::string& yaml) {
  const auto result = load_yaml(yaml);
  for (const auto& d : result.diagnostics) {
    if (d.severity != Severity::error) continue;
    EXPECT_GE(d.where.column, 1);
    return d.line.substr(static_cast<std::size_t>(d.where.column - 1), static_cast<std::size_t>(d.length));
  }
  return "no error";
}

std::string rule_head() { return "- rule: R\n  desc: d\n  output: o\n  priority: INFO\n"; }

TEST(Caret, InAPlainScalar) {
  EXPECT_EQ(underlined(rule_head() + "  condition: evt.type=open and proc.nmae=x\n"), "proc.nmae");
}
TEST(Caret, InAPlainScalarOverLines) {
  EXPECT_EQ(underlined(rule_head() + "  condition: evt.type=open\n     and\n       proc.nmae=x\n"), "proc.nmae");
}
TEST(Caret, InAFoldedBlock) {
  EXPECT_EQ(
      underlined(
          rule_head() +
          "  condition: >\n    evt.type=open\n      and (fd.num > 1 or\n           proc.nmae=x)\n    and fd.num>2\n"),
      "proc.nmae");
}
TEST(Caret, InALiteralBlockWithIndicators) {
  EXPECT_EQ(underlined(rule_head() + "  condition: |2-   # a remark\n    evt.type=open\n\n    and proc.nmae=x\n"),
            "proc.nmae");
}
TEST(Caret, InDoubleQuotes) {
  EXPECT_EQ(underlined(rule_head() + "  condition: \"evt.type=open and fd.name=\\\"a\\\\\\\\b\\\" \\\n    and "
                                     "\\x70roc.name=x and proc.nmae=x\"\n"),
            "proc.nmae");
}
TEST(Caret, InSingleQuotes) {
  EXPECT_EQ(underlined(rule_head() + "  condition: 'evt.type=open and fd.name=''it s'' and proc.nmae=x'\n"),
            "proc.nmae");
}
TEST(Caret, BehindUtf8AndAByteOrderMark) {
  EXPECT_EQ(underlined("\xEF\xBB\xBF" + rule_head() + "  condition: fd.name=\"/größe\" and proc.nmae=x\n"),
            "proc.nmae");
}
TEST(Caret, BehindWindowsLineEnds) {
  EXPECT_EQ(underlined("- rule: R\r\n  desc: d\r\n  output: o\r\n  priority: INFO\r\n  condition: >\r\n    "
                       "evt.type=open\r\n    and proc.nmae=x\r\n"),
            "proc.nmae");
}
TEST(Caret, BehindASubstitutedList) {
  EXPECT_EQ(underlined("- list: long_list\n  items: [aaaaaaaaaaaaaaaaaaaa, b]\n" + rule_head() +
                       "  condition: proc.name in (long_list) and proc.nmae=x\n"),
            "proc.nmae");
}
TEST(Caret, InTheListItself) {
  EXPECT_EQ(underlined("- list: ports\n  items: [80, http]\n" + rule_head() +
                       "  condition: evt.type=connect and fd.sport in (ports)\n"),
            "http");
}
TEST(Caret, InTheMacroThatIsWrong) {
  EXPECT_EQ(underlined("- macro: m\n  condition: proc.nmae=x\n" + rule_head() + "  condition: evt.type=open and m\n"),
            "proc.nmae");
}
TEST(Caret, InAnAppendedCondition) {
  EXPECT_EQ(
      underlined(
          rule_head() +
          "  condition: evt.type=open\n- rule: R\n  condition: and proc.nmae=x\n  override: {condition: append}\n"),
      "proc.nmae");
}
TEST(Caret, InAnException) {
  EXPECT_EQ(underlined(rule_head() + "  condition: evt.type=open\n  exceptions:\n    - name: e\n      fields: "
                                     "[fd.num]\n      values: [[1], [two]]\n"),
            "two");
}
TEST(Caret, InAnOutput) {
  EXPECT_EQ(underlined("- rule: R\n  desc: d\n  condition: evt.type=open\n  priority: INFO\n  output: >\n    a "
                       "%proc.name\n    b %proc.nmae c\n"),
            "proc.nmae");
}

TEST(Diagnostic, TextNamesPlaceCodeAndRemedy) {
  const auto result = load_yaml(rule_head() + "  condition: evt.type=open and proc.nmae=x\n");
  EXPECT_EQ(as_text(result.diagnostics),
            "test.yaml:5:32: error[E0302]: rule 'R': no field named 'proc.nmae'\n"
            "    condition: evt.type=open and proc.nmae=x\n"
            "                                 ^~~~~~~~~\n"
            "  hint: did you mean 'proc.name'?\n");
}

TEST(Diagnostic, HostileBytesAreEscaped) {
  Diagnostic d;
  d.code = "E0000";
  d.where = {"evil\x1b[31m.yaml", 1, 4};
  d.message = "bad\nname";
  d.line = "\x1b[2J\xff\tx";
  const auto text = to_text(d);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("evil\\x1b[31m.yaml"), std::string::npos);
  EXPECT_NE(text.find("\\x1b[2J\\xff x"), std::string::npos);
  EXPECT_NO_THROW(EXPECT_EQ(nlohmann::json::parse(to_json({d}))[0]["line"], 1));
}

TEST(Diagnostic, JsonHasEveryMember) {
  const auto result = load_yaml(rule_head() + "  condition: evt.type=open and proc.nmae=x\n");
  const auto json = nlohmann::json::parse(to_json(result.diagnostics));
  ASSERT_EQ(json.size(), 1U);
  EXPECT_EQ(json[0]["severity"], "error");
  EXPECT_EQ(json[0]["code"], "E0302");
  EXPECT_EQ(json[0]["column"], 32);
  EXPECT_EQ(json[0]["length"], 9);
  EXPECT_EQ(json[0]["hint"], "did you mean 'proc.name'?");
}

TEST(Suggest, FindsSlipsAndNothingFarFetched) {
  constexpr std::string_view names[] = {"proc.name", "proc.pname", "fd.name"};
  EXPECT_EQ(nearest("proc.nmae", names), "proc.name");
  EXPECT_EQ(nearest("fd.nam", names), "fd.name");
  EXPECT_EQ(nearest("container", names), "");
  EXPECT_EQ(nearest("", names), "");
}

struct Hint {
  std::string yaml, word;
};
TEST(Suggest, AListUsedLikeAMacroIsExplained) {
  const auto text = as_text(load_yaml("- list: shells\n  items: [sh]\n" + rule_with("shells")).diagnostics);
  EXPECT_NE(text.find("write 'field in (shells)'"), std::string::npos) << text;
}
TEST(Suggest, AHashSignInABlockIsNoComment) {
  const auto text = as_text(load_yaml(rule_with("evt.type=open\n# and\nproc.name=x")).diagnostics);
  EXPECT_NE(text.find("does not begin a comment"), std::string::npos) << text;
}
TEST(Suggest, OffersTheNearestOfEachKind) {
  const Hint hints[] = {
      {"- macro: spawned_process\n  condition: evt.type=execve\n" + rule_with("spawn_process"), "spawned_process"},
      {rule_with("evt.type = opneat"), "openat"},
      {rule_with("proc.name startwith a"), "startswith"},
      {rule_with("to_lower(proc.name) = a"), "tolower"},
      {"- rule: R\n  desc: d\n  condition: evt.type=open\n  output: o\n  priority: WARNIG\n", "warning"},
      {"- rule: R\n  desc: d\n  conditon: x\n  condition: evt.type=open\n  output: o\n  priority: INFO\n", "condition"},
      {"- list: shells\n  items: [sh]\n" + rule_with("proc.name = x and y and shell"), ""},
      {rule_with("evt.type = open AND proc.name = x"), "and"}};
  for (const auto& hint : hints) {
    const auto result = load_yaml(hint.yaml);
    EXPECT_NE(as_text(result.diagnostics).find(hint.word), std::string::npos) << as_text(result.diagnostics);
    if (!hint.word.empty()) {
      EXPECT_NE(as_text(result.diagnostics).find("did you mean '" + hint.word), std::string::npos)
          << hint.word << "\n"
          << as_text(result.diagnostics);
    }
  }
}

TEST(Text, InvalidUtf8IsFound) {
  EXPECT_EQ(find_invalid_utf8("größe"), std::string::npos);
  EXPECT_EQ(find_invalid_utf8("a\xff"), 1U);
  EXPECT_EQ(find_invalid_utf8("\xC0\x80"), 0U);      // overlong
  EXPECT_EQ(find_invalid_utf8("\xED\xA0\x80"), 0U);  // surrogate
  EXPECT_EQ(find_invalid_utf8("\xF4\x90\x80\x80"), 0U);
}

}  // namespace
}  // namespace eunomia::lang
