// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/ops.h"

#include <algorithm>
#include <array>

namespace eunomia::lang {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 19> ops = {
    "exists",     "=",           "!=",       "<",    "<=",    ">",     ">=", "contains",   "icontains", "bcontains",
    "startswith", "bstartswith", "endswith", "glob", "iglob", "regex", "in", "intersects", "pmatch"};
constexpr std::array<std::string_view, 4> modifiers = {"", "anyof", "allof", "oneof"};
constexpr std::array<std::string_view, 9> transforms = {"tolower", "toupper", "b64",    "basename", "len",
                                                        "join",    "concat",  "getopt", "val"};

template <class Enum, std::size_t n>
std::optional<Enum> find(const std::array<std::string_view, n>& names, std::string_view text) {
  const auto it = std::ranges::find(names, text);
  if (it == names.end() || text.empty()) return std::nullopt;
  return static_cast<Enum>(it - names.begin());
}

}  // namespace

std::string_view spelling(Op op) { return ops.at(static_cast<std::size_t>(op)); }
std::string_view spelling(Modifier modifier) { return modifiers.at(static_cast<std::size_t>(modifier)); }
std::string_view spelling(Transform transform) { return transforms.at(static_cast<std::size_t>(transform)); }

std::optional<Op> parse_op(std::string_view text) { return find<Op>(ops, text == "==" ? "=" : text); }
std::optional<Modifier> parse_modifier(std::string_view text) { return find<Modifier>(modifiers, text); }
std::optional<Transform> parse_transform(std::string_view text) { return find<Transform>(transforms, text); }

std::optional<Comparison> parse_comparison(std::string_view text) {
  const auto blank = text.find(' ');
  const auto op = parse_op(text.substr(0, blank));
  if (!op) return std::nullopt;
  if (blank == std::string_view::npos) return Comparison{*op};
  const auto modifier = parse_modifier(text.substr(std::min(text.find_first_not_of(' ', blank), text.size())));
  if (!modifier || !is_string_op(*op)) return std::nullopt;
  return Comparison{*op, *modifier};
}

bool is_list_op(Op op) { return op == Op::in || op == Op::intersects || op == Op::pmatch; }
bool is_order_op(Op op) { return op >= Op::lt && op <= Op::ge; }
bool is_string_op(Op op) { return op == Op::eq || op == Op::ne || (op >= Op::contains && op <= Op::regex); }

std::span<const std::string_view> op_spellings() { return ops; }
std::span<const std::string_view> transform_spellings() { return transforms; }

}  // namespace eunomia::lang
