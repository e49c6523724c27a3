// SPDX-License-Identifier: Apache-2.0
//
// Rule files in, one immutable engine out.
//
//   auto loaded = lang::load({"rules/", "mine.yaml"});
//   print(loaded.diagnostics);
//   if (!loaded.engine) return 1;
//   if (const Rule* rule = loaded.engine->match(context)) send(loaded.engine->render(*rule, context));
//
// Loading: YAML → items (loader.h) → IR, the resolved conditions as trees of typed checks (ir.h) → Engine. An engine
// never changes: a reload makes a new one and swaps it whole. `match` and `render` are const, may be called from
// several threads with a Context each, and do not throw.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/event/field.h"
#include "engine/lang/diagnostic.h"

namespace eunomia::lang::ir {
struct Node;
}

namespace eunomia::lang {

struct Program;
struct Correlation;

// As in syslog, most urgent first.
enum class Priority : std::uint8_t { emergency, alert, critical, error, warning, notice, informational, debug };
// "Emergency", "Alert", ... "Informational", "Debug", as Falco writes them.
std::string_view to_string(Priority priority);
std::optional<Priority> parse_priority(std::string_view text);  // any letter case, "info" too

struct Rule {
  std::size_t index = 0;  // position in file order
  std::string name, description, output;
  Priority priority = Priority::notice;
  std::vector<std::string> tags;
  std::string source = "syscall";
  bool enabled = true;
  EventSet events;  // the types its condition can be true for
  Location where;
  std::shared_ptr<const Correlation> correlation;  // window, sequence, throttle (correlation.h); null: none of them
};

// Whether only the first rule that matches an event reports it, or all do.
enum class Matching : std::uint8_t { first, all };

// A rule that matched, or of a sequence one of its steps.
struct Match {
  const Rule* rule;
  std::uint8_t step = 0;  // from 0
  bool counts = false;    // the rule has a window or a sequence: a Correlator says whether it reports
};

// What enabled rules read that costs something to provide.
struct Needs {
  std::vector<std::string> domain_names;  // that addresses are compared with, sorted
  bool environment = false;               // of processes
};

using OwnedValue = std::variant<std::monostate, bool, std::int64_t, std::string>;

struct Rendered {
  std::string text;                                        // the output line, missing values as <NA>
  std::vector<std::pair<std::string, OwnedValue>> fields;  // every field the output names, in order, once
  bool touched_pending = false;                            // it printed metadata that is still on its way
};

class Engine {
 public:
  Engine();
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // The first enabled rule, in file order, that is true of the event; null if none. Here and in match_all, a rule with
  // a window or a sequence is one that takes notice of the event, whether it has seen enough or not.
  [[nodiscard]] const Rule* match(const Context& context) const;
  // Every one that is.
  void match_all(const Context& context, std::vector<const Rule*>& out) const;
  // What a Correlator needs to judge the event: the first rule without window and sequence that matches (or all), and
  // every match of those with one; in file order, of a sequence the later steps first. Nothing is allocated if none
  // does.
  void matches(const Context& context, Matching matching, std::vector<Match>& out) const;
  [[nodiscard]] Rendered render(const Rule& rule, const Context& context) const;

  // All of them, disabled ones too, in file order.
  [[nodiscard]] std::span<const Rule> rules() const;
  // Null if there is no rule of that name.
  [[nodiscard]] const Rule* find(std::string_view name) const;
  // The resolved condition (ir.h), for explaining a rule or compiling it further; of a sequence: any of its steps.
  [[nodiscard]] const ir::Node& condition(const Rule& rule) const;
  // What the conditions were compiled to (program.h), for printing it.
  [[nodiscard]] const Program& program() const;
  [[nodiscard]] Needs needs() const;
  // Event types that some enabled rule needs: what the sensor has to attach.
  [[nodiscard]] EventSet events() const;

  struct Impl;
  explicit Engine(std::unique_ptr<const Impl> impl);

 private:
  std::unique_ptr<const Impl> impl_;
};

struct LoadResult {
  std::shared_ptr<const Engine> engine;   // null if there was an error
  std::vector<Diagnostic> diagnostics;    // errors and warnings, in the order they were found
  std::vector<std::string> requirements;  // what the files ask for: "engine 0.57.0", "plugin container 0.4.0"
};

// Switches rules on or off, whatever their files say. A name is a glob; of name and tag one is given.
struct Choice {
  bool enable = true;
  std::string rule, tag;
};

struct LoadOptions {
  std::vector<Choice> choices;          // in this order: a later one wins
  Priority least = Priority::debug;     // rules less urgent are disabled
  Matching matching = Matching::first;  // with `all`, no rule stands in another's way
};

// Loads files, and the *.yaml of directories (sorted), in that order.
LoadResult load(std::span<const std::filesystem::path> paths, const LoadOptions& options = {});
// The same from memory; `name` stands for the file in diagnostics.
LoadResult load_text(std::string_view name, std::string_view text, const LoadOptions& options = {});

}  // namespace eunomia::lang
