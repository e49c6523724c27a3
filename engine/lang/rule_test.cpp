// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/rule_test.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <fstream>
#include <memory>

#include "engine/lang/correlator.h"
#include "engine/lang/duration.h"
#include "engine/lang/files.h"
#include "engine/lang/report.h"
#include "engine/lang/sample.h"
#include "engine/lang/suggest.h"
#include "engine/lang/yaml.h"

namespace eunomia::lang {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 7> test_keys = {"test",   "given",  "events", "expect",
                                                       "silent", "output", "match"};
constexpr std::chrono::hours longest_pause{1000};

struct TestEvent {
  FieldMap fields;
  Origin where;
  std::chrono::milliseconds after{};  // the event before
};

struct Case {
  std::string name;
  Origin where;
  std::vector<TestEvent> events;
  Matching matching = Matching::first;
  std::vector<std::string> expect, silent;
  std::string contains;
  bool exact = true;
};

std::string list(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "'" : ", '") + name + "'";
  return out.empty() ? "nothing" : out;
}

// One test file: reads its items, runs its tests, adds to the run.
class TestFile {
 public:
  TestFile(const SourceFile& file, TestRun& run, Report& report, std::shared_ptr<const Engine> engine)
      : file_(file), run_(run), report_(report), engine_(std::move(engine)), fixed_(engine_ != nullptr) {}

  void run() {
    const auto documents = parse_yaml(file_);
    if (!documents) return report_.error("", documents.error());
    for (const auto& document : *documents) {
      if (!document.is_null() && !document.is_sequence())
        error("E0601", document.where, "a test file is a list of items");
      for (const auto& item : document.items) read_item(item);
    }
  }

 private:
  void error(std::string_view code, Origin where, std::string message, std::string hint = {}, std::size_t length = 1) {
    report_.error(item_, {code, where, std::move(message), std::move(hint), length});
    ok_ = false;
  }

  void read_item(const YamlNode& item) {
    item_.clear();
    ok_ = true;
    if (const auto* rules = item.find("rules")) return load_rules(*rules);
    const auto* name = item.find("test");
    if (!name || !name->is_scalar() || name->text.empty())
      return error("E0602", item.where, "expected an item with 'test' or 'rules'");
    item_ = "test '" + name->text.text() + "'";
    auto test = read_case(item, *name);
    if (!ok_) return;
    if (!engine_) return error("E0603", name->where, "no rules are loaded", "begin the file with '- rules: [FILE]'");
    run_.outcomes.push_back(execute(test));
  }

  void load_rules(const YamlNode& rules) {
    if (fixed_) return;
    std::vector<fs::path> paths;
    for (const auto& path : rules.items) paths.push_back(fs::path(file_.name()).parent_path() / path.text.text());
    auto loaded = load(paths);
    for (auto& d : loaded.diagnostics)
      if (d.severity == Severity::error) report_.add(std::move(d));
    engine_ = loaded.engine;
  }

  Case read_case(const YamlNode& item, const YamlNode& name) {
    Case out{.name = name.text.text(), .where = name.where, .events = {}, .expect = {}, .silent = {}, .contains = {}};
    for (const auto& [key, value] : item.entries)
      if (std::ranges::find(test_keys, key.text.text()) == test_keys.end())
        error("E0604", key.where, "unknown key '" + key.text.text() + "'", did_you_mean(key.text.text(), test_keys),
              key.text.size());
    FieldMap given;
    if (const auto* fields = item.find("given")) append_fields(*fields, given);
    const auto* events = item.find("events");
    if (!events || !events->is_sequence() || events->items.empty())
      error("E0602", name.where, "the test has no 'events'");
    for (const auto& event : events ? events->items : std::vector<YamlNode>()) {
      out.events.push_back({.fields = given, .where = event.where, .after = pause(event)});
      append_fields(event, out.events.back().fields, "after");
    }
    if (const auto* matching = item.find("match")) {
      const auto& word = matching->text.text();
      if (word == "all")
        out.matching = Matching::all;
      else if (word != "first")
        error("E0602", matching->where, "'match' must be 'first' or 'all'", {}, std::max<std::size_t>(1, word.size()));
    }
    out.exact = item.find("expect") || !item.find("silent");
    read_names(item, "expect", out.expect);
    read_names(item, "silent", out.silent);
    if (const auto* output = item.find("output"))
      if (const auto* text = output->find("contains")) out.contains = text->text.text();
    return out;
  }

