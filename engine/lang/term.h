// SPDX-License-Identifier: Apache-2.0
//
// Values of terms: extracting fields, applying transformers, printing. Shared by the evaluators and the formatter; what
// a transformer computes is kept in the context's Scratch. Thread-safe with a Context for each thread.
#pragma once

#include <string>

#include "engine/event/value.h"
#include "engine/lang/ir.h"

namespace eunomia::lang {

Value extract(const ir::FieldUse& use, const Context& context);
// Applies a transformer to the values of its arguments. `term.kind` is transform.
Value apply_transform(const ir::Term& term, std::span<const Value> args, Scratch& scratch);
// The value of a term, its transformers applied one after the other.
Value evaluate(const ir::Term& term, const Context& context);
// As a rule's output shows it: lists as "(a,b)", times in ns,
// a missing value as "<NA>". Nothing is escaped.
void print_value(const Value& value, std::string& out);

}  // namespace eunomia::lang
