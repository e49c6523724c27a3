// SPDX-License-Identifier: Apache-2.0
//
// The default rules, and the tests that stand beside them.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <set>

#include "bpf/event.h"
#include "engine/lang/rule_test.h"

namespace eunomia::lang {
namespace {

const std::filesystem::path source_dir = EUNOMIA_SOURCE_DIR;

std::string show(const TestRun& run) {
  std::string out;
  for (const auto& d : run.diagnostics) out += to_text(d);
  for (const auto& o : run.outcomes)
    if (!o.passed) out += o.where.file + ":" + std::to_string(o.where.line) + ": " + o.name + "\n" + o.difference;
  return out;
}

LoadResult load_defaults() {
  const std::filesystem::path rules = source_dir / "rules";
  return load({&rules, 1});
}

TEST(DefaultRules, PassTheirTests) {
  const std::filesystem::path tests = source_dir / "rules" / "tests";
  const auto run = run_rule_tests({&tests, 1});
  EXPECT_TRUE(run.passed()) << show(run);
  EXPECT_GE(run.outcomes.size(), 150U);
}

TEST(DefaultRules, LoadWithoutWarnings) {
  const auto loaded = load_defaults();
  std::string text;
  for (const auto& d : loaded.diagnostics) text += to_text(d);
  EXPECT_EQ(text, "");
}

TEST(DefaultRules, TellTheOperatorWhatToDoAndCarryTheirContext) {
  const auto loaded = load_defaults();
  ASSERT_TRUE(loaded.engine);
  EXPECT_GE(loaded.engine->rules().size(), 40U);
  for (const auto& rule : loaded.engine->rules()) {
    EXPECT_GT(rule.description.size(), 150U) << rule.name;
    for (const auto* field : {"%container.id", "%container.name", "%container.image", "%proc.cmdline", "%user.name"})
      EXPECT_NE(rule.output.find(field), std::string::npos) << rule.name << " lacks " << field;
    const auto tagged = [&](std::string_view prefix) {
      return std::ranges::any_of(rule.tags, [&](const auto& tag) { return tag.starts_with(prefix); });
    };
    EXPECT_TRUE((tagged("container") || tagged("host")) && tagged("mitre_") && tagged("T1")) << rule.name;
    EXPECT_TRUE(rule.events.any()) << rule.name;
  }
}

// What every use of the machine would pay for is asked for by no rule that is on as delivered.
TEST(DefaultRules, AskForNoEventsOfEverySendAndReceive) {
  const auto loaded = load_defaults();
  ASSERT_TRUE(loaded.engine);
  for (const auto& rule : loaded.engine->rules())
    for (const auto type : {EV_SENDTO, EV_SENDMSG, EV_RECVFROM, EV_RECVMSG, EV_FORK, EV_EXIT})
      EXPECT_FALSE(rule.events.test(type)) << rule.name;
}

// The items of all rule files, or of all test files, as they are written.
std::vector<YAML::Node> items_below(const std::filesystem::path& directory) {
  std::vector<YAML::Node> out;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    if (entry.is_regular_file() && entry.path().extension() == ".yaml")
      for (const auto& item : YAML::LoadFile(entry.path().string())) out.push_back(item);
  return out;
}

std::set<std::string> names_in(std::string_view key) {
  std::set<std::string> out;
  for (const auto& test : items_below(source_dir / "rules" / "tests"))
    for (const auto& name : test[std::string(key)]) out.insert(name.as<std::string>());
  return out;
}

// Each rule, also one that is off as delivered, fires in a test, and can be given exceptions.
TEST(DefaultRules, EachHasATestThatItFiresInAndExceptionsToExtend) {
  const auto firing = names_in("expect");
  std::size_t rules = 0;
  for (const auto& item : items_below(source_dir / "rules")) {
    if (!item["rule"]) continue;
    const auto name = item["rule"].as<std::string>();
    ++rules;
    EXPECT_TRUE(firing.contains(name)) << name;
    EXPECT_TRUE(item["exceptions"] && item["exceptions"].size() > 0) << name;
  }
  EXPECT_GE(rules, 70U);
}

// A user's file behind them changes what it is meant to, and nothing in it is wrong.
TEST(DefaultRules, TheExampleOfAUsersFileLoadsBehindThem) {
  const std::array paths = {source_dir / "rules", source_dir / "examples" / "local_rules.yaml"};
  const auto loaded = load(paths);
  ASSERT_TRUE(loaded.engine);
  EXPECT_TRUE(loaded.diagnostics.empty());
  EXPECT_EQ(loaded.engine->find("Terminal shell in a container")->priority, Priority::warning);
  EXPECT_TRUE(loaded.engine->find("Listener that is not expected in a container")->enabled);
  EXPECT_FALSE(loaded.engine->find("Compiler run in a container")->enabled);
}

}  // namespace
}  // namespace eunomia::lang
