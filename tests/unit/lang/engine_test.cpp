// SPDX-License-Identifier: Apache-2.0
//
// The engine as a whole: order, several rules, several threads, and the public rules.
#include "engine/lang/engine.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <thread>

#include "engine/lang/explain.h"
#include "tests/unit/lang/lang_fixture.h"

namespace eunomia::lang {
namespace {

const FieldMap open_x = {{"evt.type", "openat"}, {"fd.name", "/x"}, {"proc.name", "cat"}};

std::vector<std::string> all_matches(const Engine& engine, const FieldMap& fields) {
  auto sample = Sample::make(fields);
  EXPECT_TRUE(sample);
  std::vector<const Rule*> rules;
  engine.match_all((*sample)->context(), rules);
  std::vector<std::string> out;
  for (const auto* rule : rules) out.push_back(rule->name);
  return out;
}

TEST(Engine, ReportsTheFirstRuleInFileOrder) {
  const auto loaded =
      load_yaml(rule_with("evt.type=execve", "A") + rule_with("evt.type=openat and proc.name=cat", "B") +
                rule_with("fd.name=/x and evt.type=openat", "C"));
  auto sample = Sample::make(open_x);
  EXPECT_EQ(loaded.engine->match((*sample)->context())->name, "B");
  EXPECT_EQ(all_matches(*loaded.engine, open_x), (std::vector<std::string>{"B", "C"}));
  EXPECT_EQ(loaded.engine->events(), event_set({EventType::execve, EventType::openat}));
}

TEST(Engine, TellsWhatItsRulesNeed) {
  EXPECT_TRUE(engine_for("evt.type=openat")->needs().domain_names.empty());
  EXPECT_FALSE(engine_for("evt.type=openat")->needs().environment);
  EXPECT_TRUE(engine_for("evt.type=execve and tolower(proc.env[A]) = b")->needs().environment);
  const auto names = engine_for("evt.type=connect and (fd.sip.name in (b.test, a.test) or not fd.cip.name = a.test)");
  EXPECT_EQ(names->needs().domain_names, (std::vector<std::string>{"a.test", "b.test"}));
  const auto off = load_yaml(rule_with("evt.type=connect and fd.sip.name=a.test") + "  enabled: false\n");
  EXPECT_TRUE(off.engine->needs().domain_names.empty());
  const auto output =
      load_yaml("- rule: R\n  desc: d\n  condition: evt.type=execve\n  output: '%proc.env'\n  priority: INFO\n");
  EXPECT_TRUE(output.engine->needs().environment);
  for (const auto* key :
       {"window: {count: 2, within: 1s, by: 'proc.env[A]'}", "throttle: {count: 2, within: 1s, by: 'proc.env[A]'}",
        "sequence: {within: 1s, steps: [{condition: evt.type=openat, by: 'proc.env[A]'}, {condition: evt.type=execve, "
        "by: proc.name}]}"})
    EXPECT_TRUE(load_yaml(rule_with("evt.type=execve") + "  " + key + "\n").engine->needs().environment) << key;
}

TEST(Engine, DisabledRulesDoNotReport) {
  const auto loaded =
      load_yaml(rule_with("evt.type=openat", "A") + "  enabled: false\n" + rule_with("evt.type=openat", "B"));
  EXPECT_EQ(all_matches(*loaded.engine, open_x), std::vector<std::string>{"B"});
}

TEST(Engine, WithoutRulesMatchesNothing) {
  const Engine engine;
  auto sample = Sample::make(open_x);
  EXPECT_EQ(engine.match((*sample)->context()), nullptr);
  EXPECT_TRUE(engine.events().none());
}

TEST(Engine, AnEventTypeItDoesNotKnowMatchesNothing) {
  const auto engine = engine_for("proc.name != x");
  const Event strange{.type = static_cast<EventType>(9999)};
  Scratch scratch;
  EXPECT_EQ(engine->match(Context{.event = strange, .scratch = scratch}), nullptr);
}

TEST(Engine, AnEventIsJudgedAfreshEachTime) {
  const auto engine = engine_for("evt.type=openat and fd.name startswith /secret and proc.name=cat");
  auto sample = Sample::make(open_x);
  auto secret = Sample::make({{"evt.type", "openat"}, {"fd.name", "/secret/x"}, {"proc.name", "cat"}});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(engine->match((*sample)->context()), nullptr);
    EXPECT_NE(engine->match((*secret)->context()), nullptr);
  }
}

TEST(Engine, TwoEnginesDoNotShareTheirMemory) {
  const auto one = engine_for("proc.name=cat and evt.type=openat"),
             two = engine_for("proc.name=dog and evt.type=openat");
  auto sample = Sample::make(open_x);
  for (int i = 0; i < 3; ++i) {
    EXPECT_NE(one->match((*sample)->context()), nullptr);
    EXPECT_EQ(two->match((*sample)->context()), nullptr);
  }
}

TEST(Engine, MayBeUsedFromSeveralThreads) {
  const auto engine = engine_for("evt.type=openat and fd.name=/x and proc.aname in (a, b, c, d, sh)");
  std::atomic<int> wrong = 0;
  const auto work = [&](const char* parent, bool expected) {
    auto sample =
        Sample::make({{"evt.type", "openat"}, {"fd.name", "/x"}, {"proc.name", "cat"}, {"proc.pname", parent}});
    for (int i = 0; i < 2000; ++i)
      if ((engine->match((*sample)->context()) != nullptr) != expected) ++wrong;
  };
  std::thread first(work, "sh", true), second(work, "zsh", false);
  first.join();
  second.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Engine, PendingMetadataIsAskedForOnlyWhenTheRestIsTrue) {
  const auto engine = engine_for("container.image.repository = x and evt.type=openat and fd.name startswith /secret");
  Container container;
  container.id = "0123456789ab";
  Scratch scratch;
  const Event plain{.type = EventType::openat, .path = "/x"}, secret{.type = EventType::openat, .path = "/secret/x"};
  const Context first{.event = plain, .container = &container, .scratch = scratch};
  EXPECT_EQ(engine->match(first), nullptr);
  EXPECT_FALSE(first.touched_pending);
  const Context second{.event = secret, .container = &container, .scratch = scratch};
  EXPECT_EQ(engine->match(second), nullptr);
  EXPECT_TRUE(second.touched_pending);
}

TEST(Engine, Priorities) {
  EXPECT_EQ(parse_priority("CRITICAL"), Priority::critical);
  EXPECT_EQ(parse_priority("info"), Priority::informational);
  EXPECT_EQ(parse_priority("Informational"), Priority::informational);
  EXPECT_EQ(parse_priority("WARN"), std::nullopt);
  EXPECT_EQ(to_string(Priority::informational), "Informational");
}

// ---- Choosing, explaining -----------------------------------------------------------------------------------------

std::vector<std::string> enabled(const LoadOptions& options) {
  const auto yaml = rule_with("evt.type=open", "Read A") + "  tags: [file]\n" + rule_with("evt.type=openat", "Read B") +
                    "  tags: [file, noisy]\n" + rule_with("evt.type=execve", "Run C") + "  enabled: false\n";
  const auto loaded = load_text("test.yaml", yaml, options);
  std::vector<std::string> out;
  for (const auto& rule : loaded.engine->rules())
    if (rule.enabled) out.push_back(rule.name);
  return out;
}

TEST(Choices, ByGlobAndTagTheLaterWins) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(enabled({}), (Names{"Read A", "Read B"}));
  EXPECT_EQ(enabled({.choices = {{false, "Read*", ""}}}), Names{});
  EXPECT_EQ(enabled({.choices = {{false, "*", ""}, {true, "", "noisy"}}}), Names{"Read B"});
  EXPECT_EQ(enabled({.choices = {{true, "Run C", ""}, {false, "", "file"}}}), Names{"Run C"});
  EXPECT_EQ(enabled({.choices = {}, .least = Priority::notice}), Names{});  // all are informational
  EXPECT_EQ(enabled({.choices = {}, .least = Priority::informational}).size(), 2U);
}

