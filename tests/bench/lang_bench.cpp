// SPDX-License-Identifier: Apache-2.0
//
// How fast rules are loaded and events are judged, on one core.
//
//   lang_bench --benchmark_filter=match
//
// items_per_second: events; matched: how many of the events a rule is true of; MiB: what an engine takes on the heap.
// *_default: the rules of this project, so run it from the project's folder. *_file: those of a file or folder that
// EUNOMIA_BENCH_RULES names, such as the public Falco rules.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cstdlib>
#include <filesystem>

#include "engine/lang/engine.h"
#include "tests/bench/lang_events.h"
#include "tests/bench/lang_rules.h"

namespace eunomia::lang {
namespace {

LoadResult load_generated_rules(const benchmark::State& state) {
  return load_text("bench.yaml", bench::make_rules(static_cast<std::size_t>(state.range(0))));
}

LoadResult load_default_rules(const benchmark::State&) {
  const std::filesystem::path path = "rules";
  return load({&path, 1});
}

LoadResult load_named_rules(const benchmark::State&) {
  const char* name = std::getenv("EUNOMIA_BENCH_RULES");
  const std::filesystem::path path = name ? name : "";
  return load({&path, 1});
}

using Loading = LoadResult (*)(const benchmark::State&);
constexpr const char* no_rules = "no rules that load: name some in EUNOMIA_BENCH_RULES";

void match(benchmark::State& state, Loading load_rules) {
  const auto loaded = load_rules(state);
  if (!loaded.engine) return state.SkipWithError(no_rules);
  const auto& load = bench::load_of_events();
  Scratch scratch;
  std::size_t number = 0, matched = 0;
  for (auto _ : state) matched += loaded.engine->match(load.context(number++, scratch)) != nullptr ? 1 : 0;
  state.SetItemsProcessed(state.iterations());
  state.counters["matched"] = static_cast<double>(matched) / static_cast<double>(state.iterations());
}
BENCHMARK_CAPTURE(match, generated, load_generated_rules)->Arg(25)->Arg(100)->Arg(1000);
BENCHMARK_CAPTURE(match, default, load_default_rules);
BENCHMARK_CAPTURE(match, file, load_named_rules);

void loading(benchmark::State& state, Loading load_rules) {
  const auto before = mallinfo2().uordblks;
  const auto kept = load_rules(state).engine;
  if (!kept) return state.SkipWithError(no_rules);
  state.counters["MiB"] = static_cast<double>(mallinfo2().uordblks - before) / (1 << 20);
  for (auto _ : state) benchmark::DoNotOptimize(load_rules(state));
}
BENCHMARK_CAPTURE(loading, generated, load_generated_rules)
    ->Arg(25)
    ->Arg(100)
    ->Arg(1000)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(loading, default, load_default_rules)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(loading, file, load_named_rules)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace eunomia::lang

BENCHMARK_MAIN();
