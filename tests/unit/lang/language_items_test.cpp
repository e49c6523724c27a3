// SPDX-License-Identifier: Apache-2.0
//
// Every kind of item and key that a file can hold, once right, with what it means for an event and which warnings it
// draws, and once wrong, with the code and the exact bytes that are reported.
#include <gtest/gtest.h>

#include "tests/unit/lang/marked.h"

namespace eunomia::lang {
namespace {

const FieldMap event = {{"evt.type", "openat"},
                        {"fd.name", "/etc/passwd"},
                        {"proc.name", "cat"},
                        {"proc.pname", "sh"},
                        {"user.uid", "1000"}};

// Rule "R" on one line each.
std::string rule(const std::string& condition, const std::string& more = "") {
  return "- rule: R\n  desc: d\n  condition: evt.type=openat and " + condition + "\n  output: o\n  priority: INFO\n" +
         more;
}
std::string with_exception(const std::string& exception) {
  return rule("proc.name=cat", "  exceptions:\n    - " + exception + "\n");
}
const std::string is_cat = rule("proc.name=cat");
const std::string excepted = with_exception("{name: e, fields: [proc.name, proc.pname], values: [[a, b]]}");

struct Construct {
  const char* name;
  std::string right;
  const char* warnings;  // codes, in order
  bool matches;
  std::string wrong;  // with the marks
  const char* code;
};
class Items : public testing::TestWithParam<Construct> {};
TEST_P(Items, MeanThisAndRefuseThat) {
  const auto& row = GetParam();
  const auto result = load_yaml(row.right);
  EXPECT_EQ(codes(result), row.warnings) << as_text(result.diagnostics);
  ASSERT_TRUE(result.engine) << as_text(result.diagnostics);
  const auto sample = Sample::make(event);
  ASSERT_TRUE(sample);
  EXPECT_EQ(result.engine->match((*sample)->context()) != nullptr, row.matches) << row.right;
  expect_finding(row.wrong, row.code);
}
const auto name_of = [](const auto& info) { return std::string(info.param.name); };

INSTANTIATE_TEST_SUITE_P(
    Files, Items,
    testing::Values(
        Construct{"list_of_items", is_cat, "", true, "«r»ule: R\n", "E0105"},
        Construct{"documents", "---\n" + is_cat + "---\n---\n[]\n", "", true, "---\n[]\n---\n«t»ext\n", "E0105"},
        Construct{"kinds", is_cat, "", true, is_cat + "- «roole»: S\n", "W0502"},
        Construct{"item_is_a_mapping", is_cat, "", true, "- «[»rule]\n", "E0105"},
        Construct{"byte_order_mark", "\xEF\xBB\xBF" + is_cat, "", true, "\xEF\xBB\xBF" + is_cat + "  «tagz»: x\n",
                  "W0501"},
        Construct{"engine_version", "- required_engine_version: 0.57.0\n" + is_cat, "", true,
                  "- required_engine_version: «0.57»\n", "E0210"},
        Construct{"engine_version_of_old", "- required_engine_version: 31\n" + is_cat, "", true,
                  "- required_engine_version: «99999999999»\n", "E0210"},
        Construct{"engine_version_too_new", "- required_engine_version: 0.99.0\n" + is_cat, "W0516", true,
                  "- «r»equired_engine_version:\n", "E0210"},
        Construct{"plugin_versions",
                  "- required_plugin_versions:\n    - {name: a, version: 0.1.0, alternatives: [{name: b, version: "
                  "2.0.0}]}\n" +
                      is_cat,
                  "", true, "- required_plugin_versions:\n    - {name: a, version: «one»}\n", "E0210"},
        Construct{"plugin_alternatives", "- required_plugin_versions: []\n" + is_cat, "", true,
                  "- required_plugin_versions:\n    - {name: a, version: 1.0.0, alternatives: «b»}\n", "E0202"},
        Construct{"anchors",
                  "- list: a\n  items: &x [cat, dog]\n- list: b\n  items: *x\n" + rule("proc.name in (a, b)"), "", true,
                  "- list: a\n  items: «*»x\n", "E0104"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Lists, Items,
    testing::Values(
        Construct{"words", "- list: l\n  items: [dog, cat]\n" + rule("proc.name in (l)"), "", true,
                  "- list: l\n  items: «c»at\n", "E0202"},
        Construct{"numbers", "- list: l\n  items: [0, 1000]\n" + rule("user.uid in (l)"), "", true,
                  "- list: l\n  items: [0, «root»]\n" + rule("user.uid in (l)"), "E0305"},
        Construct{"yaml_words", "- list: l\n  items: [true, 1.5, 'no', cat]\n" + rule("proc.name in (l)"), "", true,
                  "- list: l\n  items: [«n»ull]\n", "E0202"},
        Construct{"names_of_lists",
                  "- list: a\n  items: [cat]\n- list: b\n  items: [dog, a]\n" + rule("proc.name in (b)"), "", true,
                  "- list: «a»\n  items: [b]\n- list: b\n  items: [a]\n" + rule("proc.name in (a)"), "E0304"},
        Construct{"of_its_own_name", "- list: cat\n  items: [cat, dog]\n" + rule("proc.name in (cat)"), "W0517", true,
                  "- list: cat\n  items: [«cat»]\n" + rule("proc.name in (cat)"), "W0517"},
        Construct{"in_any_order", rule("proc.name in (b)") + "- list: b\n  items: [a]\n- list: a\n  items: [cat]\n", "",
                  true, rule("proc.name in (b)") + "- list: b\n  items: [a]\n  «items»: []\n", "W0514"},
        Construct{"blanks_are_quoted", "- list: l\n  items: [two words, \"'t w'\", cat]\n" + rule("proc.name in (l)"),
                  "", true, "- list: l\n  items: ['«\"»two']\n" + rule("proc.name in (l)"), "E0301"},
        Construct{"empty", "- list: l\n  items: []\n" + rule("proc.name in (l, cat)"), "", true,
                  "- list: l\n  «i»tems:\n", "E0202"},
        Construct{"after_a_symbol", "- list: l\n  items: [cat]\n" + rule("proc.name=l"), "", true,
                  "- list: l\n  items: [«x»]\n" + rule("l"), "E0303"},
        Construct{"within_quotes_they_are_text", "- list: l\n  items: [cat]\n" + rule("proc.name in ('l')"), "W0507",
                  false, "- list: «l»\n  items: [cat]\n", "W0507"},
        Construct{"append",
                  "- list: l\n  items: [dog]\n" + rule("proc.name in (l)") +
                      "- list: l\n  items: [cat]\n  override: {items: append}\n",
                  "", true, "- list: «l»\n  items: [cat]\n  override: {items: append}\n", "E0205"},
        Construct{"replace",
                  "- list: l\n  items: [cat]\n" + rule("proc.name in (l)") +
                      "- list: l\n  items: [dog]\n  override: {items: replace}\n",
                  "", false, "- list: l\n  items: []\n- list: l\n  items: [a]\n  override: {items: «ad»}\n", "E0206"},
        Construct{
            "old_append",
            "- list: l\n  items: [dog]\n" + rule("proc.name in (l)") + "- list: l\n  items: [cat]\n  append: true\n",
            "W0503", true, "- list: l\n  items: [cat]\n  append: «maybe»\n", "E0202"},
        Construct{"names", "- list: my-list.1\n  items: [cat]\n" + rule("proc.name in (my-list.1)"), "", true,
                  "- list: «my list»\n  items: [cat]\n", "W0515"}),
    name_of);

const std::string macro_m = "- macro: m\n  condition: proc.name=cat\n";
INSTANTIATE_TEST_SUITE_P(
    Macros, Items,
    testing::Values(
        Construct{"condition", macro_m + rule("m"), "", true, "- «m»acro: m\n", "E0201"},
        Construct{"in_order", macro_m + "- macro: n\n  condition: m and m\n" + rule("not n"), "", false,
                  "- macro: n\n  condition: «m»\n" + macro_m + rule("n"), "E0303"},
        Construct{"rules_see_all", rule("m") + macro_m, "", true, rule("«n»") + macro_m, "E0303"},
        Construct{"redefined", macro_m + rule("m") + "- macro: m\n  condition: proc.name=dog\n", "W0519", false,
                  macro_m + rule("m") + "- macro: m\n  condition: «proc.nmae»=dog\n", "E0302"},
        Construct{"redefined_sees_what_is_above",
                  macro_m + "- macro: n\n  condition: proc.pname=sh\n" + rule("m") + "- macro: m\n  condition: n\n",
                  "W0519", true,
                  macro_m + "- macro: n\n  condition: «m»\n" + rule("m") + "- macro: m\n  condition: n\n", "E0304"},
        Construct{
            "append",
            macro_m + rule("m") + "- macro: m\n  condition: and proc.pname=zsh\n  override: {condition: append}\n", "",
            false, "- macro: «m»\n  condition: or evt.type=open\n  override: {condition: append}\n", "E0205"},
        Construct{"old_append", macro_m + rule("m") + "- macro: m\n  condition: and proc.pname=zsh\n  append: true\n",
                  "W0503", false, macro_m + rule("m") + "- macro: m\n  condition: «proc»\n  append: true\n", "E0301"},
        Construct{"names", "- macro: my_macro1\n  condition: proc.name=cat\n" + rule("my_macro1"), "", true,
                  "- macro: «1macro»\n  condition: proc.name=cat\n", "W0515"},
        Construct{"twice", macro_m + rule("m"), "", true,
                  macro_m + rule("m") + "- macro: «m»\n  condition: proc.pname=sh\n", "W0519"},
        Construct{"unused", macro_m + is_cat, "W0506", true, is_cat + "- macro: «m»\n  condition: proc.name=x\n",
                  "W0506"},
        Construct{"unused_with_unknown_field", "- macro: m\n  condition: new.field=1\n" + is_cat, "E0302 W0506", true,
                  "- macro: m\n  condition: new.field«[=1»\n", "E0301"}),
    name_of);

// A rule that changes R by an override, or by the old form.
std::string change(const std::string& keys, const std::string& how) {
  return "- rule: R\n" + keys + "  override: {" + how + "}\n";
}

INSTANTIATE_TEST_SUITE_P(
    Rules, Items,
    testing::Values(
        Construct{"keys_that_must_be", is_cat, "", true, "- «r»ule: R\n  desc: d\n  condition: x\n  priority: INFO\n",
                  "E0201"},
        Construct{"empty_desc", "- rule: R\n  desc: ''\n  condition: evt.type=openat\n  output: o\n  priority: INFO\n",
                  "", true, "- rule: R\n  «d»esc:\n  condition: evt.type=openat\n  output: o\n  priority: INFO\n",
                  "E0202"},
        Construct{"priority_in_any_case",
                  "- rule: R\n  desc: d\n  condition: evt.type=openat\n  output: o\n  priority: eMeRgency\n", "", true,
                  "- rule: R\n  desc: d\n  condition: evt.type=openat\n  output: o\n  priority: «warn»\n", "E0203"},
        Construct{"tags", rule("proc.name=cat", "  tags: [a, 1, a]\n"), "", true,
                  rule("proc.name=cat", "  tags: «a»\n"), "E0202"},
        Construct{"enabled", rule("proc.name=cat", "  enabled: No\n"), "", false,
                  rule("proc.name=cat", "  enabled: «of»\n"), "E0202"},
        Construct{
            "source", rule("proc.name=cat", "  source: syscall\n"), "", true,
            "- rule: K\n  desc: d\n  condition: ka.verb=get\n  output: o\n  priority: INFO\n  source: «k8s_audit»\n",
            "W0508"},
        Construct{
            "warn_evttypes",
            "- rule: R\n  desc: d\n  condition: proc.name=cat\n  output: o\n  priority: INFO\n  warn_evttypes: false\n",
            "", true, "- rule: «R»\n  desc: d\n  condition: proc.name=cat\n  output: o\n  priority: INFO\n", "W0504"},
        Construct{"skip_if_unknown_filter", rule("new.field=1", "  skip-if-unknown-filter: true\n"), "E0302", false,
                  rule("«new.field»=1", "  skip-if-unknown-filter: false\n"), "E0302"},
        Construct{"skip_is_for_fields_only", rule("evt.type=newcall", "  skip-if-unknown-filter: true\n"), "E0306",
                  false, rule("user.uid=«x»", "  skip-if-unknown-filter: true\n"), "E0305"},
        Construct{"capture", rule("proc.name=cat", "  capture: true\n  capture_duration: 500\n"), "", true,
                  rule("proc.name=cat", "  capture: «often»\n"), "E0202"},
        Construct{"unknown_key", rule("proc.name=cat", "  prio: 1\n"), "W0501", true,
                  rule("proc.name=cat", "  «taggs»: [a]\n"), "W0501"},
        Construct{"key_twice", rule("proc.name=cat", "  tags: [a]\n  tags: [b]\n"), "W0514", true,
                  rule("proc.name=cat", "  tags: [a]\n  «tags»: [b]\n"), "W0514"},
        Construct{"redefined", is_cat + rule("proc.name=dog"), "W0519", false,
                  is_cat + "- rule: «R»\n  desc: d\n  condition: evt.type=openat\n  output: o\n  priority: INFO\n  "
                           "source: other\n",
                  "E0211"},
        Construct{"enabled_alone", is_cat + "- rule: R\n  enabled: false\n", "W0503", false,
                  "- rule: «R»\n  enabled: false\n", "E0205"},
        Construct{"override_of_several",
                  is_cat + change("  condition: and proc.pname=zsh\n  priority: ERROR\n  desc: x\n  enabled: true\n",
                                  "condition: append, priority: replace, desc: append, enabled: replace"),
                  "", false,
                  is_cat + change("  condition: and proc.pname=zsh\n  «priority»: ERROR\n", "condition: append"),
                  "E0207"},
        Construct{"override_replaces",
                  is_cat + change("  condition: evt.type=open\n  output: p\n  tags: [x]\n",
                                  "condition: replace, output: replace, tags: replace"),
                  "", false, is_cat + change("  output: p\n", "output: replace, «tags»: append"), "E0207"},
        Construct{"override_of_what_is_not_there",
                  is_cat + change("  warn_evttypes: false\n", "warn_evttypes: replace"), "", true,
                  "- rule: «R»\n  desc: x\n  override: {desc: append}\n", "E0205"},
        Construct{"override_appends_texts_only", is_cat + change("  output: more\n", "output: append"), "", true,
                  is_cat + change("  priority: ERROR\n", "«priority»: append"), "E0206"},
        Construct{"override_is_a_mapping", is_cat + change("  desc: more\n", "desc: append"), "", true,
                  is_cat + "- rule: R\n  desc: x\n  override: «a»ppend\n", "E0206"},
        Construct{"old_append", is_cat + "- rule: R\n  condition: and proc.pname=zsh\n  append: true\n", "W0503", false,
                  is_cat + "- rule: R\n  condition: and evt.type=open\n  append: true\n  override: «{»desc: append}\n",
                  "E0208"},
        Construct{"old_append_of_other_keys",
                  is_cat + "- rule: R\n  condition: and proc.pname=sh\n  output: x\n  append: true\n", "W0503 W0510",
                  true, is_cat + "- «r»ule: R\n  append: true\n", "W0510"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Exceptions, Items,
    testing::Values(
        Construct{"lists", with_exception("{name: e, fields: [proc.name, proc.pname], values: [[x, y], [cat, sh]]}"),
                  "", false, with_exception("{name: e, fields: [proc.name, proc.pname], values: [«[»cat]]}"), "E0209"},
        Construct{"single_field", with_exception("{name: e, fields: proc.name, values: [x, cat]}"), "", false,
                  with_exception("{name: e, fields: proc.name, values: [«[»cat]]}"), "E0209"},
        Construct{"single_comp", with_exception("{name: e, fields: fd.name, comps: pmatch, values: [/etc]}"), "", false,
                  with_exception("{name: e, fields: fd.name, comps: «contains», values: [/etc]}"), "E0209"},
        Construct{"single_intersects", with_exception("{name: e, fields: proc.name, comps: intersects, values: [cat]}"),
                  "", false, with_exception("{name: e, fields: proc.name, comps: «[»in], values: [cat]}"), "E0209"},
        Construct{"comps",
                  with_exception(
                      "{name: e, fields: [proc.name, fd.name], comps: [in, startswith], values: [[[dog, cat], /etc]]}"),
                  "", false, with_exception("{name: e, fields: [proc.name], comps: [«like»], values: [[x]]}"), "E0209"},
        Construct{"comps_that_negate", with_exception("{name: e, fields: [proc.name], comps: ['!='], values: [[cat]]}"),
                  "", true, with_exception("{name: e, fields: [proc.name], comps: «i»n, values: [[cat]]}"), "E0209"},
        Construct{"list_comp_with_a_word",
                  with_exception("{name: e, fields: [proc.name], comps: [in], values: [[cat]]}"), "", false,
                  with_exception("{name: e, fields: [proc.name, proc.pname], comps: «[»in], values: [[cat, sh]]}"),
                  "E0209"},
        Construct{"list_comp_with_words",
                  with_exception("{name: e, fields: [proc.name], comps: [in], values: [['dog, cat']]}"), "", false,
                  with_exception("{name: e, fields: [proc.name], comps: [in], values: [['(dog «cat»)']]}"), "E0301"},
        Construct{"list_comp_with_parentheses",
                  with_exception("{name: e, fields: [proc.name], comps: [pmatch], values: [['(dog, cat)']]}"), "",
                  false, with_exception("{name: e, fields: [user.uid], comps: [in], values: [['(1, «x»)']]}"), "E0305"},
        Construct{"names_of_lists",
                  "- list: l\n  items: [dog, cat]\n" +
                      with_exception("{name: e, fields: [proc.name], comps: [in], values: [[l]]}"),
                  "", false, with_exception("{name: e, fields: [user.uid], values: [[«l»]]}"), "E0305"},
        Construct{"quoted_values", with_exception("{name: e, fields: proc.name, values: ['two words', '\"cat\"']}"), "",
                  false, with_exception("{name: e, fields: proc.name, values: ['«\"»cat']}"), "E0301"},
        Construct{"transformers", with_exception("{name: e, fields: [toupper(proc.name)], values: [[CAT]]}"), "", false,
                  with_exception("{name: e, fields: [toupper(«user.uid»)], values: [[CAT]]}"), "E0305"},
        Construct{"without_values", with_exception("{name: e, fields: [proc.name]}"), "", true,
                  with_exception("{name: e, fields: [proc.name, «proc.nmae»]}"), "E0302"},
        Construct{"empty_values", with_exception("{name: e, fields: [proc.name], values: []}"), "", true,
                  with_exception("{name: e, fields: [proc.name], «v»alues: }"), "E0209"},
        Construct{"empty", rule("proc.name=cat", "  exceptions:\n"), "", true,
                  rule("proc.name=cat", "  exceptions: «e»\n"), "E0209"},
        Construct{"is_a_mapping", excepted, "", true, with_exception("«e»"), "E0209"},
        Construct{"keys", with_exception("{name: e, fields: [proc.name], value: [[cat]]}"), "W0501", true,
                  with_exception("{name: e, fields: [proc.name], «value»: [[cat]]}"), "W0501"},
        Construct{"names", excepted, "", true, with_exception("«{»fields: [proc.name]}"), "E0201"},
        Construct{"append", excepted + change("  exceptions: [{name: e, values: [[cat, sh]]}]\n", "exceptions: append"),
                  "", false,
                  excepted +
                      change("  exceptions: [{name: «e», fields: [proc.name], values: [[a]]}]\n", "exceptions: append"),
                  "E0209"},
        Construct{"old_append",
                  excepted + "- rule: R\n  exceptions: [{name: e, values: [[cat, sh]]}]\n  append: true\n", "W0503",
                  false, excepted + "- rule: R\n  exceptions: [{name: «f», values: [[cat, sh]]}]\n  append: true\n",
                  "E0209"},
        Construct{
            "append_a_new_one",
            excepted + change("  exceptions: [{name: f, fields: proc.name, values: [cat]}]\n", "exceptions: append"),
            "", false, excepted + change("  exceptions: [{name: «f», values: [cat]}]\n", "exceptions: append"),
            "E0209"},
        Construct{"append_without_values", excepted + change("  exceptions: [{name: e}]\n", "exceptions: append"),
                  "W0510", true, excepted + change("  exceptions: [{name: «e»}]\n", "exceptions: append"), "W0510"},
        Construct{"replace",
                  with_exception("{name: e, fields: proc.name, values: [cat]}") +
                      change("  exceptions: [{name: e, fields: proc.name, values: [dog]}]\n", "exceptions: replace"),
                  "", true, excepted + change("  exceptions: [{name: «e», values: [[a, b]]}]\n", "exceptions: replace"),
                  "E0209"},
        Construct{
            "of_an_or",
            rule("proc.name=dog or evt.type=openat", "  exceptions: [{name: e, fields: proc.name, values: [cat]}]\n"),
            "", false, rule("proc.name=dog or", "  exceptions: [{name: «e», values: []}]\n"), "E0209"}),
    name_of);

}  // namespace
}  // namespace eunomia::lang
