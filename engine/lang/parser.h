// SPDX-License-Identifier: Apache-2.0
//
// Text of a condition → ast::Expr.
//
// The grammar is Falco's, as its libs parse it: `or` binds less than `and`, `not` most; a check is a field or
// transformer, an operator and a value; anything else that is a word is a macro. Lists must have been substituted
// before (expand.h). Nothing throws; nesting is limited, so hostile text cannot exhaust the stack. Any thread.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "engine/lang/ast.h"

namespace eunomia::lang {

constexpr std::size_t max_nesting = 250;

struct ParseError {
  std::string_view code;
  ast::Span span;  // of the token that is wrong
  std::string message, hint;
};

std::expected<ast::Expr, ParseError> parse_condition(std::string_view text);
// A transformer with its arguments, at the start of `text`; what follows it is left alone.
std::expected<ast::Term, ParseError> parse_transformer(std::string_view text);

}  // namespace eunomia::lang
