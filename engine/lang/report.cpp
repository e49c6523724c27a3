// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/report.h"

namespace eunomia::lang {

Diagnostic make_diagnostic(Severity severity, const Finding& finding, std::string_view item) {
  Diagnostic out;
  out.severity = severity;
  out.code = finding.code;
  out.item = item;
  out.message = finding.message;
  out.hint = finding.hint;
  out.length = static_cast<int>(finding.length);
  if (finding.where.file != nullptr) {
    out.where = finding.where.file->locate(finding.where.offset);
    out.line = finding.where.file->line_at(finding.where.offset);
  }
  return out;
}

void Report::add(Diagnostic diagnostic) {
  failed_ = failed_ || diagnostic.severity == Severity::error;
  const auto& where = diagnostic.where;
  if (seen_.emplace(diagnostic.code, where.file, where.line, where.column, diagnostic.message).second)
    diagnostics_.push_back(std::move(diagnostic));
}

}  // namespace eunomia::lang
