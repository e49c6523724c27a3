// SPDX-License-Identifier: Apache-2.0
//
// Where the stages of loading put what they find wrong: one list, in the order of discovery, every finding once.
//
// `error` and `warning` turn an Origin into file, line, column and the line's text. `item` names the rule, macro or
// list that is being worked on. What a hostile file could make endless is cut: long lines and names, and the number of
// findings. Not thread-safe.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/lang/diagnostic.h"
#include "engine/lang/source.h"

namespace eunomia::lang {

// What a stage says; the Report adds the rest.
struct Finding {
  std::string_view code;
  Origin where;
  std::string message, hint;
  std::size_t length = 1;  // bytes
};

// Errors that are kept, and as many warnings; a last warning tells how many more there are.
constexpr std::size_t max_findings = 10'000;

Diagnostic make_diagnostic(Severity severity, const Finding& finding, std::string_view item);

class Report {
 public:
  void error(std::string_view item, const Finding& finding) { add(make_diagnostic(Severity::error, finding, item)); }
  void warning(std::string_view item, const Finding& finding) {
    add(make_diagnostic(Severity::warning, finding, item));
  }
  // Ignores what was said before, code and place being equal.
  void add(Diagnostic diagnostic);
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] std::vector<Diagnostic> take();

 private:
  std::vector<Diagnostic> diagnostics_;
  std::set<std::tuple<std::string, std::string, int, int, std::string>> seen_;
  std::size_t errors_ = 0, warnings_ = 0;  // found, kept or not
  bool failed_ = false;
};

}  // namespace eunomia::lang
