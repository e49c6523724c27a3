// SPDX-License-Identifier: Apache-2.0
//
// What files hold: every kind of item and key, redefining and extending, exceptions; what is refused and what is
// remarked on.
#include <gtest/gtest.h>

#include "engine/lang/ir.h"
#include "tests/unit/lang/lang_fixture.h"

namespace eunomia::lang {
namespace {

constexpr std::string_view base =
    "- list: names\n  items: [a, b]\n"
    "- macro: named\n  condition: proc.name in (names)\n"
    "- rule: R\n  desc: first\n  condition: evt.type = execve and named\n  output: out %proc.name\n"
    "  priority: WARNING\n  tags: [one]\n";

std::string condition_of(const LoadResult& result, std::string_view rule = "R") {
  if (!result.engine) return as_text(result.diagnostics);
  return ir::to_string(result.engine->condition(*result.engine->find(rule)));
}

LoadResult with(std::string_view more) { return load_yaml(std::string(base) + std::string(more)); }

TEST(Loader, ReadsEveryKeyOfARule) {
  const auto result = load_yaml(
      "- required_engine_version: 0.57.0\n"
      "- required_plugin_versions: [{name: container, version: 0.4.0}]\n"
      "- rule: R\n  desc: d\n  condition: evt.type = execve\n  output: o\n  priority: Info\n  tags: [a, b]\n"
      "  enabled: false\n  source: syscall\n  warn_evttypes: false\n  skip-if-unknown-filter: true\n  capture: true\n");
  ASSERT_TRUE(result.engine) << as_text(result.diagnostics);
  EXPECT_EQ(codes(result), "");
  EXPECT_EQ(result.requirements, (std::vector<std::string>{"engine 0.57.0", "plugin container 0.4.0"}));
  const auto& rule = result.engine->rules()[0];
  EXPECT_EQ(rule.priority, Priority::informational);
  EXPECT_FALSE(rule.enabled);
  EXPECT_EQ(rule.tags, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(result.engine->events().none());  // disabled rules need no events
  EXPECT_TRUE(rule.events.test(EV_EXECVE));
}

TEST(Loader, AnEmptyFileHasNoRules) {
  for (const auto* text : {"", "# nothing\n", "---\n", "[]\n"}) {
    const auto result = load_yaml(text);
    ASSERT_TRUE(result.engine) << text;
    EXPECT_TRUE(result.engine->rules().empty());
  }
}

TEST(Loader, ALaterItemRedefinesInThePlaceOfTheEarlier) {
  const auto result = with(
      "- rule: S\n  desc: d\n  condition: evt.type = open\n  output: o\n  priority: INFO\n"
      "- rule: R\n  desc: again\n  condition: evt.type = openat\n  output: p\n  priority: DEBUG\n"
      "- list: names\n  items: [c]\n");
  ASSERT_TRUE(result.engine) << as_text(result.diagnostics);
  EXPECT_EQ(result.engine->rules()[0].name, "R");
  EXPECT_EQ(result.engine->rules()[0].description, "again");
  EXPECT_EQ(condition_of(result), "evt.type = openat");
}

TEST(Loader, ARedefinedListOrMacroIsWhatEveryoneSees) {
  EXPECT_EQ(condition_of(with("- list: names\n  items: [c]\n")), "evt.type = execve and proc.name in (c)");
  EXPECT_EQ(condition_of(with("- macro: named\n  condition: proc.name = z\n")), "evt.type = execve and proc.name = z");
}

TEST(Loader, OverrideAppends) {
  EXPECT_EQ(condition_of(with("- list: names\n  items: [c]\n  override: {items: append}\n")),
            "evt.type = execve and proc.name in (a, b, c)");
  EXPECT_EQ(condition_of(with("- macro: named\n  condition: or proc.pid = 1\n  override: {condition: append}\n")),
            "evt.type = execve and (proc.name in (a, b) or proc.pid = 1)");
  const auto result = with(
      "- rule: R\n  condition: and proc.pid = 1\n  output: more\n  desc: second\n  tags: [two, one]\n"
      "  override: {condition: append, output: append, desc: append, tags: append}\n");
  EXPECT_EQ(condition_of(result), "evt.type = execve and proc.name in (a, b) and proc.pid = 1");
  const auto& rule = result.engine->rules()[0];
  EXPECT_EQ(rule.output, "out %proc.name more");
  EXPECT_EQ(rule.description, "first second");
  EXPECT_EQ(rule.tags, (std::vector<std::string>{"one", "two"}));
}

TEST(Loader, OverrideReplaces) {
  const auto result = with(
      "- rule: R\n  condition: evt.type = open\n  output: o2\n  desc: d2\n  priority: ERROR\n  tags: [x]\n  enabled: "
      "false\n"
      "  warn_evttypes: false\n  skip-if-unknown-filter: true\n  capture: false\n"
      "  override: {condition: replace, output: replace, desc: replace, priority: replace, tags: replace,\n"
      "             enabled: replace, warn_evttypes: replace, skip-if-unknown-filter: replace, capture: replace}\n");
  ASSERT_TRUE(result.engine) << as_text(result.diagnostics);
  const auto& rule = result.engine->rules()[0];
  EXPECT_EQ(condition_of(result), "evt.type = open");
  EXPECT_EQ(rule.priority, Priority::error);
  EXPECT_EQ(rule.tags, std::vector<std::string>{"x"});
  EXPECT_FALSE(rule.enabled);
}

TEST(Loader, TheOldFormsWorkAndAreRemarkedOn) {
  const auto appended = with("- rule: R\n  condition: and proc.pid = 1\n  append: true\n");
  EXPECT_EQ(condition_of(appended), "evt.type = execve and proc.name in (a, b) and proc.pid = 1");
  EXPECT_EQ(codes(appended), "W0503");
  const auto list = with("- list: names\n  items: [c]\n  append: true\n");
  EXPECT_EQ(condition_of(list), "evt.type = execve and proc.name in (a, b, c)");
  const auto disabled = with("- rule: R\n  enabled: false\n");
  ASSERT_TRUE(disabled.engine);
  EXPECT_FALSE(disabled.engine->rules()[0].enabled);
  EXPECT_EQ(codes(disabled), "W0503");
}

struct Refused {
  const char* name;
  std::string yaml;
  const char* code;
};
class LoaderRefuses : public testing::TestWithParam<Refused> {};
TEST_P(LoaderRefuses, WithAnError) {
  const auto result = with(GetParam().yaml);
  EXPECT_FALSE(result.engine);
  EXPECT_NE(codes(result).find(GetParam().code), std::string::npos) << as_text(result.diagnostics);
}

const std::string head = "- rule: N\n  desc: d\n  output: o\n  priority: INFO\n  condition: ";
INSTANTIATE_TEST_SUITE_P(
    Items, LoaderRefuses,
    testing::Values(
        Refused{"no_condition", "- rule: N\n  desc: d\n  output: o\n  priority: INFO\n", "E0201"},
        Refused{"no_output", "- rule: N\n  desc: d\n  condition: evt.type=open\n  priority: INFO\n", "E0201"},
        Refused{"no_desc", "- rule: N\n  output: d\n  condition: evt.type=open\n  priority: INFO\n", "E0201"},
        Refused{"empty_condition", "- rule: N\n  desc: d\n  output: o\n  condition: ''\n  priority: INFO\n", "E0202"},
        Refused{"condition_is_a_list", "- macro: m\n  condition: [a]\n", "E0202"},
        Refused{"priority", "- rule: N\n  desc: d\n  output: o\n  condition: evt.type=open\n  priority: WARN\n",
                "E0203"},
        Refused{"no_items", "- list: l\n", "E0201"}, Refused{"items_are_no_list", "- list: l\n  items: x\n", "E0202"},
        Refused{"item_is_a_map", "- list: l\n  items: [{a: b}]\n", "E0202"},
        Refused{"not_a_map", "- just a text\n", "E0105"},
        Refused{"append_to_nothing", "- rule: X\n  condition: and proc.pid=1\n  override: {condition: append}\n",
                "E0205"},
        Refused{"append_macro_to_nothing", "- macro: x\n  condition: or proc.pid=1\n  append: true\n", "E0205"},
        Refused{"append_list_to_nothing", "- list: x\n  items: [a]\n  override: {items: append}\n", "E0205"},
        Refused{"enable_nothing", "- rule: X\n  enabled: true\n", "E0205"},
        Refused{"append_priority", "- rule: R\n  priority: INFO\n  override: {priority: append}\n", "E0206"},
        Refused{"override_word", "- rule: R\n  desc: x\n  override: {desc: add}\n", "E0206"},
        Refused{"override_key", "- rule: R\n  desc: x\n  override: {description: append}\n", "E0206"},
        Refused{"override_not_given", "- rule: R\n  desc: x\n  override: {output: append}\n", "E0207"},
        Refused{"given_without_override", "- rule: R\n  desc: x\n  output: y\n  override: {desc: append}\n", "E0207"},
        Refused{"append_and_override", "- rule: R\n  desc: x\n  append: true\n  override: {desc: append}\n", "E0208"},
        Refused{"version", "- required_engine_version: soon\n", "E0210"},
        Refused{
            "source",
            "- rule: R\n  desc: x\n  condition: evt.type=open\n  output: o\n  priority: INFO\n  source: k8s_audit\n",
            "E0211"}),
    [](const auto& i) { return std::string(i.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Conditions, LoaderRefuses,
    testing::Values(
        Refused{"syntax", head + "proc.name = \n", "E0301"},
        Refused{"and_alone", head + "evt.type=open and\n", "E0301"},
        Refused{"open_parenthesis", head + "(evt.type=open\n", "E0301"},
        Refused{"two_checks", head + "evt.type=open proc.pid=1\n", "E0301"},
        Refused{"no_operator", head + "proc.name cat\n", "E0301"},
        Refused{"quote", head + "'proc.name = \"x'\n", "E0301"},
        Refused{"escape", head + "'proc.name = \"\\q\"'\n", "E0301"},
        Refused{"list", head + "proc.name in (a b)\n", "E0301"}, Refused{"no_number", head + "proc.pid > x\n", "E0301"},
        Refused{"number_and_more", head + "proc.pid > 5\\6\n", "E0301"},
        Refused{"field", head + "proc.nmae = x\n", "E0302"}, Refused{"argument", head + "proc.name[1] = x\n", "E0302"},
        Refused{"macro", head + "nmaed\n", "E0303"},
        Refused{"later_macro", "- macro: early\n  condition: late\n- macro: late\n  condition: proc.pid=1\n", "E0303"},
        Refused{"self", "- macro: self\n  condition: self\n", "E0303"},
        Refused{"macro_cycle",
                "- macro: p\n  condition: proc.pid=1\n- macro: q\n  condition: p\n- macro: p\n  condition: q\n",
                "E0304"},
        Refused{"list_cycle", "- list: x\n  items: [y]\n- list: y\n  items: [x]\n" + head + "proc.name in (x)\n",
                "E0304"},
        Refused{"number", head + "proc.pid = abc\n", "E0305"},
        Refused{"number_range", head + "proc.pid = 99999999999999999999\n", "E0305"},
        Refused{"flag", head + "evt.is_open_read = maybe\n", "E0305"},
        Refused{"address", head + "fd.sip = 1.2.3\n", "E0305"},
        Refused{"network", head + "fd.snet = 10.0.0.0/33\n", "E0305"},
        Refused{"hex", head + "fd.name bcontains xyz\n", "E0305"},
        Refused{"transformer_type", head + "tolower(proc.pid) = 1\n", "E0305"},
        Refused{"arity", head + "join(proc.aname) = 1\n", "E0305"},
        Refused{"val_type", head + "proc.pid = val(proc.name)\n", "E0305"},
        Refused{"event_type", head + "evt.type = opne\n", "E0306"},
        Refused{"regex", head + "fd.name regex '['\n", "E0307"},
        Refused{"operator_type", head + "proc.pid contains 1\n", "E0309"},
        Refused{"order_of_flags", head + "evt.is_open_read > 1\n", "E0309"}),
    [](const auto& i) { return std::string(i.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Outputs, LoaderRefuses,
    testing::Values(
        Refused{"field", "- rule: N\n  desc: d\n  condition: evt.type=open\n  priority: INFO\n  output: a %proc.nmae\n",
                "E0401"},
        Refused{"percent", "- rule: N\n  desc: d\n  condition: evt.type=open\n  priority: INFO\n  output: a 100%\n",
                "E0402"}),
    [](const auto& i) { return std::string(i.param.name); });

struct Remarked {
  const char* name;
  std::string yaml;
  const char* code;
};
class LoaderRemarks : public testing::TestWithParam<Remarked> {};
TEST_P(LoaderRemarks, AndLoads) {
  const auto result = with(GetParam().yaml);
  EXPECT_TRUE(result.engine) << as_text(result.diagnostics);
  EXPECT_NE(codes(result).find(GetParam().code), std::string::npos) << as_text(result.diagnostics);
}
INSTANTIATE_TEST_SUITE_P(
    Warnings, LoaderRemarks,
    testing::Values(
        Remarked{"unknown_key",
                 "- rule: R\n  desc: d\n  condition: evt.type=open\n  output: o\n  priority: INFO\n  prioritty: x\n",
                 "W0501"},
        Remarked{"unknown_item", "- macros: x\n  condition: y\n", "W0502"},
        Remarked{"twice", "- list: l\n  items: [a]\n  items: [b]\n", "W0514"},
        Remarked{"no_event_type", head + "proc.name = x\n", "W0504"},
        Remarked{"never", head + "evt.type = kexec_load\n", "W0505"},
        Remarked{"expensive", head + "evt.type=openat and fd.name regex '.*[0-9]+'\n", "W0512"},
        Remarked{"evt_dir", head + "evt.type=open and evt.dir=<\n", "W0503"},
        Remarked{"container_info",
                 "- rule: N\n  desc: d\n  condition: evt.type=open\n  priority: INFO\n  output: a %container.info b\n",
                 "W0503"},
        Remarked{"macro_name", "- macro: my-macro\n  condition: proc.pid=1\n", "W0515"},
        Remarked{"list_name", "- list: 'a b'\n  items: []\n", "W0515"},
        Remarked{"unused_macro", "- macro: m\n  condition: proc.pid=1\n", "W0506"},
        Remarked{"unused_list", "- list: l\n  items: [a]\n", "W0507"},
        Remarked{"source",
                 "- rule: K\n  desc: d\n  condition: ka.verb=get\n  output: '%ka.x'\n  priority: INFO\n  source: "
                 "k8s_audit\n",
                 "W0508"},
        Remarked{"unfilled_field", head + "evt.type=open and proc.vmrss > 5\n", "W0509"},
        Remarked{"skipped",
                 "- rule: N\n  desc: d\n  skip-if-unknown-filter: true\n  condition: evt.type=open and new.field=1\n  "
                 "output: o\n  priority: INFO\n",
                 "E0302"},
        Remarked{"field_of_unused_macro", "- macro: m\n  condition: new.field=1\n", "E0302"}),
    [](const auto& i) { return std::string(i.param.name); });

TEST(Loader, ARegexBehindACheaperConditionIsNotExpensive) {
  EXPECT_EQ(codes(load_yaml(rule_with("evt.type=openat and fd.name startswith /etc/ and fd.name regex '.*[0-9]+'"))),
            "");
}

TEST(Loader, WarnEvttypesFalseSilencesTheRemark) {
  EXPECT_EQ(
      codes(with(
          "- rule: N\n  desc: d\n  condition: proc.name=x\n  output: o\n  priority: INFO\n  warn_evttypes: false\n")),
      "");
}

std::string exception_of(std::string_view exceptions) {
  const auto result = load_yaml(
      "- rule: R\n  desc: d\n  condition: evt.type=execve or evt.type=execveat\n  output: o\n  priority: INFO\n  "
      "exceptions:\n" +
      std::string(exceptions));
  auto text = condition_of(result);
  const std::string head_text = "(evt.type = execve or evt.type = execveat)";
  return text.starts_with(head_text) ? text.substr(head_text.size()) : text;
}

TEST(Exceptions, OfEveryShape) {
  EXPECT_EQ(exception_of("    - name: e\n      fields: proc.name\n      values: [a, b c]\n"),
            " and not proc.name in (a, \"b c\")");
  EXPECT_EQ(exception_of("    - name: e\n      fields: fd.name\n      comps: pmatch\n      values: [/a]\n"),
            " and not fd.name pmatch (/a)");
  EXPECT_EQ(exception_of("    - name: e\n      fields: [proc.name, fd.num]\n      values: [[a, 1], [b, 2]]\n"),
            " and not ((proc.name = a and fd.num = 1) or (proc.name = b and fd.num = 2))");
  EXPECT_EQ(exception_of("    - name: e\n      fields: [proc.name, proc.pname]\n      comps: [in, startswith]\n      "
                         "values: [[[a, b], c]]\n"),
            " and not (proc.name in (a, b) and proc.pname startswith c)");
  EXPECT_EQ(exception_of("    - name: e\n      fields: [proc.name]\n      comps: [in]\n      values: [[\"(a, b)\"]]\n"),
            " and not proc.name in (a, b)");
  EXPECT_EQ(
      exception_of(
          "    - name: e\n      fields: [proc.name, proc.pname]\n      comps: [in, \"=\"]\n      values: [[a, b]]\n"),
      " and not (proc.name in (a) and proc.pname = b)");
  EXPECT_EQ(exception_of("    - name: e\n      fields: [proc.name]\n"), "evt.type = execve or evt.type = execveat");
}

TEST(Exceptions, AreExtendedByOthers) {
  const auto result = load_yaml(
      "- rule: R\n  desc: d\n  condition: evt.type=execve\n  output: o\n  priority: INFO\n  exceptions:\n"
      "    - name: e\n      fields: [proc.name]\n      values: [[a]]\n"
      "- rule: R\n  exceptions:\n    - name: e\n      values: [[b]]\n    - name: f\n      fields: proc.pname\n      "
      "values: [c]\n"
      "  override: {exceptions: append}\n");
  EXPECT_EQ(condition_of(result),
            "evt.type = execve and not (proc.name = a or proc.name = b) and not proc.pname in (c)");
}

INSTANTIATE_TEST_SUITE_P(
    Exceptions, LoaderRefuses,
    testing::Values(
        Refused{"no_fields", head + "evt.type=open\n  exceptions: [{name: e, values: [[a]]}]\n", "E0209"},
        Refused{"no_name", head + "evt.type=open\n  exceptions: [{fields: [proc.name]}]\n", "E0201"},
        Refused{
            "two_of_a_name",
            head + "evt.type=open\n  exceptions: [{name: e, fields: [proc.name]}, {name: e, fields: [proc.name]}]\n",
            "E0209"},
        Refused{"comps_count",
                head + "evt.type=open\n  exceptions: [{name: e, fields: [proc.name], comps: [in, in]}]\n", "E0209"},
        Refused{"comps_word", head + "evt.type=open\n  exceptions: [{name: e, fields: [proc.name], comps: [like]}]\n",
                "E0209"},
        Refused{"single_comp",
                head + "evt.type=open\n  exceptions: [{name: e, fields: proc.name, comps: startswith}]\n", "E0209"},
        Refused{"values_count",
                head + "evt.type=open\n  exceptions: [{name: e, fields: [proc.name, fd.num], values: [[a]]}]\n",
                "E0209"},
        Refused{"field", head + "evt.type=open\n  exceptions: [{name: e, fields: [proc.nmae], values: [[a]]}]\n",
                "E0302"}),
    [](const auto& i) { return std::string(i.param.name); });

TEST(Loader, ReportsAllErrorsOfAllItems) {
  const auto result =
      load_yaml("- macro: m\n  condition: proc.nmae = x and fd.nmae = y\n" + rule_with("m and evt.type = opne", "A") +
                rule_with("not (", "B") + "- list: l\n  items: 5\n");
  EXPECT_FALSE(result.engine);
  for (const auto* code : {"E0202", "E0301", "E0302", "E0306"})
    EXPECT_NE(codes(result).find(code), std::string::npos) << code << "\n" << as_text(result.diagnostics);
  EXPECT_NE(as_text(result.diagnostics).find("fd.nmae"), std::string::npos);
}

TEST(Loader, AnErrorInAMacroIsSaidOnce) {
  const auto result = load_yaml("- macro: m\n  condition: proc.nmae = x\n" + rule_with("m", "A") + rule_with("m", "B"));
  EXPECT_EQ(codes(result), "E0302");
}

}  // namespace
}  // namespace eunomia::lang
