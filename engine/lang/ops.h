// SPDX-License-Identifier: Apache-2.0
//
// The operators, modifiers and transformers of conditions, with their spellings. One table each; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace eunomia::lang {

enum class Op : std::uint8_t {
  exists,
  eq,
  ne,
  lt,
  le,
  gt,
  ge,
  contains,
  icontains,
  bcontains,
  startswith,
  bstartswith,
  endswith,
  glob,
  iglob,
  regex,
  in,
  intersects,
  pmatch,
};

// After a string operator, with a list: true if it is for any, for all, for exactly one of the values.
enum class Modifier : std::uint8_t { none, any_of, all_of, one_of };

enum class Transform : std::uint8_t { tolower, toupper, b64, basename, len, join, concat, getopt, val };

struct Comparison {
  Op op;
  Modifier modifier = Modifier::none;
};

std::string_view spelling(Op op);
std::string_view spelling(Modifier modifier);  // "" for none
std::string_view spelling(Transform transform);
std::optional<Op> parse_op(std::string_view text);  // "==" is eq
std::optional<Modifier> parse_modifier(std::string_view text);
std::optional<Transform> parse_transform(std::string_view text);
// "in", "startswith anyof".
std::optional<Comparison> parse_comparison(std::string_view text);

bool is_list_op(Op op);    // takes a list of values: in, intersects, pmatch
bool is_order_op(Op op);   // takes a number: < <= > >=
bool is_string_op(Op op);  // takes a string and may take a modifier
std::span<const std::string_view> op_spellings();
std::span<const std::string_view> transform_spellings();

}  // namespace eunomia::lang
