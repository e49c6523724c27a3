// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/typing.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "engine/lang/event_names.h"
#include "engine/lang/match.h"
#include "engine/lang/suggest.h"

namespace eunomia::lang {
namespace {

using ast::Span;
template <class T>
using Result = std::expected<T, TypeError>;

std::unexpected<TypeError> fail(std::string_view code, Span span, std::string message, std::string hint = {}) {
  return std::unexpected(TypeError{code, span, std::move(message), std::move(hint)});
}

bool is_number(ValueType type) {
  return type == ValueType::integer || type == ValueType::duration || type == ValueType::time;
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  constexpr auto limit = static_cast<std::uint64_t>(INT64_MAX);
  if (value > limit + (negative ? 1 : 0)) return std::nullopt;
  return static_cast<std::int64_t>(negative ? 0 - value : value);
}

// "50.5", compared with whole numbers: x < 50.5 is x < 51, x > 50.5 is x > 50.
std::optional<std::int64_t> parse_decimal(std::string_view text, Op op) {
  double value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  const auto whole = op == Op::lt || op == Op::ge ? std::ceil(value) : std::floor(value);
  constexpr double limit = 9.2e18;  // below 2^63
  if (!(std::abs(whole) < limit)) return std::nullopt;
  return static_cast<std::int64_t>(whole);
}

Result<ir::Term> type_term(const ast::Term& term);

Result<ir::Term> type_field(const ast::Term& term) {
  auto use = use_field(term.text);
  if (!use) return fail("E0302", term.span, use.error().first, use.error().second);
  ir::Term out;
  out.type = use->field->type;
  out.use = std::move(*use);
  return out;
}

// How many arguments a transformer takes.
std::pair<std::size_t, std::size_t> arity(Transform transform) {
  switch (transform) {
    case Transform::join: return {2, 2};
    case Transform::getopt: return {2, 3};
    case Transform::concat: return {2, 64};
    default: return {1, 1};
  }
}

bool wants_string(Transform transform) {
  return transform == Transform::tolower || transform == Transform::toupper || transform == Transform::b64 ||
         transform == Transform::basename;
}

Result<ir::Term> type_transform(const ast::Term& term) {
  ir::Term out;
  out.kind = ir::Term::Kind::transform;
  out.transform = term.transform;
  const auto name = "'" + std::string(spelling(term.transform)) + "'";
  const auto [least, most] = arity(term.transform);
  if (term.args.size() < least || term.args.size() > most)
    return fail("E0305", term.span,
                name + " takes " + std::to_string(least) + (term.transform == Transform::concat ? " or more" : "") +
                    (most == 1 ? " argument" : " arguments"));
  for (const auto& arg : term.args) {
    auto typed = type_term(arg);
    if (!typed) return typed;
    out.args.push_back(std::move(*typed));
  }
  const auto& first = out.args.front();
  if (first.kind == ir::Term::Kind::constant && term.transform != Transform::concat)
    return fail("E0305", term.args.front().span, name + " takes a field");
  if (wants_string(term.transform) && first.type != ValueType::string)
    return fail("E0305", term.args.front().span,
                name + " takes a text, this field is of type " + std::string(to_string(first.type)));
  if (arity(term.transform).first == 2 && term.transform != Transform::concat &&
      out.args[1].kind != ir::Term::Kind::constant)
    return fail("E0305", term.args[1].span, "the second argument of " + name + " is a text in quotes");
  if (term.transform == Transform::val) return std::move(out.args.front());
  out.type = term.transform == Transform::len ? ValueType::integer : ValueType::string;
  return out;
}

Result<ir::Term> type_term(const ast::Term& term) {
  if (term.kind == ast::Term::Kind::field) return type_field(term);
  if (term.kind == ast::Term::Kind::transform) return type_transform(term);
  ir::Term out;
  out.kind = ir::Term::Kind::constant;
  out.constant = term.text;
  return out;
}

Result<ir::Constant> type_event_name(const ast::Term& value) {
  if (is_event_name(value.text)) return ir::Constant(value.text);
  return fail("E0306", value.span, "unknown event type '" + value.text + "'", did_you_mean(value.text, event_names()));
}

Result<ir::Constant> type_hex(const ast::Term& value) {
  if (auto bytes = from_hex(value.text)) return ir::Constant(std::move(*bytes));
  return fail("E0305", value.span, "'" + value.text + "' is not a row of bytes in hexadecimal",
              "write two digits a byte: cafe");
}

Result<ir::Constant> type_regex(const ast::Term& value) {
  const auto regex = make_regex(value.text);
  if (regex->ok()) return ir::Constant(value.text);
  return fail("E0307", value.span, "the regular expression does not compile: " + regex->error());
}

Result<ir::Constant> type_value(const ast::Term& value, const ir::Term& left, Op op) {
  const bool names_type = left.kind == ir::Term::Kind::field && left.use.field->name == "evt.type";
  if (names_type && (op == Op::eq || op == Op::ne || op == Op::in || op == Op::intersects))
    return type_event_name(value);
  if (op == Op::bcontains || op == Op::bstartswith) return type_hex(value);
  if (op == Op::regex) return type_regex(value);
  if (is_number(left.type)) {
    if (const auto number = parse_number(value.text)) return ir::Constant(*number);
    if (is_order_op(op))
      if (const auto number = parse_decimal(value.text, op)) return ir::Constant(*number);
    const auto what = left.type == ValueType::integer ? "a 64-bit number" : "a 64-bit number of nanoseconds";
    return fail("E0305", value.span, "'" + value.text + "' is not " + what);
  }
  if (left.type == ValueType::boolean) {
    if (value.text == "true" || value.text == "false") return ir::Constant(value.text == "true");
    return fail("E0305", value.span, "'" + value.text + "' is not true or false");
  }
  if (left.type == ValueType::address) {
    if (const auto network = ir::parse_network(value.text)) return ir::Constant(*network);
    return fail("E0305", value.span, "'" + value.text + "' is not an address or a network",
                "write 10.0.0.1 or 10.0.0.0/8");
  }
  return ir::Constant(value.text);
}

// Whether the operator makes sense for values of that type.
bool fits(Op op, ValueType type) {
  if (op == Op::exists || op == Op::eq || op == Op::ne || op == Op::in || op == Op::intersects) return true;
  if (type == ValueType::string) return true;
  return is_order_op(op) && is_number(type);
}

bool needs_every(const ir::Term& left, Op op, Modifier modifier) {
  const auto* use = ir::field_of(left);
  if (!use || modifier != Modifier::none) return false;
  if (use->field->any) return op == Op::ne && use->field->name.starts_with("fd.");
  return op == Op::in || op == Op::ne;
}

bool same_kind(ValueType a, ValueType b) { return a == b || (is_number(a) && is_number(b)); }

Result<ir::Term> type_right(const ast::Expr& expr, const ir::Check& check) {
  auto right = type_term(expr.values.front());
  if (!right) return right;
  if (right->kind == ir::Term::Kind::constant) return fail("E0305", expr.values.front().span, "expected a field here");
  if (!same_kind(right->type, check.left.type))
    return fail("E0305", expr.values.front().span,
                "a " + std::string(to_string(check.left.type)) + " cannot be compared with a " +
                    std::string(to_string(right->type)));
  if (check.op == Op::regex || check.op == Op::bcontains || check.op == Op::bstartswith)
    return fail("E0309", expr.values.front().span,
                "'" + std::string(spelling(check.op)) + "' takes a text, not a field");
  return right;
}

}  // namespace

bool is_unknown_name(std::string_view code) { return code == "E0302" || code == "E0306"; }

std::expected<ir::Term, TypeError> type_transformer(const ast::Term& term) { return type_term(term); }

std::expected<ir::FieldUse, std::pair<std::string, std::string>> use_field(std::string_view text) {
  ir::FieldUse use;
  use.text = std::make_shared<const std::string>(text);
  const auto found = find_field(*use.text);
  if (found) {
    use.field = found->field;
    use.arg = found->arg;
    return use;
  }
  // find_field's message ends with its suggestion; a diagnostic shows it apart.
  const auto& message = found.error();
  const auto cut = message.find("; did you mean");
  if (cut == std::string::npos) return std::unexpected(std::pair(message, std::string()));
  return std::unexpected(std::pair(message.substr(0, cut), message.substr(cut + 2)));
}

std::expected<ir::Check, TypeError> type_check(const ast::Expr& expr) {
  auto left = type_term(expr.left);
  if (!left) return std::unexpected(left.error());
  ir::Check check;
  check.left = std::move(*left);
  check.op = expr.comparison.op;
  check.modifier = expr.comparison.modifier;
  check.every = needs_every(check.left, check.op, check.modifier);
  if (!fits(check.op, check.left.type))
    return fail("E0309", expr.op_span,
                "'" + std::string(spelling(check.op)) + "' does not apply to a value of type " +
                    std::string(to_string(check.left.type)));
  if (!expr.values.empty() && expr.values.front().kind == ast::Term::Kind::transform) {
    auto right = type_right(expr, check);
    if (!right) return std::unexpected(right.error());
    check.right = std::move(*right);
    return check;
  }
  for (const auto& value : expr.values) {
    auto constant = type_value(value, check.left, check.op);
    if (!constant) return std::unexpected(constant.error());
    check.values.push_back(std::move(*constant));
  }
  return check;
}

}  // namespace eunomia::lang
