// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/report.h"

#include <fmt/format.h>

#include <algorithm>

namespace eunomia::lang {
namespace {

constexpr std::size_t longest_text = 400, longest_line = 2048;

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The nearest place at or before `at` where a code point begins.
std::size_t boundary(std::string_view text, std::size_t at) {
  while (at > 0 && at < text.size() && is_continuation(text[at])) --at;
  return at;
}

std::string shortened(std::string_view text) {
  if (text.size() <= longest_text) return std::string(text);
  constexpr auto half = longest_text / 2;
  const auto tail = boundary(text, text.size() - half);
  return fmt::format("{}...{}", text.substr(0, boundary(text, half)), text.substr(tail));
}

void set_line(Diagnostic& out, std::string_view line) {
  const auto column = static_cast<std::size_t>(out.where.column) - 1;
  const auto start = line.size() <= longest_line || column < longest_line / 2
                         ? 0
                         : boundary(line, std::min(column - longest_line / 2, line.size() - longest_line));
  out.line = line.substr(start, boundary(line, start + longest_line) - start);
  out.line_column = static_cast<int>(start) + 1;
}

}  // namespace

Diagnostic make_diagnostic(Severity severity, const Finding& finding, std::string_view item) {
  Diagnostic out;
  out.severity = severity;
  out.code = finding.code;
  out.item = shortened(item);
  out.message = shortened(finding.message);
  out.hint = shortened(finding.hint);
  out.length = static_cast<int>(finding.length);
  if (finding.where.file != nullptr) {
    out.where = finding.where.file->locate(finding.where.offset);
    set_line(out, finding.where.file->line_at(finding.where.offset));
  }
  return out;
}

void Report::add(Diagnostic diagnostic) {
  const bool is_error = diagnostic.severity == Severity::error;
  failed_ = failed_ || is_error;
  auto& count = is_error ? errors_ : warnings_;
  if (count >= max_findings) {
    ++count;
    return;
  }
  const auto& where = diagnostic.where;
  if (!seen_.emplace(diagnostic.code, where.file, where.line, where.column, diagnostic.message).second) return;
  ++count;
  diagnostics_.push_back(std::move(diagnostic));
}

std::vector<Diagnostic> Report::take() {
  const auto beyond = [](std::size_t count) { return count - std::min(count, max_findings); };
  const auto more = beyond(errors_) + beyond(warnings_);
  if (more > 0)
    diagnostics_.push_back(make_diagnostic(
        Severity::warning, {"W0518", {}, fmt::format("{} more errors and warnings are not shown", more), "", 1}, ""));
  return std::move(diagnostics_);
}

}  // namespace eunomia::lang
