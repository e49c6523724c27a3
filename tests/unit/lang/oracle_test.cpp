// SPDX-License-Identifier: Apache-2.0
//
// The compiled engine against the slow, obvious evaluator: random conditions over random events must agree.
#include "tests/unit/lang/oracle.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>

#include "engine/lang/ir.h"
#include "tests/unit/lang/lang_fixture.h"
#include "tests/unit/lang/near_samples.h"

namespace eunomia::lang {
namespace {

constexpr std::array<const char*, 8> words = {"cat", "sh", "nginx", "a", "/etc/passwd", "/etc", "bash", "catsh"};
constexpr std::array<const char*, 12> text_fields = {
    "proc.name",    "proc.pname",         "proc.aname",        "proc.aname[2]", "fd.name",         "fd.directory",
    "proc.cmdline", "tolower(proc.name)", "basename(fd.name)", "evt.arg.flags", "container.image", "proc.env[HOME]"};
constexpr std::array<const char*, 13> text_ops = {"=",          "!=",     "contains", "icontains", "startswith",
                                                  "endswith",   "glob",   "iglob",    "regex",     "in",
                                                  "intersects", "pmatch", "exists"};
constexpr std::array<const char*, 7> number_fields = {"fd.num",     "user.uid",       "fd.sport",       "fd.port",
                                                      "evt.rawres", "len(proc.name)", "len(proc.aname)"};
constexpr std::array<const char*, 7> number_ops = {"=", "!=", "<", "<=", ">", ">=", "in"};
constexpr std::array<const char*, 4> numbers = {"0", "3", "443", "-1"};
constexpr std::array<const char*, 4> address_fields = {"fd.sip", "fd.ip", "fd.snet", "fd.net"};
constexpr std::array<const char*, 4> addresses = {"10.0.0.0/8", "10.0.0.2", "93.184.216.34", "::1"};
constexpr std::array<const char*, 3> modifiers = {"anyof", "allof", "oneof"};

std::string list_of(Random& r, auto& values) {
  std::string out = "(";
  const auto count = r.below(6);
  for (std::size_t i = 0; i < count; ++i) out += (i > 0 ? ", " : "") + std::string(r.pick(values));
  return out + ")";
}

std::string random_check(Random& r) {
  switch (r.below(8)) {
    case 0:
      return std::string(r.pick(number_fields)) + " " + [&] {
        const std::string op = r.pick(number_ops);
        return op + " " + (op == "in" ? list_of(r, numbers) : std::string(r.pick(numbers)));
      }();
    case 1: return std::string(r.pick(address_fields)) + (r.below(2) ? " = " : " != ") + r.pick(addresses);
    case 2: return std::string(r.pick(address_fields)) + " in " + list_of(r, addresses);
    case 3: return std::string("evt.is_open_read ") + (r.below(2) ? "= true" : "!= true");
    case 4: {
      constexpr std::array<const char*, 4> types = {"openat", "execve", "connect", "ptrace"};
      return std::string("evt.type ") + (r.below(3) ? "= " : "!= ") + r.pick(types);
    }
    case 5: return std::string(r.pick(text_fields)) + (r.below(2) ? " = " : " startswith ") + "val(proc.pname)";
    default: break;
  }
  const std::string op = r.pick(text_ops);
  const std::string field = r.pick(text_fields);
  if (op == "exists") return field + " exists";
  if (op == "in" || op == "intersects" || op == "pmatch") return field + " " + op + " " + list_of(r, words);
  if (r.below(4) == 0) return field + " " + op + " " + r.pick(modifiers) + " " + list_of(r, words);
  return field + " " + op + " " + r.pick(words) + ((op == "glob" || op == "iglob") && r.below(2) ? "*" : "");
}

std::string random_condition(Random& r, int depth) {
  if (depth == 0 || r.below(4) == 0) return random_check(r);
  const auto kind = r.below(5);
  if (kind == 0) return "not (" + random_condition(r, depth - 1) + ")";
  std::string out = "(" + random_condition(r, depth - 1);
  const auto more = 1 + r.below(3);
  for (std::size_t i = 0; i < more; ++i) out += (kind < 3 ? " and " : " or ") + random_condition(r, depth - 1);
  return out + ")";
}

FieldMap random_event(Random& r) {
  constexpr std::array<const char*, 4> names = {"cat", "sh", "nginx", "CAT"};
  FieldMap out;
  switch (r.below(3)) {
    case 0: out = {{"evt.type", "openat"}, {"fd.name", r.below(2) ? "/etc/passwd" : "/etc/a/b"}}; break;
    case 1: out = {{"evt.type", "execve"}}; break;
    default:
      out = {{"evt.type", "connect"},
             {"fd.name", r.below(2) ? "10.0.0.2:40000->93.184.216.34:443" : "10.0.0.2:1->10.9.9.9:80"}};
  }
  out.emplace_back("proc.name", r.pick(names));
  if (r.below(2)) out.emplace_back("proc.pname", r.pick(names));
  if (r.below(3) == 0) out.emplace_back("proc.aname[2]", r.pick(names));
  if (r.below(2)) out.emplace_back("container.id", "0123456789ab");
  if (r.below(2)) out.emplace_back("user.uid", r.below(2) ? "3" : "1000");
  return out;
}

std::vector<std::unique_ptr<Sample>> random_samples(Random& r, std::size_t count) {
  std::vector<std::unique_ptr<Sample>> out;
  while (out.size() < count) {
    auto sample = Sample::make(random_event(r));
    EXPECT_TRUE(sample) << sample.error().message;
    if (!sample) break;
    out.push_back(std::move(*sample));
  }
  return out;
}

TEST(Oracle, RandomConditionsOverRandomEvents) {
  Random r(20261123);
  std::size_t matched = 0;
  const auto samples = random_samples(r, 60);
  for (int round = 0; round < 40; ++round) {
    std::string yaml;
    for (int i = 0; i < 25; ++i) yaml += rule_with(random_condition(r, 3), "R" + std::to_string(i));
    const auto loaded = load_yaml(yaml);
    ASSERT_TRUE(loaded.engine) << as_text(loaded.diagnostics);
    expect_agreement(*loaded.engine, samples, matched);
  }
  EXPECT_GT(matched, 1000U);  // the conditions are not all false
}

// Hundreds of rules that differ in one value, as an index holds them: values, prefixes of each other, numbers.
TEST(Oracle, ManyRulesBehindAnIndex) {
  Random r(5);
  constexpr std::array<const char*, 9> paths = {"/",           "/e",           "/etc",   "/etc/", "/etc/p",
                                                "/etc/passwd", "/etc/passwd2", "/etc/a", "/usr"};
  std::string yaml;
  for (int i = 0; i < 300; ++i) {
    const std::string path = r.pick(paths);
    std::string condition = "evt.type in (openat, connect, execve) and ";
    switch (r.below(5)) {
      case 0: condition += "fd.name startswith " + path; break;
      case 1: condition += "fd.name in (" + path + ", " + r.pick(paths) + ")"; break;
      case 2: condition += "fd.name = " + path + " and proc.name in (cat, sh)"; break;
      case 3: condition += "fd.sport = " + std::to_string(80 + r.below(2) * 363); break;
      default: condition += "proc.name = " + std::string(r.pick(words)) + " and not fd.name startswith " + path;
    }
    yaml += rule_with(condition, "R" + std::to_string(i));
  }
  const auto loaded = load_yaml(yaml);
  ASSERT_TRUE(loaded.engine) << as_text(loaded.diagnostics);
  std::size_t matched = 0;
  expect_agreement(*loaded.engine, random_samples(r, 200), matched);
  EXPECT_GT(matched, 1000U);
}

void expect_agreement_near(const Engine& engine, unsigned seed, std::size_t& matched) {
  Random r(seed);
  const auto values = values_of(engine);
  std::vector<std::unique_ptr<Sample>> samples;
  while (samples.size() < 3000) {
    auto sample = near_sample(r, values);
    ASSERT_TRUE(sample);
    samples.push_back(std::move(sample));
  }
  expect_agreement(engine, samples, matched);
}

TEST(Oracle, TheRulesOfTheProject) {
  Random r(7);
  std::size_t matched = 0;
  const std::filesystem::path rules = std::filesystem::path(EUNOMIA_SOURCE_DIR) / "rules";
  const auto loaded = load({&rules, 1});
  ASSERT_TRUE(loaded.engine);
  expect_agreement(*loaded.engine, random_samples(r, 500), matched);
  expect_agreement_near(*loaded.engine, 9, matched);
  EXPECT_GT(matched, 50U);
}

TEST(Oracle, ThePublicRules) {
  const auto path = std::filesystem::path(EUNOMIA_SOURCE_DIR) / "../shared/data/falco/falco_rules.yaml";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there: the public rules are NOT tested";
  Random r(8);
  std::size_t matched = 0;
  const auto loaded = load({&path, 1});
  ASSERT_TRUE(loaded.engine);
  expect_agreement(*loaded.engine, random_samples(r, 500), matched);
  expect_agreement_near(*loaded.engine, 10, matched);
  EXPECT_GT(matched, 50U);
}

}  // namespace
}  // namespace eunomia::lang