TEST(Choices, OfNothingAreRemarkedOn) {
  const auto loaded =
      load_text("test.yaml", rule_with("evt.type=open"), {.choices = {{false, "Raed*", ""}, {true, "", "flie"}}});
  EXPECT_EQ(codes(loaded), "W0513 W0513");
}

TEST(Shadows, ARuleBehindAWiderOne) {
  EXPECT_EQ(codes(load_yaml(rule_with("evt.type=openat", "A") + rule_with("evt.type=openat and proc.name=x", "B"))),
            "W0511");
  EXPECT_EQ(codes(load_yaml(rule_with("evt.type=openat and (fd.name=/x or proc.name=x)", "A") +
                            rule_with("evt.type=openat and proc.name=x and fd.num=3", "B"))),
            "W0511");
  EXPECT_EQ(codes(load_yaml(rule_with("evt.type=openat and proc.name=x", "A") + rule_with("evt.type=openat", "B"))),
            "");
  EXPECT_EQ(codes(load_yaml(rule_with("evt.type=openat", "A") +
                            rule_with("evt.type in (openat, open) and proc.name=x", "B"))),
            "");
  EXPECT_EQ(
      codes(load_yaml(rule_with("evt.type=openat", "A") + "  enabled: false\n" + rule_with("evt.type=openat", "B"))),
      "");
}