  std::chrono::milliseconds pause(const YamlNode& event) {
    const auto* after = event.find("after");
    if (!after) return {};
    const auto& text = after->text;
    const auto duration = parse_duration(text.text());
    if (duration && *duration <= longest_pause) return *duration;
    error("E0602", after->where, duration ? "'after' is longer than 1000h" : duration.error(), {},
          std::max<std::size_t>(1, text.size()));
    return {};
  }

  // `other` is a key that names no field.
  void append_fields(const YamlNode& node, FieldMap& out, std::string_view other = {}) {
    if (!node.is_map()) error("E0602", node.where, "an event is a mapping of fields to values");
    for (const auto& [key, value] : node.entries) {
      if (key.text.text() == other) continue;
      if (!value.is_scalar())
        error("E0602", value.where, "the value of '" + key.text.text() + "' must be a single value");
      out.emplace_back(key.text.text(), value.text.text());
    }
  }

  void read_names(const YamlNode& item, std::string_view key, std::vector<std::string>& out) {
    const auto* names = item.find(key);
    if (!names) return;
    if (!names->is_sequence())
      return error("E0602", names->where, "'" + std::string(key) + "' must be a list of rules");
    for (const auto& name : names->items) {
      out.push_back(name.text.text());
      if (!engine_ || engine_->find(name.text.text())) continue;
      std::vector<std::string_view> known;
      for (const auto& rule : engine_->rules()) known.push_back(rule.name);
      error("E0605", name.where, "no rule named '" + name.text.text() + "'", did_you_mean(name.text.text(), known),
            name.text.size());
    }
  }

  TestOutcome execute(const Case& test) {
    TestOutcome out{.name = test.name, .where = file_.locate(test.where.offset), .passed = false, .difference = {}};
    std::vector<std::string> reported;
    std::vector<const Rule*> matching;
    Correlator correlator(*engine_);
    std::chrono::milliseconds elapsed{};
    for (const auto& event : test.events) {
      elapsed += event.after;
      auto sample = Sample::make(event.fields, elapsed);
      if (!sample) {
        error("E0606", event.where, sample.error().message);
        out.difference = sample.error().message;
        return out;
      }
      judge(**sample, test, correlator, reported, matching, out.difference);
    }
    auto expected = test.expect;
    std::ranges::sort(expected);
    std::ranges::sort(reported);
    if (test.exact && expected != reported)
      out.difference += "expected " + list(expected) + "\n     got " + list(reported) + "\n";
    for (const auto* rule : matching)
      if (std::ranges::find(test.silent, rule->name) != test.silent.end())
        out.difference += "expected no match of '" + rule->name + "', which matched\n";
    out.passed = out.difference.empty();
    return out;
  }

  // Adds what the event reports to `reported`, and what matches, though another rule reports, to `matching`.
  void judge(Sample& sample, const Case& test, Correlator& correlator, std::vector<std::string>& reported,
             std::vector<const Rule*>& matching, std::string& difference) {
    const auto context = sample.context();
    std::vector<Match> matches;
    engine_->matches(context, Matching::all, matches);
    for (const auto& match : matches)
      if (!match.counts) matching.push_back(match.rule);
    std::vector<Verdict> verdicts;
    correlator.judge(matches, test.matching, context, verdicts);
    for (const auto& verdict : verdicts) {
      if (verdict.suppressed) continue;
      if (verdict.rule->correlation && verdict.rule->correlation->counts()) matching.push_back(verdict.rule);
      reported.push_back(verdict.rule->name);
      const auto rendered = engine_->render(*verdict.rule, context);
      if (rendered.text.find(test.contains) == std::string::npos)
        difference += "expected '" + test.contains + "' in the output of '" + verdict.rule->name + "'\n     got " +
                      rendered.text + "\n";
    }
  }

  const SourceFile& file_;
  TestRun& run_;
  Report& report_;
  std::shared_ptr<const Engine> engine_;
  bool fixed_;
  std::string item_;
  bool ok_ = true;
};

}  // namespace

bool TestRun::passed() const {
  return !has_errors(diagnostics) && !outcomes.empty() && std::ranges::all_of(outcomes, &TestOutcome::passed);
}

TestRun run_rule_tests(std::span<const fs::path> tests, std::span<const fs::path> rules) {
  TestRun run;
  Report report;
  std::shared_ptr<const Engine> engine;
  if (!rules.empty()) {
    auto loaded = load(rules);
    for (auto& d : loaded.diagnostics) report.add(std::move(d));
    engine = loaded.engine;
  }
  if (!report.failed()) {
    for (const auto& path : tests)
      for (const auto& file : read_rule_files(path, report)) TestFile(*file, run, report, engine).run();
  }
  run.diagnostics = report.take();
  return run;
}

}  // namespace eunomia::lang
