// SPDX-License-Identifier: Apache-2.0
//
// Tests of rules, written in YAML beside them; no kernel, no root.
//
//   - rules: [../files.yaml]             # optional: the rules to test, relative to this file
//   - test: cat of the shadow file
//     given: {container.id: 3f2a, proc.name: cat}   # fields of all events of the test
//     events:
//       - {evt.type: openat, fd.name: /etc/shadow}
//       - {evt.type: openat, fd.name: /etc/shadow, after: 3s}  # since the event before; without: at the same time
//     expect: [Sensitive file read in a container]  # the rules that report, the first that matches each event
//     silent: [Some other rule]          # rules that must not match, whatever else does
//     output: {contains: "/etc/shadow"}  # optional: a text in each alert's line
//     match: all                         # every rule that matches reports; without: the first
//
// `expect` is exact: a rule more or a rule less fails the test; without it nothing may report, unless only `silent` is
// given. A test begins with nothing counted for windows, sequences and throttles; what a throttle holds back is not
// reported. Fields that can be set: sample.h. One thread.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "engine/lang/engine.h"

namespace eunomia::lang {

struct TestOutcome {
  std::string name;
  Location where;
  bool passed = false;
  std::string difference;  // of a test that failed: what was expected and what came, a line each
};

struct TestRun {
  std::vector<TestOutcome> outcomes;    // in file order
  std::vector<Diagnostic> diagnostics;  // of the test files and of the rules they load
  [[nodiscard]] bool passed() const;    // no error, at least one test, none failed
};

// Runs the test files, or those in directories. `rules`, if given, are loaded instead of what the files name.
TestRun run_rule_tests(std::span<const std::filesystem::path> tests, std::span<const std::filesystem::path> rules = {});

}  // namespace eunomia::lang
