// SPDX-License-Identifier: Apache-2.0
//
// What conditions mean: every operator, modifier and transformer, and the meanings an importer gets wrong at first.
#include <gtest/gtest.h>

#include "engine/lang/ir.h"
#include "tests/unit/lang/lang_fixture.h"

namespace eunomia::lang {
namespace {

const FieldMap open_passwd = {
    {"evt.type", "openat"},           {"fd.name", "/etc/passwd"}, {"proc.name", "cat"},
    {"proc.pname", "bash"},           {"proc.aname[2]", "sshd"},  {"proc.cmdline", "cat -nT /etc/passwd"},
    {"container.id", "0123456789ab"}, {"user.uid", "1000"}};
const FieldMap connect_out = {
    {"evt.type", "connect"}, {"fd.name", "10.0.0.2:40000->93.184.216.34:443"}, {"proc.name", "curl"}};

struct Case {
  const char* condition;
  bool expected;
};

class OnOpen : public testing::TestWithParam<Case> {};
TEST_P(OnOpen, Means) {
  EXPECT_EQ(matches(GetParam().condition, open_passwd), GetParam().expected) << GetParam().condition;
}

INSTANTIATE_TEST_SUITE_P(
    Logic, OnOpen,
    testing::Values(Case{"proc.name=cat and fd.name=/etc/passwd", true},
                    Case{"proc.name=cat and fd.name=/etc/shadow", false},
                    Case{"proc.name=dog or fd.name=/etc/passwd", true}, Case{"not proc.name=dog", true},
                    Case{"not not proc.name=cat", true}, Case{"not(proc.name=cat)", false},
                    Case{"proc.name=dog and proc.name=dog or proc.name=cat", true},  // and binds closer
                    Case{"proc.name=cat or proc.name=cat and proc.name=dog", true},
                    Case{"(proc.name=cat or proc.name=cat) and proc.name=dog", false},
                    Case{"not proc.name=dog and proc.name=cat", true}, Case{"proc.name=cat and(fd.num>=0)", true}));

INSTANTIATE_TEST_SUITE_P(
    Strings, OnOpen,
    testing::Values(Case{"proc.name = cat", true}, Case{"proc.name == cat", true}, Case{"proc.name != cat", false},
                    Case{"proc.name=\"cat\"", true}, Case{"proc.name='cat'", true}, Case{"fd.name contains pass", true},
                    Case{"fd.name contains PASS", false}, Case{"fd.name icontains PASS", true},
                    Case{"fd.name icontains shadow", false}, Case{"fd.name bcontains 706173", true},
                    Case{"fd.name bcontains 707070", false}, Case{"fd.name startswith /etc/", true},
                    Case{"fd.name startswith etc", false}, Case{"fd.name bstartswith 2f657463", true},
                    Case{"fd.name bstartswith 657463", false}, Case{"fd.name endswith wd", true},
                    Case{"fd.name endswith w", false}, Case{"fd.name glob /etc/p*", true},
                    Case{"fd.name glob /e*d", true}, Case{"fd.name glob /etc", false},
                    Case{"fd.name glob '/etc/pass[a-w]?'", true}, Case{"fd.name glob /ETC/*", false},
                    Case{"fd.name iglob /ETC/*", true}, Case{"fd.name glob '/+(etc|usr)/passwd'", true},
                    Case{"proc.cmdline contains \"cat -n\"", true}));

INSTANTIATE_TEST_SUITE_P(RegexIsOfTheWholeValue, OnOpen,
                         testing::Values(Case{"fd.name regex '/etc/pa[s]+wd'", true},
                                         Case{"fd.name regex 'passwd'", false}, Case{"fd.name regex '.*passwd'", true},
                                         Case{"fd.name regex '/etc'", false}));

INSTANTIATE_TEST_SUITE_P(Lists, OnOpen,
                         testing::Values(Case{"proc.name in (dog, cat)", true}, Case{"proc.name in (dog)", false},
                                         Case{"proc.name in ()", false}, Case{"not proc.name in ()", true},
                                         Case{"proc.name intersects (dog, cat)", true},
                                         Case{"proc.name in (a, b, c, d, e, f, cat)", true},
                                         Case{"proc.name in (a, b, c, d, e, f, g)", false},
                                         Case{"proc.name in (cat)", true}, Case{"proc.name in cat", true}));

INSTANTIATE_TEST_SUITE_P(PathsAndTheirParents, OnOpen,
                         testing::Values(Case{"fd.name pmatch (/etc)", true},
                                         Case{"fd.name pmatch (/etc/passwd)", true}, Case{"fd.name pmatch (/e*)", true},
                                         Case{"fd.name pmatch (/usr, /etc/)", true},
                                         Case{"fd.name pmatch (/et)", false}, Case{"fd.name pmatch (/)", true},
                                         Case{"fd.name pmatch (/etc/pass)", false},
                                         Case{"fd.name pmatch (*/passwd)", false}));

INSTANTIATE_TEST_SUITE_P(Modifiers, OnOpen,
                         testing::Values(Case{"fd.name startswith anyof (/usr, /etc)", true},
                                         Case{"fd.name startswith anyof (/usr, /var)", false},
                                         Case{"fd.name contains allof (etc, pass)", true},
                                         Case{"fd.name contains allof (etc, shadow)", false},
                                         Case{"fd.name contains oneof (etc, shadow)", true},
                                         Case{"fd.name contains oneof (etc, pass)", false},
                                         Case{"fd.name regex anyof ('/usr/.*', '/etc/.*')", true},
                                         Case{"proc.name != allof (dog, bird)", true},
                                         Case{"proc.name = anyof", false}));  // without a list it is a value

INSTANTIATE_TEST_SUITE_P(Numbers, OnOpen,
                         testing::Values(Case{"user.uid = 1000", true}, Case{"user.uid = 0x3e8", true},
                                         Case{"user.uid != 1000", false}, Case{"user.uid > 999", true},
                                         Case{"user.uid >= 1000", true}, Case{"user.uid < 1000", false},
                                         Case{"user.uid <= 1000", true}, Case{"user.uid in (1, 1000)", true},
                                         Case{"user.uid > -1", true}, Case{"fd.num >= 0", true},
                                         Case{"user.loginuid = -1", true}));

INSTANTIATE_TEST_SUITE_P(
    Transformers, OnOpen,
    testing::Values(Case{"toupper(proc.name) = CAT", true}, Case{"tolower(proc.name) = CAT", false},
                    Case{"basename(fd.name) = passwd", true}, Case{"len(proc.name) = 3", true},
                    Case{"len(proc.name) > 3", false}, Case{"toupper(basename(fd.name)) = PASSWD", true},
                    Case{"concat(proc.name, \":\", fd.name) = cat:/etc/passwd", true},
                    Case{"join(proc.aname, \"/\") startswith cat/bash", false},
                    Case{"join(proc.aname, \"/\") = bash/sshd", true}, Case{"proc.name = val(proc.pname)", false},
                    Case{"proc.name = val(proc.name)", true}, Case{"proc.name = tolower(proc.name)", true},
                    Case{"proc.name in (CAT)", false}, Case{"getopt(proc.args, \"nTx\") intersects (T)", true},
                    Case{"getopt(proc.args, \"nTx\") intersects (x)", false},
                    Case{"getopt(proc.args, \"n:T\")[n] = T", true},
                    Case{"getopt(proc.args, \"n:T\")[T] exists", false},
                    Case{"getopt(proc.args, \"n:\")[x] exists", false},
                    Case{"fd.name contains val(proc.name)", false}));

INSTANTIATE_TEST_SUITE_P(Ancestors, OnOpen,
                         testing::Values(Case{"proc.aname = sshd", true}, Case{"proc.aname in (sshd, login)", true},
                                         Case{"proc.aname in (login)", false}, Case{"proc.aname[2] = sshd", true},
                                         Case{"proc.aname[1] = sshd", false}, Case{"proc.aname[9] exists", false},
                                         Case{"proc.aname contains ash", true}, Case{"proc.pname = bash", true}));

INSTANTIATE_TEST_SUITE_P(
    WhatIsMissingIsFalse, OnOpen,
    testing::Values(Case{"container.image.digest exists", false}, Case{"not container.image.digest exists", true},
                    Case{"container.image.digest = x", false}, Case{"container.image.digest != x", false},
                    Case{"not container.image.digest = x", true}, Case{"not container.image.digest != x", true},
                    Case{"fd.sport != 22", false}, Case{"not fd.sport != 22", true},           // opens have no port
                    Case{"proc.env[HOME] != x", false}, Case{"not proc.env[HOME] != x", true}  // nothing fills it yet
                    ));

INSTANTIATE_TEST_SUITE_P(EventFacts, OnOpen,
                         testing::Values(Case{"evt.type = openat", true}, Case{"evt.type in (open, openat)", true},
                                         Case{"evt.type != openat", false}, Case{"evt.type != kexec_load", true},
                                         Case{"evt.type startswith open", true}, Case{"evt.dir=<", true},
                                         Case{"evt.dir=>", false}, Case{"evt.dir != <", false},
                                         Case{"evt.num=0", false}, Case{"not evt.num=0", true},
                                         Case{"evt.num>=0", true}, Case{"evt.is_open_read=true", true},
                                         Case{"evt.is_open_write=true", false}, Case{"evt.is_open_write != true", true},
                                         Case{"evt.arg.flags contains O_RDONLY", true}, Case{"evt.arg.fd exists", true},
                                         Case{"container.id != host", true}));

class OnConnect : public testing::TestWithParam<Case> {};
TEST_P(OnConnect, Means) {
  EXPECT_EQ(matches(GetParam().condition, connect_out), GetParam().expected) << GetParam().condition;
}

INSTANTIATE_TEST_SUITE_P(
    Addresses, OnConnect,
    testing::Values(Case{"fd.sip = 93.184.216.34", true}, Case{"fd.sip = \"93.184.216.35\"", false},
                    Case{"fd.sip in (1.1.1.1, 93.184.216.34)", true}, Case{"fd.snet = 93.184.0.0/16", true},
                    Case{"fd.snet in (10.0.0.0/8, 172.16.0.0/12)", false}, Case{"fd.net = 10.0.0.0/8", true},
                    Case{"fd.net != 10.0.0.0/8", false},  // of either end: all must differ
                    Case{"fd.net != 127.0.0.0/8", true}, Case{"fd.ip = 10.0.0.2", true},
                    Case{"fd.ip != 10.0.0.2", false}, Case{"fd.ip != 0.0.0.0", true}, Case{"fd.sport = 443", true},
                    Case{"fd.sport in (80, 443)", true}, Case{"fd.port = 40000", true}, Case{"fd.port != 40000", false},
                    Case{"fd.l4proto = tcp", true}, Case{"fd.typechar = 4", true},
                    Case{"fd.sip = 2001:db8::1", false}));

TEST(Condition, MissingOnTheRightIsFalseToo) {
  EXPECT_FALSE(matches("proc.name = val(container.image.digest)", open_passwd));
  EXPECT_FALSE(matches("proc.name != val(container.image.digest)", open_passwd));
}

TEST(Condition, ListsOfValuesWantEveryValueInTheSet) {
  // proc.aname is one where any is enough; len() and join() see the whole list.
  EXPECT_TRUE(matches("len(proc.aname) = 2", open_passwd));
}

TEST(Condition, RegexIsNotFooledByInvalidUtf8) {
  auto fields = open_passwd;
  fields.emplace_back("fd.name", "/tmp/\xff\xfe/evil");
  EXPECT_TRUE(matches("fd.name regex '/tmp/.*/evil'", fields));
}

TEST(Condition, EscapesInQuotes) {
  auto fields = open_passwd;
  fields.emplace_back("fd.name", "/tmp/a\"b\\c'd");
  EXPECT_TRUE(matches(R"(fd.name = "/tmp/a\"b\\c'd")", fields));
  EXPECT_TRUE(matches(R"(fd.name = '/tmp/a"b\\c\'d')", fields));
}

TEST(Condition, ListsAreSubstitutedInTheText) {
  constexpr auto lists =
      "- list: inner\n  items: [cat, '\"with blank\"']\n- list: empty\n  items: []\n"
      "- list: outer\n  items: [dog, inner, two words]\n";
  EXPECT_TRUE(matches("proc.name in (outer)", open_passwd, lists));
  EXPECT_TRUE(matches("proc.name in (empty, outer)", open_passwd, lists));
  EXPECT_TRUE(matches("proc.name in (outer, empty)", open_passwd, lists));
  EXPECT_FALSE(matches("proc.name in (empty)", open_passwd, lists));
  EXPECT_FALSE(matches("proc.cmdline = \"inner outer\" or proc.name in (dog)", open_passwd, lists));
}

TEST(Condition, MacrosSeeWhatIsDefinedBeforeThem) {
  constexpr auto macros = "- macro: a\n  condition: (proc.name = cat)\n- macro: b\n  condition: a and fd.num >= 0\n";
  EXPECT_TRUE(matches("b and not (a and proc.name = dog)", open_passwd, macros));
}

TEST(Condition, WhatIsPrintedReadsBack) {
  for (const auto* text :
       {"fd.name bcontains 706173", "getopt(proc.args, \"n:\")[\"n\"] = x", "fd.name startswith anyof (/a, \"b c\")",
        "proc.name = val(proc.pname)", "fd.snet in (10.0.0.0/8, 10.0.0.1)", "len(concat(proc.name, \":\")) >= -5"}) {
    const auto engine = engine_for(text);
    EXPECT_EQ(ir::to_string(engine->condition(engine->rules()[0])), text);
  }
}

TEST(Condition, TheResolvedConditionReadsBack) {
  const auto engine = engine_for("is_cat and not fd.name in (/a, \"b c\") or user.uid >= 5",
                                 "- macro: is_cat\n  condition: proc.name = cat\n");
  const auto& node = engine->condition(engine->rules()[0]);
  const auto text = ir::to_string(node);
  EXPECT_EQ(text, "(proc.name = cat and not fd.name in (/a, \"b c\")) or user.uid >= 5");
  const auto again = engine_for(text);
  EXPECT_EQ(ir::to_string(again->condition(again->rules()[0])), text);
  EXPECT_NE(ir::dump(node).find("proc.name = cat  # is_cat"), std::string::npos);
}

EventSet events_of(std::string_view condition) { return engine_for(condition)->rules()[0].events; }

TEST(Condition, EventTypesAreReadThroughTheLogic) {
  EXPECT_EQ(events_of("evt.type = openat"), event_set({EventType::openat}));
  EXPECT_EQ(events_of("evt.type in (openat, kexec_load) and proc.name = a"), event_set({EventType::openat}));
  EXPECT_EQ(events_of("evt.type = openat or (evt.type = execve and proc.name = a)"),
            event_set({EventType::openat, EventType::execve}));
  EXPECT_EQ(events_of("not (evt.type != execve or proc.name = a)"), event_set({EventType::execve}));
  EXPECT_EQ(events_of("evt.is_open_read = true"),
            event_set({EventType::open, EventType::openat, EventType::openat2, EventType::creat}));
  EXPECT_TRUE(events_of("evt.type = kexec_load").none());
  EXPECT_TRUE(events_of("evt.type = openat and evt.type = execve").none());
}

}  // namespace
}  // namespace eunomia::lang
