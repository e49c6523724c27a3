// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/naive.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>

#include "engine/lang/match.h"
#include "engine/lang/term.h"

namespace eunomia::lang {
namespace {

bool ordered(Op op, auto left, auto right) {
  switch (op) {
    case Op::lt: return left < right;
    case Op::le: return left <= right;
    case Op::gt: return left > right;
    case Op::ge: return left >= right;
    default: return false;
  }
}

std::optional<std::int64_t> number_of(std::string_view text) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return out;
}

// A value of another type than the field promises passes no test.
bool test(Op op, const Value& value, const ir::Constant& with) {
  bool equal = false;
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    const auto* other = std::get_if<std::string>(&with);
    return other && text_test(op, *text, *other);
  }
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    const auto* other = std::get_if<std::int64_t>(&with);
    if (!other || is_order_op(op)) return other && ordered(op, *number, *other);
    equal = *number == *other;
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    const auto* other = std::get_if<bool>(&with);
    if (!other) return false;
    equal = *flag == *other;
  } else if (const auto* address = std::get_if<IpAddress>(&value)) {
    const auto* other = std::get_if<ir::Network>(&with);
    if (!other) return false;
    equal = other->contains(*address);
  } else {
    return false;
  }
  return op == Op::ne ? !equal : equal;
}

// One value against all the constants.
bool test_all(const ir::Check& check, const Value& value) {
  const auto passes = [&](const ir::Constant& with) { return test(check.op, value, with); };
  switch (check.modifier) {
    case Modifier::all_of: return std::ranges::all_of(check.values, passes);
    case Modifier::one_of: return std::ranges::count_if(check.values, passes) == 1;
    default: return std::ranges::any_of(check.values, passes);
  }
}

// A value of the right-hand side as the constant it is compared as.
ir::Constant constant_of(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* text = std::get_if<std::string_view>(&value)) return std::string(*text);
  const auto& address = std::get<IpAddress>(value);
  return ir::Network{address, address.family == 4 ? 32U : 128U};
}

std::vector<Value> values_of(const Value& value) {
  if (value.missing()) return {};
  if (const auto* list = std::get_if<ValueList>(&value)) return {list->begin(), list->end()};
  return {value};
}

bool match_check(const ir::Check& check, const Context& context) {
  const auto left = evaluate(check.left, context);
  return check.right ? naive_compare(check, left, evaluate(*check.right, context)) : naive_test(check, left);
}

}  // namespace

bool text_test(Op op, std::string_view text, std::string_view with) {
  switch (op) {
    case Op::eq:
    case Op::in:
    case Op::intersects: return text == with;
    case Op::ne: return text != with;
    case Op::contains:
    case Op::bcontains: return text.find(with) != std::string_view::npos;
    case Op::icontains: return contains_fold(text, with);
    case Op::startswith:
    case Op::bstartswith: return text.starts_with(with);
    case Op::endswith: return text.ends_with(with);
    case Op::glob: return glob_match(with, text);
    case Op::iglob: return glob_match(with, text, true);
    case Op::regex: return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *make_regex(with));
    case Op::pmatch: return path_match(with, text);
    default: return texts_ordered(op, text, with);
  }
}

// Texts that hold numbers (the arguments of an event) are ordered as numbers.
bool texts_ordered(Op op, std::string_view left, std::string_view right) {
  const auto a = number_of(left), b = number_of(right);
  return a && b && ordered(op, *a, *b);
}

bool naive_compare(const ir::Check& check, const Value& left, const Value& right) {
  auto compared = check;
  compared.right.reset();
  for (const auto& value : values_of(right))
    if (!value.missing()) compared.values.push_back(constant_of(value));
  return !compared.values.empty() && naive_test(compared, left);
}

bool naive_test(const ir::Check& check, const Value& left) {
  const auto values = values_of(left);
  if (values.empty() || check.op == Op::exists) return !values.empty();
  const auto passes = [&](const Value& value) { return test_all(check, value); };
  return check.every ? std::ranges::all_of(values, passes) : std::ranges::any_of(values, passes);
}

bool naive_match(const ir::Node& node, const Context& context) {
  const auto matches = [&](const ir::NodePtr& child) { return naive_match(*child, context); };
  switch (node.kind) {
    case ir::Node::Kind::all: return std::ranges::all_of(node.children, matches);
    case ir::Node::Kind::any: return std::ranges::any_of(node.children, matches);
    case ir::Node::Kind::negate: return !matches(node.children.front());
    case ir::Node::Kind::check: return match_check(node.check, context);
  }
  return false;
}

}  // namespace eunomia::lang
