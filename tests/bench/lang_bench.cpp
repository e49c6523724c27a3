// SPDX-License-Identifier: Apache-2.0
//
// How fast rules are loaded and events are judged, on one core.
//
//   lang_bench --benchmark_filter=match
//
// items_per_second: events; matched: how many of the events a rule is true of; MiB: what an engine takes on the heap.
// EUNOMIA_BENCH_RULES names a rule file (the public Falco rules) for the *_file benchmarks.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "engine/lang/engine.h"
#include "tests/bench/lang_events.h"
#include "tests/bench/lang_rules.h"

namespace eunomia::lang {
namespace {

std::string file_rules() {
  const char* path = std::getenv("EUNOMIA_BENCH_RULES");
  if (!path) return {};
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string generated(const benchmark::State& state) {
  return bench::make_rules(static_cast<std::size_t>(state.range(0)));
}

void match(benchmark::State& state, const std::string& text) {
  const auto loaded = load_text("bench.yaml", text);
  if (!loaded.engine) return state.SkipWithError("no rules that load: set EUNOMIA_BENCH_RULES to a rule file");
  const auto& load = bench::load_of_events();
  Scratch scratch;
  std::size_t number = 0, matched = 0;
  for (auto _ : state) matched += loaded.engine->match(load.context(number++, scratch)) != nullptr ? 1 : 0;
  state.SetItemsProcessed(state.iterations());
  state.counters["matched"] = static_cast<double>(matched) / static_cast<double>(state.iterations());
}

void load(benchmark::State& state, const std::string& text) {
  const auto before = mallinfo2().uordblks;
  std::shared_ptr<const Engine> kept = load_text("bench.yaml", text).engine;
  if (!kept) return state.SkipWithError("no rules that load: set EUNOMIA_BENCH_RULES to a rule file");
  state.counters["MiB"] = static_cast<double>(mallinfo2().uordblks - before) / (1 << 20);
  for (auto _ : state) benchmark::DoNotOptimize(load_text("bench.yaml", text));
}

void match_generated(benchmark::State& state) { match(state, generated(state)); }
BENCHMARK(match_generated)->Arg(25)->Arg(100)->Arg(1000);

void match_file(benchmark::State& state) { match(state, file_rules()); }
BENCHMARK(match_file);

void load_generated(benchmark::State& state) { load(state, generated(state)); }
BENCHMARK(load_generated)->Arg(25)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);

void load_file(benchmark::State& state) { load(state, file_rules()); }
BENCHMARK(load_file)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace eunomia::lang

BENCHMARK_MAIN();