TEST(Explain, ShowsConditionTypesAndPlan) {
  const auto loaded = load_yaml("- macro: is_cat\n  condition: proc.name = cat\n" +
                                rule_with("evt.type in (openat, execve) and container.image = x and is_cat"));
  const auto text = explain(*loaded.engine, loaded.engine->rules()[0]);
  EXPECT_NE(text.find("proc.name = cat  # is_cat"), std::string::npos) << text;
  EXPECT_NE(text.find("event types: execve, openat"), std::string::npos) << text;
  EXPECT_NE(text.find("evaluated for execve, openat:\n"), std::string::npos) << text;
  const auto plan = text.substr(text.find("evaluated"));
  EXPECT_LT(plan.find("proc.name = cat"), plan.find("container.image = x")) << plan;  // cheap before costly
  EXPECT_EQ(plan.find("evt.type"), std::string::npos) << plan;                        // decided by the type
}

TEST(Explain, ShowsStepsWindowAndThrottle) {
  const auto loaded = load_yaml(
      "- rule: R\n  desc: d\n  output: o\n  priority: INFO\n  condition: proc.name = cat\n"
      "  sequence: {within: 1m30s, by: proc.pid, steps: [{condition: evt.type = openat}, {condition: evt.type = "
      "execve, by: "
      "proc.ppid}]}\n  window: {count: 3, within: 1h}\n  throttle: {count: 1, within: 10s, by: [proc.name, "
      "fd.name]}\n");
  ASSERT_TRUE(loaded.engine) << as_text(loaded.diagnostics);
  const auto text = explain(*loaded.engine, loaded.engine->rules()[0]);
  for (const auto* part :
       {"sequence: 2 steps in this order within 1m30s\n",
        "step 1, for equal proc.pid, of openat:\n  all\n    proc.name = cat\n",
        "step 2, for equal proc.ppid, of execve:\n", "window: 3 times within 1h, whatever the fields\n",
        "throttle: at most 1 alerts within 10s, for equal proc.name, fd.name\n", "event types: execve, openat\n",
        "evaluated for step 1, openat:\n  proc.name = cat", "evaluated for step 2, execve:\n  proc.name = cat"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
}

TEST(Shadows, AreNoneIfAllRulesReport) {
  const auto text = rule_with("evt.type=open", "A") + rule_with("evt.type=open and proc.name=x", "B");
  EXPECT_EQ(codes(load_text("test.yaml", text)), "W0511");
  EXPECT_EQ(codes(load_text("test.yaml", text, {.matching = Matching::all})), "");
}

TEST(Explain, ShowsJoinedChecksAndWhatSparesTheRule) {
  std::string yaml = rule_with("evt.type=openat and (fd.name startswith /bin/ or fd.name startswith /sbin/)");
  for (const auto* path : {"/a", "/b", "/c"})
    yaml += rule_with("evt.type=openat and fd.name = " + std::string(path), std::string("R") + path);
  const auto loaded = load_yaml(yaml);
  ASSERT_TRUE(loaded.engine);
  const auto text = explain(*loaded.engine, loaded.engine->rules()[0]);
  EXPECT_NE(text.find("  only if a look-up of fd.name finds this rule\n"
                      "  fd.name startswith anyof (/bin/, /sbin/)  # "),
            std::string::npos)
      << text;
}

// ---- The public rules --------------------------------------------------------------------------------------------

class PublicRules : public testing::Test {
 protected:
  void SetUp() override {
    const std::filesystem::path path =
        std::filesystem::path(EUNOMIA_SOURCE_DIR) / "../shared/data/falco/falco_rules.yaml";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there: the public rules are NOT tested";
    loaded_ = load({&path, 1});
  }
  LoadResult loaded_;
};

TEST_F(PublicRules, LoadWithoutError) {
  ASSERT_TRUE(loaded_.engine) << as_text(loaded_.diagnostics);
  EXPECT_EQ(loaded_.engine->rules().size(), 25U);
  for (const auto& d : loaded_.diagnostics) EXPECT_TRUE(d.code == "W0505" || d.code == "W0509") << to_text(d);
}

TEST_F(PublicRules, FireAndStaySilent) {
  ASSERT_TRUE(loaded_.engine);
  const auto first = [&](const FieldMap& fields) {
    const auto all = all_matches(*loaded_.engine, fields);
    return all.empty() ? std::string() : all.front();
  };
  EXPECT_EQ(first({{"evt.type", "openat"}, {"fd.name", "/etc/shadow"}, {"proc.name", "cat"}}),
            "Read sensitive file untrusted");
  EXPECT_EQ(first({{"evt.type", "openat"}, {"fd.name", "/etc/shadow"}, {"proc.name", "sshd"}}), "");
  EXPECT_EQ(first({{"evt.type", "execve"},
                   {"proc.cmdline", "sh"},
                   {"proc.pname", "runc"},
                   {"proc.tty", "34816"},
                   {"container.id", "0123456789ab"}}),
            "Terminal shell in container");
  EXPECT_EQ(first({{"evt.type", "execve"}, {"proc.cmdline", "sh -c id"}, {"proc.pname", "nginx"}}),
            "Run shell untrusted");
  EXPECT_EQ(
      first(
          {{"evt.type", "execve"}, {"proc.cmdline", "sh -c id"}, {"proc.pname", "worker"}, {"proc.aname[2]", "httpd"}}),
      "Run shell untrusted");
  EXPECT_EQ(
      first({{"evt.type", "connect"}, {"fd.name", "10.0.0.2:40000->93.184.216.34:443"}, {"proc.cmdline", "ssh host"}}),
      "Disallowed SSH Connection Non Standard Port");
  EXPECT_EQ(
      first({{"evt.type", "connect"}, {"fd.name", "10.0.0.2:40000->192.168.1.9:443"}, {"proc.cmdline", "ssh host"}}),
      "");
}

// What each of the public rules needs, by what its condition says.
TEST(PublicRulesExplained, ByWhatTheySay) {
  const auto path = std::filesystem::path(EUNOMIA_SOURCE_DIR) / "../shared/data/falco/falco_rules.yaml";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there: the public rules are NOT explained";
  const auto loaded = load({&path, 1});
  ASSERT_TRUE(loaded.engine);
  const std::string opened = "open, openat, openat2", started = "execve, execveat";
  const std::map<std::string, std::string> types = {
      {"Directory traversal monitored file read", opened},
      {"Read sensitive file trusted after startup", opened},
      {"Read sensitive file untrusted", opened},
      {"Run shell untrusted", started},
      {"System user interactive", started},
      {"Terminal shell in container", started},
      {"Contact K8S API Server From Container", "connect"},
      {"Netcat Remote Code Execution in Container", started},
      {"Search Private Keys or Passwords", started},
      {"Clear Log Activities", opened},
      {"Remove Bulk Data from Disk", started},
      {"Create Symlink Over Sensitive Files", "symlink, symlinkat"},
      {"Create Hardlink Over Sensitive Files", "link, linkat"},
      {"Packet socket created in container", "socket"},
      {"Redirect STDOUT/STDIN to Network Connection in Container", "dup, dup2, dup3"},
      {"Linux Kernel Module Injection Detected", "init_module, finit_module"},
      {"Debugfs Launched in Privileged Container", started},
      {"Detect release_agent File Container Escapes", opened},
      {"PTRACE attached to process", "ptrace"},
      {"PTRACE anti-debug attempt", "ptrace"},
      {"Find AWS Credentials", started},
      {"Execution from /dev/shm", started},
      {"Drop and execute new binary in container", started},
      {"Disallowed SSH Connection Non Standard Port", "connect, sendto, sendmsg"},
      {"Fileless execution via memfd_create", started}};
  ASSERT_EQ(loaded.engine->rules().size(), types.size());
  for (const auto& rule : loaded.engine->rules()) {
    const auto text = explain(*loaded.engine, rule);
    EXPECT_NE(text.find("event types: " + types.at(rule.name) + "\n"), std::string::npos) << text;
    EXPECT_NE(text.find("evaluated for "), std::string::npos) << rule.name;
    EXPECT_NE(text.find("rule: " + rule.name + "\n"), std::string::npos);
  }
}

}  // namespace
}  // namespace eunomia::lang
