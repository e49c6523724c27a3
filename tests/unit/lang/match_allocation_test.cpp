// SPDX-License-Identifier: Apache-2.0
//
// Judging an event costs no allocation, once the thread has seen one like it: with every kind of check and transformer,
// the default rules, the public rules, for every event type.
#include <algorithm>
#include <filesystem>

#include "tests/unit/event/allocation_count.h"
#include "tests/unit/lang/lang_fixture.h"
#include "tests/unit/lang/near_samples.h"

namespace eunomia::lang {
namespace {

void expect_no_allocation(const Engine& engine, unsigned seed) {
  Random r(seed);
  const auto values = values_of(engine);
  EventSet types;
  std::size_t silent = 0;
  for (int i = 0; i < 4000; ++i) {
    const auto sample = near_sample(r, values);
    ASSERT_TRUE(sample);
    const auto type = sample->context().event.type;
    if (engine.match(sample->context())) continue;
    const auto context = sample->context();
    const auto before = test::allocations();
    const auto* matched = engine.match(context);
    EXPECT_EQ(test::allocations(), before) << event_name(type);
    EXPECT_EQ(matched, nullptr);
    types.set(static_cast<std::size_t>(type));
    ++silent;
  }
  // A sample of ptrace is a request of 0, PTRACE_TRACEME: a public rule may be true of every one.
  EXPECT_GE(types.count(), EV_TYPE_COUNT - 2U);
  EXPECT_GT(silent, 500U);
}

TEST(MatchAllocation, DefaultRules) {
  const std::filesystem::path rules = std::filesystem::path(EUNOMIA_SOURCE_DIR) / "rules";
  const auto loaded = load({&rules, 1});
  ASSERT_TRUE(loaded.engine);
  expect_no_allocation(*loaded.engine, 1);
}

TEST(MatchAllocation, PublicRules) {
  const auto path = std::filesystem::path(EUNOMIA_SOURCE_DIR) / "../shared/data/falco/falco_rules.yaml";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there: the public rules are NOT tested";
  const auto loaded = load({&path, 1});
  ASSERT_TRUE(loaded.engine);
  expect_no_allocation(*loaded.engine, 2);
}

// None of these is true of the event.
TEST(MatchAllocation, EveryKindOfCheck) {
  constexpr auto conditions = std::to_array<const char*>({
      "proc.name = cat",
      "proc.name in (a, b, c, d, e)",
      "proc.name startswith anyof (a, b)",
      "proc.name endswith anyof (a, b)",
      "proc.cmdline contains \"?a\"",
      "proc.cmdline contains anyof (\"?a\", \"?b\", \"?c\", \"?d\", \"?e\")",
      "proc.cmdline icontains \"?A\"",
      "proc.cmdline icontains anyof (\"?A\", \"?B\")",
      "proc.cmdline glob \"?[x]*\"",
      "proc.cmdline iglob \"+(A|b)\"",
      "proc.cmdline regex \"[0-9]+\"",
      "proc.cmdline regex anyof (\"[0-9]+\", \".[0-9]+\")",
      "proc.exepath pmatch (/usr/a, /*/bin/a)",
      "proc.cmdline startswith allof (a, b)",
      "proc.cmdline contains oneof (\"?a\", \"?b\")",
      "proc.cmdline regex oneof (\"[0-9]+\", \".[0-9]+\")",
      "proc.name = val(proc.exepath)",
      "proc.aname = val(proc.exepath)",
      "tolower(proc.name) = x",
      "toupper(proc.aname) intersects (X)",
      "basename(proc.exepath) = x",
      "b64(proc.name) = x",
      "len(proc.aname) = 70",
      "join(proc.aname, \"a longer separator than most\") = x",
      "concat(proc.cmdline, proc.exepath, proc.cmdline) = x",
      "getopt(proc.args, \"n:x\") intersects (q)",
      "getopt(proc.args, \"n:x\")[n] = q",
      "proc.pid = 99999999",
      "proc.pid in (99999999, 99999998)",
      "user.uid > 99999999",
  });
  const auto sample = Sample::make({{"evt.type", "execve"},
                                    {"proc.name", "nginx"},
                                    {"proc.aname[1]", "a-parent-of-it"},
                                    {"proc.aname[2]", "its-own-parent"},
                                    {"proc.exepath", "/usr/local/sbin/nginx-of-a-long-name"},
                                    {"proc.cmdline", "nginx -n something -x --of some length -nnn"}});
  ASSERT_TRUE(sample) << sample.error().message;
  for (const auto* condition : conditions) {
    const auto engine = engine_for(condition);  // of its own: an index would spare most of them
    ASSERT_TRUE(engine);
    ASSERT_EQ(engine->match((*sample)->context()), nullptr) << condition;
    const auto context = (*sample)->context();
    const auto before = test::allocations();
    EXPECT_EQ(engine->match(context), nullptr);
    EXPECT_EQ(test::allocations(), before) << condition;
  }
}

}  // namespace
}  // namespace eunomia::lang
