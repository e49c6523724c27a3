// SPDX-License-Identifier: Apache-2.0
//
// A check as written (ast) → a typed check (ir): fields are looked up, operators and values checked against the field's
// type. Pure functions, any thread.
#pragma once

#include <expected>
#include <string>

#include "engine/lang/ast.h"
#include "engine/lang/ir.h"

namespace eunomia::lang {

struct TypeError {
  std::string_view code;
  ast::Span span;
  std::string message, hint;
};
// Codes that `skip-if-unknown-filter` forgives: a field or event type that is not known.
bool is_unknown_name(std::string_view code);

std::expected<ir::Check, TypeError> type_check(const ast::Expr& check);
// A transformer with its arguments.
std::expected<ir::Term, TypeError> type_transformer(const ast::Term& term);
// A field with its argument; the error is a message and a hint.
std::expected<ir::FieldUse, std::pair<std::string, std::string>> use_field(std::string_view text);

}  // namespace eunomia::lang
