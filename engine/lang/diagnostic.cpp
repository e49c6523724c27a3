// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/lang/text.h"

namespace eunomia::lang {
namespace {

constexpr std::size_t widest_line = 160;

std::string_view name(Severity severity) { return severity == Severity::error ? "error" : "warning"; }

// The part of a long line around the column, with the column's place in it.
std::pair<std::string_view, std::size_t> window(std::string_view line, std::size_t column) {
  if (line.size() <= widest_line) return {line, column};
  const auto start = column > widest_line / 2 ? std::min(column - widest_line / 2, line.size() - widest_line) : 0;
  return {line.substr(start, widest_line), column - start};
}

// The line and the caret below it. Bytes that a terminal would act on are escaped, and the caret moves with them.
std::string excerpt(const Diagnostic& d) {
  const auto column = static_cast<std::size_t>(std::max(d.where.column - d.line_column, 0));
  const auto [line, at] = window(d.line, std::min(column, d.line.size()));
  const auto before = display(line.substr(0, at));
  const auto length = std::min<std::size_t>(static_cast<std::size_t>(std::max(d.length, 1)), line.size() - at);
  const auto marked = display_width(display(line.substr(at, length)));
  return fmt::format("  {}{}\n  {}^{}\n", before, display(line.substr(at)), std::string(display_width(before), ' '),
                     std::string(marked > 1 ? marked - 1 : 0, '~'));
}

}  // namespace

std::string to_text(const Diagnostic& d) {
  std::string out = escape_controls(d.where.file);
  if (d.where.line > 0) out += fmt::format(":{}:{}", d.where.line, d.where.column);
  if (!out.empty()) out += ": ";
  out += fmt::format("{}[{}]: ", name(d.severity), d.code);
  if (!d.item.empty()) out += escape_controls(d.item) + ": ";
  out += escape_controls(d.message) + "\n";
  if (!d.line.empty()) out += excerpt(d);
  if (!d.hint.empty()) out += "  hint: " + escape_controls(d.hint) + "\n";
  return out;
}

std::string to_json(const std::vector<Diagnostic>& diagnostics) {
  auto array = nlohmann::json::array();
  for (const auto& d : diagnostics)
    array.push_back({{"severity", name(d.severity)},
                     {"code", d.code},
                     {"file", d.where.file},
                     {"line", d.where.line},
                     {"column", d.where.column},
                     {"length", d.length},
                     {"item", d.item},
                     {"message", d.message},
                     {"hint", d.hint},
                     {"text", d.line},
                     {"text_column", d.line_column}});
  return array.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool has_errors(const std::vector<Diagnostic>& diagnostics) {
  return std::ranges::any_of(diagnostics, [](const auto& d) { return d.severity == Severity::error; });
}

}  // namespace eunomia::lang
