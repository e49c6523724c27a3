// SPDX-License-Identifier: Apache-2.0
//
// A condition as it is written: the tree the parser builds, before macros are resolved and fields are looked up. Every
// part knows its bytes in the parsed text [begin, end).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/lang/ops.h"

namespace eunomia::lang::ast {

struct Span {
  std::size_t begin = 0, end = 0;
  [[nodiscard]] std::size_t size() const { return end - begin; }
};

// A field, a literal value, or a transformer around others.
struct Term {
  enum class Kind : std::uint8_t { field, literal, transform };
  Kind kind = Kind::literal;
  std::string text;  // field: "proc.aname[2]"; literal: its value, unescaped
  bool quoted = false;
  Transform transform = Transform::val;
  std::vector<Term> args;
  Span span;
};

struct Expr {
  enum class Kind : std::uint8_t { all, any, negate, check, macro };
  Kind kind = Kind::check;
  std::vector<Expr> children;  // all, any: two or more; negate: one
  std::string name;            // macro
  Term left;                   // check, and what follows too
  Comparison comparison{Op::exists};
  std::vector<Term> values;  // one, or those of a list
  bool list = false;         // the values stood in parentheses
  Span span, op_span;
};

}  // namespace eunomia::lang::ast
