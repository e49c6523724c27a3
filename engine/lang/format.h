// SPDX-License-Identifier: Apache-2.0
//
// The output line of a rule: text and "%field" parts, parsed once. A leading '*' is accepted and means what is always
// done here: a missing value prints as <NA> and the line is printed all the same. "%%" is a percent sign. "%20field"
// pads or cuts the value to 20 bytes; "%toupper(field)" prints what a transformer makes of it. Immutable once parsed;
// any thread.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "engine/lang/engine.h"
#include "engine/lang/ir.h"
#include "engine/lang/source.h"

namespace eunomia::lang {

struct OutputPart {
  std::string text;  // literal; or the name in the alert's fields: the field or transformer as written
  ir::Term term;
  bool is_field = false;
  std::size_t width = 0;  // bytes; 0: as long as it is
};

struct Output {
  std::vector<OutputPart> parts;
};

struct OutputError {
  std::string_view code;
  std::size_t begin = 0, end = 0;
  std::string message, hint;
};

std::expected<Output, std::vector<OutputError>> parse_output(std::string_view text);

// The line and the values. Control characters in values are escaped in the line; the fields keep them.
Rendered render(const Output& output, const Context& context);

}  // namespace eunomia::lang
