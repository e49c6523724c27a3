// SPDX-License-Identifier: Apache-2.0
//
// The slow, obvious evaluator: walks a resolved condition for every event, remembers nothing, reorders nothing. It says
// what a condition means; tests hold the compiled engine against it. Any thread, with a Context each.
#pragma once

#include "engine/lang/ir.h"

namespace eunomia::lang {

bool naive_match(const ir::Node& node, const Context& context);
// One check of a constant list, given the value of its left side.
bool naive_test(const ir::Check& check, const Value& left);
// One check of a field against another, given both values.
bool naive_compare(const ir::Check& check, const Value& left, const Value& right);
// One text against one constant.
bool text_test(Op op, std::string_view text, std::string_view with);
// `op` is an order: whether it holds of two texts, as numbers; false if one is not a number.
bool texts_ordered(Op op, std::string_view left, std::string_view right);

}  // namespace eunomia::lang
