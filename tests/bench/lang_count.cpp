// SPDX-License-Identifier: Apache-2.0
//
// Judges each event of the load a few times, for counting instructions (tests/bench/instructions.sh).
//
//   lang_count RULES EVENTS    # RULES: a rule file, or a number of generated rules
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <span>

#include "engine/lang/engine.h"
#include "tests/bench/lang_events.h"
#include "tests/bench/lang_rules.h"

using namespace eunomia;

int main(int argc, char** argv) {
  const std::span args(argv, static_cast<std::size_t>(argc));
  if (args.size() != 3) return 2;
  const std::string rules = args[1];
  const bool number = std::ranges::all_of(rules, [](unsigned char c) { return std::isdigit(c) != 0; });
  const std::filesystem::path path = rules;
  const auto loaded =
      number ? lang::load_text("rules.yaml", bench::make_rules(std::stoul(rules))) : lang::load({&path, 1});
  if (!loaded.engine) return 1;
  const std::size_t events = std::stoul(args[2]);
  Scratch scratch;
  std::size_t matched = 0;
  for (std::size_t i = 0; i < events; ++i)
    matched += loaded.engine->match(bench::load_of_events().context(i, scratch)) != nullptr ? 1 : 0;
  fmt::print("{} rules, {} events, {} matched\n", loaded.engine->rules().size(), events, matched);
  return 0;
}
