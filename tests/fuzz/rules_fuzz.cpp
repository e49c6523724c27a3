// SPDX-License-Identifier: Apache-2.0
//
// libFuzzer: a rule file of any bytes is loaded; what loads is run, rendered and explained, and its conditions must
// mean the same when they are printed and read again.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/lang/correlator.h"
#include "engine/lang/engine.h"
#include "engine/lang/explain.h"
#include "engine/lang/ir.h"
#include "engine/lang/naive.h"
#include "engine/lang/sample.h"

using namespace eunomia;
using namespace eunomia::lang;

namespace {

Sample& sample() {
  static const auto made = Sample::make({{"evt.type", "openat"},
                                         {"fd.name", "/etc/passwd"},
                                         {"proc.name", "cat"},
                                         {"proc.pname", "sh"},
                                         {"container.id", "0123456789ab"}});
  return **made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto loaded = load_text("fuzz.yaml", {reinterpret_cast<const char*>(data), size});
  (void)to_json(loaded.diagnostics);
  for (const auto& d : loaded.diagnostics) (void)to_text(d);
  if (!loaded.engine) return 0;
  std::vector<const Rule*> matched;
  loaded.engine->match_all(sample().context(), matched);
  std::vector<Match> parts;
  loaded.engine->matches(sample().context(), Matching::all, parts);
  std::vector<const Rule*> rules;
  for (const auto& part : parts)
    if (rules.empty() || rules.back() != part.rule) rules.push_back(part.rule);
  if (rules != matched) std::abort();
  Correlator correlator(*loaded.engine);
  std::vector<Verdict> verdicts;
  for (int round = 0; round < 3; ++round) correlator.judge(parts, Matching::first, sample().context(), verdicts);
  for (const auto& rule : loaded.engine->rules()) {
    (void)explain(*loaded.engine, rule);
    (void)loaded.engine->render(rule, sample().context());
    const auto& condition = loaded.engine->condition(rule);
    if (condition.size > 1000) continue;
    const bool fires = std::find(matched.begin(), matched.end(), &rule) != matched.end();
    if (rule.enabled && naive_match(condition, sample().context()) != fires) std::abort();
  }
  return 0;
}
