// SPDX-License-Identifier: Apache-2.0
//
// The caret stands under the exact token in every style of YAML, whatever stands before it.
#include <gtest/gtest.h>

#include "tests/unit/lang/marked.h"

namespace eunomia::lang {
namespace {

struct Style {
  const char* name;
  std::string condition;  // from behind "condition:" on, with the marks
};
class CaretIn : public testing::TestWithParam<Style> {};
TEST_P(CaretIn, IsUnderTheToken) {
  const std::string head = "- rule: R\n  desc: d\n  output: o\n  priority: INFO\n  condition:";
  expect_finding(head + GetParam().condition + "\n  tags: [a]\n", "E0302");
}

INSTANTIATE_TEST_SUITE_P(
    Styles, CaretIn,
    testing::Values(
        Style{"plain", " evt.type=open and «proc.nmae»=x"},
        Style{"plain_on_the_next_line", "\n    evt.type=open and «proc.nmae»=x"},
        Style{"plain_over_lines", " evt.type=open\n    and fd.num>1\n\n    and «proc.nmae»=x\n    and fd.num>2"},
        Style{"plain_with_tabs", " evt.type=open\tand\t«proc.nmae»=x"},
        Style{"plain_with_utf8", " fd.name=/größe/日本/𝄞 and «proc.nmae»=x"},
        Style{"single_quoted", " 'fd.name=\"a\" and fd.name!=''b c'' and «proc.nmae»=''x'''"},
        Style{"single_quoted_over_lines", " 'evt.type=open\n    and\n\n    fd.name!=''b'' and «proc.nmae»=x'"},
        Style{"double_quoted", " \"fd.name=\\\"a\\\" and \\x66d.num>1 and \\u0066d.num>1 and «proc.nmae»=x\""},
        Style{"double_quoted_over_lines", " \"evt.type=open\n    and fd.num>1 \\\n    and\\n\\t«proc.nmae»=x\""},
        Style{"double_quoted_with_utf8_escapes", " \"fd.name='\\u00e9\\U0001D11E\\xe9é' and «proc.nmae»=x\""},
        Style{"folded", " >\n    evt.type=open\n    and «proc.nmae»=x\n    and fd.num>1"},
        Style{"folded_and_stripped", " >-\n    evt.type=open\n      and (fd.num>1\n\n      or «proc.nmae»=x)"},
        Style{"folded_and_kept", " >+\n    evt.type=open\n    and «proc.nmae»=x\n\n"},
        Style{"folded_with_blank_lines_first", " >\n\n\n    evt.type=open and «proc.nmae»=x"},
        Style{"folded_with_a_comment", " > # why\n    evt.type=open and «proc.nmae»=x"},
        Style{"folded_with_blanks_behind", " >  \n    evt.type=open   \n    and «proc.nmae»=x"},
        Style{"literal", " |\n    evt.type=open\n    and «proc.nmae»=x"},
        Style{"literal_with_indentation", " |2\n      evt.type=open\n    and «proc.nmae»=x"},
        Style{"literal_with_tabs", " |\n    evt.type=open\n    \tand\t«proc.nmae»=x"},
        Style{"literal_with_utf8", " |-\n    fd.name=/größe\n    and fd.name!=日本 and «proc.nmae»=x"},
        Style{"anchored", " &c evt.type=open and «proc.nmae»=x"},
        Style{"anchored_block", " &c >-\n    evt.type=open\n    and «proc.nmae»=x"},
        Style{"tagged", " !!str evt.type=open and «proc.nmae»=x"},
        Style{"tagged_with_a_comment", " !!str # why: this\n    evt.type=open and «proc.nmae»=x"},
        Style{"tagged_and_quoted", " !!str \"evt.type=open and «proc.nmae»=x\""}),
    [](const auto& i) { return std::string(i.param.name); });

TEST(Caret, InFlowStyle) {
  expect_finding("[{rule: R, desc: d, output: o, priority: INFO, condition: evt.type=open and «proc.nmae»=x}]\n",
                 "E0302");
  expect_finding("[{rule: R, desc: d, output: o, priority: INFO, condition: \"evt.type=open and «proc.nmae»=x\"}]\n",
                 "E0302");
}
TEST(Caret, InAFlowList) {
  expect_finding("- list: l\n  items: [1, 2,\n    '7',  # a comment\n    \"3\", \"«four»\"]\n" +
                     rule_with("evt.type=connect and fd.sport in (1, l)"),
                 "E0305");
}
TEST(Caret, InABlockList) {
  expect_finding("- list: l\n  items:\n    - 1\n    - «four»\n" + rule_with("evt.type=connect and fd.sport in (l)"),
                 "E0305");
}
TEST(Caret, InAnAlias) {
  expect_finding(
      "- macro: m\n  condition: &c evt.type=open and «proc.nmae»=x\n- rule: R\n  desc: d\n  output: o\n"
      "  priority: INFO\n  condition: *c\n",
      "E0302");
}
TEST(Caret, WithWindowsLineEndsInABlock) {
  expect_finding(
      "- rule: R\r\n  desc: d\r\n  output: o\r\n  priority: INFO\r\n  condition: |\r\n    evt.type=open\r\n"
      "    and «proc.nmae»=x\r\n",
      "E0302");
}
TEST(Caret, InTextOnTerminalsCountsCodePoints) {
  const auto result = load_yaml("- macro: m\n  condition: fd.name=größe and proc.nmae=x\n" + rule_with("m"));
  const auto text = as_text(result.diagnostics);
  EXPECT_NE(text.find("    condition: fd.name=größe and proc.nmae=x\n"
                      "                                 ^~~~~~~~~\n"),
            std::string::npos)
      << text;
}

}  // namespace
}  // namespace eunomia::lang
