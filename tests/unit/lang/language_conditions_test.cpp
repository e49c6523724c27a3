// SPDX-License-Identifier: Apache-2.0
//
// Every construct of conditions and outputs, once right, with what it means for an event, and once wrong, with the code
// and the exact bytes that are reported.
#include <gtest/gtest.h>

#include "tests/unit/lang/marked.h"

namespace eunomia::lang {
namespace {

const FieldMap on_open = {
    {"evt.type", "openat"},           {"fd.name", "/etc/passwd"}, {"proc.name", "cat"},
    {"proc.pname", "bash"},           {"proc.aname[2]", "sshd"},  {"proc.cmdline", "cat -nT /etc/passwd"},
    {"container.id", "0123456789ab"}, {"container.name", "Y2F0"}, {"user.uid", "1000"}};
const FieldMap on_connect = {{"evt.type", "connect"}, {"fd.name", "10.0.0.2:40000->93.184.216.34:443"}};
const FieldMap on_connect6 = {{"evt.type", "connect"}, {"fd.name", "::1:40000->2001:db8::2:443"}};

struct Construct {
  const char* name;
  std::string right;
  bool matches;
  std::string wrong;  // with the marks
  const char* code;
  const FieldMap& event = on_open;
};

class Conditions : public testing::TestWithParam<Construct> {};
TEST_P(Conditions, MeanThisAndRefuseThat) {
  const auto& row = GetParam();
  EXPECT_EQ(lang::matches(row.right, row.event), row.matches) << row.right;
  expect_finding(rule_with(row.wrong), row.code);
}
const auto name_of = [](const auto& info) { return std::string(info.param.name); };

INSTANTIATE_TEST_SUITE_P(
    Logic, Conditions,
    testing::Values(
        Construct{"and_", "proc.name=cat and proc.pname=bash", true, "proc.name=cat «AND» proc.pname=bash", "E0301"},
        Construct{"or_", "proc.name=dog or proc.pname=bash", true, "proc.name=cat or «or» proc.name=x", "E0301"},
        Construct{"not_", "not proc.name=cat", false, "proc.name=cat «not» proc.name=x", "E0301"},
        Construct{"parentheses", "(proc.name=dog or proc.name=cat) and proc.pname=zsh", false,
                  "(proc.name=cat «proc.pname» = bash)", "E0301"},
        Construct{"depth", std::string(250, '(') + "proc.name=cat" + std::string(250, ')'), true,
                  std::string(250, '(') + "«(»proc.name=cat" + std::string(251, ')'), "E0308"},
        Construct{"keywords_end_at_blanks_or_parentheses", "not(proc.name=dog)and(proc.name=cat)", true,
                  "proc.name=cat «andproc.name»=cat", "E0301"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Operators, Conditions,
    testing::Values(
        Construct{"exists", "proc.name exists", true, "proc.name «existing»", "E0301"},
        Construct{"lt", "user.uid < 1000", false, "user.uid < «x»", "E0301"},
        Construct{"le", "user.uid <= 1000", true, "user.uid <= «99999999999999999999»", "E0305"},
        Construct{"gt", "user.uid > 999.5", true, "user.uid > «1.2.3»", "E0305"},
        Construct{"ge", "user.uid >= 999.5", true, "fd.sip «>=» 1", "E0309"},
        Construct{"lt_decimal", "user.uid < 1000.5", true, "user.uid < «1e30»", "E0305"},
        Construct{"le_decimal", "user.uid <= 999.5", false, "user.uid = «999.5»", "E0305"},
        Construct{"eq", "proc.name = cat", true, "user.uid = «0xzz»", "E0305"},
        Construct{"eqeq", "proc.name==cat", true, "proc.name==«=»cat", "E0301"},
        Construct{"ne", "proc.name != dog", true, "user.uid != «dog»", "E0305"},
        Construct{"contains", "fd.name contains pass", true, "user.uid «contains» 1", "E0309"},
        Construct{"icontains", "fd.name icontains PASS", true, "fd.sip «icontains» 1", "E0309"},
        Construct{"bcontains", "fd.name bcontains 706173", true, "fd.name bcontains «70617»", "E0305"},
        Construct{"startswith", "fd.name startswith /etc", true, "fd.name «startwith» /etc", "E0301"},
        Construct{"bstartswith", "fd.name bstartswith 2F6574", true, "fd.name bstartswith «/etc»", "E0305"},
        Construct{"endswith", "fd.name endswith /passwd", true, "evt.is_open_read «endswith» e", "E0309"},
        Construct{"glob", "fd.name glob '/etc/p?ss*'", true, "user.uid «glob» 1*", "E0309"},
        Construct{"iglob", "fd.name iglob '/ETC/P?SS*'", true, "user.uid «iglob» 1*", "E0309"},
        Construct{"regex_is_of_the_whole", "fd.name regex '/etc'", false, "fd.name regex «'/etc/('»", "E0307"},
        Construct{"in", "proc.name in(dog,cat)", true, "proc.name in (dog «cat»)", "E0301"},
        Construct{"in_of_numbers", "user.uid in (0, 1000)", true, "user.uid in (0, «root»)", "E0305"},
        Construct{"intersects", "proc.name intersects (dog, cat)", true, "proc.name intersects (dog,«)»", "E0301"},
        Construct{"pmatch", "fd.name pmatch (/usr, /e*)", true, "user.uid «pmatch» (/etc)", "E0309"},
        Construct{"anyof", "fd.name startswith anyof (/usr, /etc)", true, "fd.name in anyof «(»/usr, /etc)", "E0301"},
        Construct{"allof", "fd.name contains allof (etc, pass)", true, "user.uid «contains» allof (1)", "E0309"},
        Construct{"oneof", "fd.name contains oneof (etc, pass)", false, "fd.name startswith oneof (/a «/b»)", "E0301"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Terms, Conditions,
    testing::Values(
        Construct{"tolower", "tolower(proc.name) = cat", true, "tolower(«user.uid») = 1", "E0305"},
        Construct{"toupper", "toupper(proc.name) = CAT", true, "«to_upper»(proc.name) = CAT", "E0301"},
        Construct{"b64", "b64(container.name) = cat", true, "b64(«user.uid») = x", "E0305"},
        Construct{"basename", "basename(fd.name) = passwd", true, "basename(«)» = x", "E0301"},
        Construct{"len", "len(proc.name) = 3", true, "len(proc.name) = «three»", "E0305"},
        Construct{"join", "join(proc.aname, \"/\") = bash/sshd", true, "«join(proc.aname)» = x", "E0305"},
        Construct{"concat", "concat(proc.name, \"-\", proc.pname) = cat-bash", true, "«concat(proc.name)» = x",
                  "E0305"},
        Construct{"getopt", "getopt(proc.args, \"nT\") intersects (T)", true,
                  "getopt(proc.args, «proc.name») intersects (T)", "E0305"},
        Construct{"getopt_of_one", "getopt(proc.args, \"n:\")[n] = T", true, "getopt(proc.args, \"n:\")«[» = T",
                  "E0301"},
        Construct{"nested", "toupper(basename(fd.name)) = PASSWD", true, "toupper(basename(fd.name) «=» PASSWD",
                  "E0301"},
        Construct{"transformer_without_field", "len(fd.name) > 3", true, "len(«x») > 3", "E0305"},
        Construct{"val", "proc.name = val(proc.name)", true, "user.uid = «val(proc.name)»", "E0305"},
        Construct{"val_wants_a_field", "proc.name != val(proc.pname)", true, "proc.name = val(«cat»)", "E0305"},
        Construct{"val_of_regex", "proc.name startswith val(proc.name)", true, "proc.name regex «val(proc.pname)»",
                  "E0309"},
        Construct{"index", "proc.aname[2] = sshd", true, "«proc.aname[x]» = sshd", "E0302"},
        Construct{"negative_index", "proc.aname[1] = bash", true, "«proc.aname[-1]» = sshd", "E0302"},
        Construct{"argument_by_name", "evt.arg.flags = O_RDONLY", true, "«evt.arg» = O_RDONLY", "E0302"},
        Construct{"argument_by_number", "evt.arg[1] exists", true, "evt.arg«[»] exists", "E0301"},
        Construct{"argument_in_quotes", "evt.arg[\"flags\"] = O_RDONLY", true, "evt.arg«[\"flags\"» exists", "E0301"},
        Construct{"raw_argument", "evt.rawarg.flags >= 0", true, "«evt.rawarg» >= 0", "E0302"},
        Construct{"key", "not proc.env[NO_SUCH] = x", true, "«proc.name[HOME]» = x", "E0302"},
        Construct{"key_with_slashes", "not container.label[a.b/c-d] = x", true, "«container.label» = x", "E0302"},
        Construct{"unknown_field", "proc.name = cat", true, "«proc.nmae» = cat", "E0302"},
        Construct{"quotes", "proc.cmdline = \"cat -nT /etc/passwd\"", true, "proc.cmdline = «\"»cat", "E0301"},
        Construct{"single_quotes", "proc.cmdline = 'cat -nT /etc/passwd'", true, "proc.cmdline = 'a«\\q»'", "E0301"},
        Construct{"bare_values", "fd.name = /etc/passwd", true, "fd.name = «=»/etc", "E0301"}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Meanings, Conditions,
    testing::Values(
        Construct{"missing_is_false", "container.image.digest != x", false, "«container.image.digset» != x", "E0302"},
        Construct{"not_flips", "not container.image.digest != x", true, "not «no_such_macro»", "E0303"},
        Construct{"missing_number", "fd.sport != 22", false, "fd.sport != «22x»", "E0305"},
        Construct{"regex", "fd.name regex '/etc/.*'", true, "fd.name regex «'*'»", "E0307"},
        Construct{"every_value_in", "getopt(proc.args, \"nT\") in (n)", false, "getopt(proc.args, \"nT\") in «=» (n)",
                  "E0301"},
        Construct{"every_value_in_all", "getopt(proc.args, \"nT\") in (n, T)", true, "proc.name in «>» (n)", "E0301"},
        Construct{"any_value_intersects", "getopt(proc.args, \"nT\") intersects (n)", true,
                  "proc.name intersects («(»n))", "E0301"},
        Construct{"any_ancestor_is_enough", "proc.aname in (sshd)", true, "«proc.anames» in (sshd)", "E0302"},
        Construct{"pmatch_matches_parents", "fd.name pmatch (/etc)", true, "fd.name pmatch «/etc»", "E0301"},
        Construct{"pmatch_is_no_prefix", "fd.name pmatch (/et)", false, "fd.name pmatch (/etc«=»x)", "E0301"},
        Construct{"event_type", "evt.type in (open, openat)", true, "evt.type in (open, «opneat»)", "E0306"},
        Construct{"event_direction", "evt.dir=<", true, "evt.dir=«,»", "E0301"},
        Construct{"no_entry_events", "evt.dir=>", false, "«evt.dri»=>", "E0302"},
        Construct{"event_number_zero", "evt.num=0", false, "evt.num=«zero»", "E0305"},
        Construct{"numbers_are_numbers", "user.uid > 200", true, "user.uid > «\"»200\"", "E0301"},
        Construct{"hexadecimal", "user.uid = 0x3e8", true, "user.uid = «0x»", "E0305"},
        Construct{"durations_are_ns", "proc.duration >= 0 or not proc.duration exists", true, "proc.duration > «1s»",
                  "E0305"},
        Construct{"flags", "evt.is_open_read = true", true, "evt.is_open_read = «yes»", "E0305"},
        Construct{"address", "fd.sip = 93.184.216.34", true, "fd.sip = «93.184.216»", "E0305", on_connect},
        Construct{"addresses", "fd.sip in (\"1.1.1.1\", \"93.184.216.34\")", true, "fd.sip in (1.1.1.1, «host»)",
                  "E0305", on_connect},
        Construct{"network", "fd.snet = 93.184.0.0/16", true, "fd.snet = «93.184.0.0/33»", "E0305", on_connect},
        Construct{"networks", "fd.snet in (10.0.0.0/8, \"93.0.0.0/8\")", true, "fd.snet in (10.0.0.0/8, «10/8»)",
                  "E0305", on_connect},
        Construct{"either_end", "fd.net = 10.0.0.0/8 and fd.ip = 93.184.216.34", true, "fd.net «contains» 10", "E0309",
                  on_connect},
        Construct{"neither_end", "fd.ip != 10.0.0.2", false, "fd.ip != «10.0.0.256»", "E0305", on_connect},
        Construct{"address6", "fd.sip = 2001:db8::2", true, "fd.sip = «2001:db8:::2»", "E0305", on_connect6},
        Construct{"network6", "fd.snet in (2001:db8::/32, fe80::/10)", true, "fd.snet = «2001:db8::/129»", "E0305",
                  on_connect6},
        Construct{"families_differ", "fd.snet = 0.0.0.0/0", false, "fd.snet = «0.0.0.0/»", "E0305", on_connect6},
        Construct{"ports", "fd.sport in (80, 443)", true, "fd.sport in (80, «https»)", "E0305", on_connect}),
    name_of);

struct OutputCase {
  const char* name;
  std::string right, printed, wrong;
  const char* code;
};
class Outputs : public testing::TestWithParam<OutputCase> {};
TEST_P(Outputs, PrintThisAndRefuseThat) {
  const auto& row = GetParam();
  const auto rule = [](const std::string& output) {
    return "- rule: R\n  desc: d\n  condition: evt.type=openat\n  priority: INFO\n  output: >-\n    " + output + "\n";
  };
  const auto result = load_yaml(rule(row.right));
  ASSERT_TRUE(result.engine) << as_text(result.diagnostics);
  const auto sample = Sample::make(on_open);
  ASSERT_TRUE(sample);
  EXPECT_EQ(result.engine->render(result.engine->rules()[0], (*sample)->context()).text, row.printed);
  expect_finding(rule(row.wrong), row.code);
}

INSTANTIATE_TEST_SUITE_P(
    Language, Outputs,
    testing::Values(
        OutputCase{"field", "a %proc.name b", "a cat b", "a %«proc.nmae» b", "E0401"},
        OutputCase{"field_and_full_stop", "by %proc.name.", "by cat.", "by %«proc.nme».", "E0401"},
        OutputCase{"argument", "%evt.arg.flags", "O_RDONLY", "%«evt.arg»", "E0401"},
        OutputCase{"index", "%proc.aname[2] (%proc.aname[1])", "sshd (bash)", "%«proc.aname[x]»", "E0401"},
        OutputCase{"missing", "x %container.image.digest y", "x <NA> y", "x %«container.image.digset» y", "E0401"},
        OutputCase{"leading_star", "*x %container.image.digest", "x <NA>", "*x «%» y", "E0402"},
        OutputCase{"percent", "100%% %proc.name", "100% cat", "100«%»", "E0402"},
        OutputCase{"width", "%5proc.name|", "cat  |", "%5«proc.nmae»|", "E0401"},
        OutputCase{"transformer", "%toupper(proc.name) %basename(fd.name)", "CAT passwd", "%toupper(«proc.nmae»)",
                   "E0401"},
        OutputCase{"transformer_type", "%len(proc.name)", "3", "%tolower(«user.uid»)", "E0402"},
        OutputCase{"transformer_end", "%join(proc.aname, \"/\")!", "bash/sshd!", "%toupper(proc.name «x»", "E0402"}),
    name_of);

}  // namespace
}  // namespace eunomia::lang
