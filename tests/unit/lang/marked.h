// SPDX-License-Identifier: Apache-2.0
//
// Text in which the bytes that a diagnostic must underline stand between « and ».
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "tests/unit/lang/lang_fixture.h"

namespace eunomia::lang {

struct Marked {
  std::string text;  // without the marks
  int line = 0, column = 0, length = 0;
};

inline Marked unmark(std::string text) {
  constexpr std::string_view open = "«", close = "»";
  Marked out;
  const auto begin = text.find(open);
  text.erase(begin, open.size());
  const auto end = text.find(close);
  text.erase(end, close.size());
  const auto line_start = text.rfind('\n', begin) + 1;  // npos + 1 is 0
  out.line = static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(begin), '\n')) + 1;
  out.column = static_cast<int>(begin - line_start) + 1;
  out.length = static_cast<int>(end - begin);
  out.text = std::move(text);
  return out;
}

// That loading finds `code` under the marked bytes, as an error or a warning, whatever else it finds.
inline void expect_finding(const std::string& marked, std::string_view code) {
  const auto want = unmark(marked);
  const auto result = load_yaml(want.text);
  EXPECT_EQ(result.engine == nullptr, code.starts_with('E')) << want.text << as_text(result.diagnostics);
  const auto found = std::ranges::any_of(result.diagnostics, [&](const Diagnostic& d) {
    return d.code == code && d.where.line == want.line && d.where.column == want.column && d.length == want.length;
  });
  EXPECT_TRUE(found) << "no " << code << " at " << want.line << ":" << want.column << ", " << want.length
                     << " bytes, but\n"
                     << as_text(result.diagnostics);
}

}  // namespace eunomia::lang
