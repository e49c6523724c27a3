// SPDX-License-Identifier: Apache-2.0
//
// What is wrong with a rule file, and exactly where. Everything that reads rules adds to one list and goes on, so a
// user sees all errors of all files at once. `code` is stable ("E0102"); texts may be reworded.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace eunomia::lang {

enum class Severity { warning, error };

struct Location {
  std::string file;
  int line = 0, column = 0;  // 1-based, columns in bytes; 0: the whole file
};

struct Diagnostic {
  Severity severity = Severity::error;
  std::string code;
  Location where;
  std::string item;     // "rule 'Read sensitive file'"; empty outside items
  std::string message;  // what is wrong
  std::string hint;     // what to do: "did you mean 'proc.name'?"; may be empty
  std::string line;     // text of the line, without its end; of a very long one, the part around the column
  int line_column = 1;  // column of the first byte of `line`
  int length = 1;       // bytes the caret underlines
};

// "file:line:column: error[E0102]: message\n  line\n      ^~~~\n  hint\n", hostile bytes escaped.
std::string to_text(const Diagnostic& diagnostic);
// A JSON array of objects with the members above.
std::string to_json(const std::vector<Diagnostic>& diagnostics);
bool has_errors(const std::vector<Diagnostic>& diagnostics);

}  // namespace eunomia::lang
