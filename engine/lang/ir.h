// SPDX-License-Identifier: Apache-2.0
//
// The resolved condition of a rule: a tree of typed checks, with macros in place and operands parsed for the type of
// the field they are compared with. It keeps the structure of the condition, so that it can be compiled for more than
// one machine: the evaluator here, a gate in the kernel, denials at LSM hooks. Trees are immutable and share the
// subtrees of macros. Any thread may read.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/event/field.h"
#include "engine/lang/diagnostic.h"
#include "engine/lang/ops.h"

namespace eunomia::lang::ir {

// A block of addresses; a single address is one with all its bits.
struct Network {
  IpAddress address;
  unsigned prefix = 0;  // bits
  [[nodiscard]] bool contains(const IpAddress& other) const;
  friend bool operator==(const Network&, const Network&) = default;
};
// "10.0.0.0/8" or "10.0.0.1".
std::optional<Network> parse_network(std::string_view text);

using Constant = std::variant<bool, std::int64_t, std::string, Network>;

// A field as a rule names it. `arg` borrows from `text`.
struct FieldUse {
  std::shared_ptr<const std::string> text;  // "proc.aname[2]"
  const Field* field = nullptr;
  FieldArg arg;
};

// What a check compares: a field, a constant, or a transformer of such.
struct Term {
  enum class Kind : std::uint8_t { field, constant, transform };
  Kind kind = Kind::field;
  ValueType type = ValueType::string;
  FieldUse use;
  Constant constant;
  Transform transform = Transform::val;
  std::vector<Term> args;
};
// The field of a term, through its transformers; null for a constant.
const FieldUse* field_of(const Term& term);

struct Check {
  Term left;
  Op op = Op::exists;
  Modifier modifier = Modifier::none;
  bool every = false;  // of several values of `left`, every one must pass; else any
  std::vector<Constant> values;
  std::optional<Term> right;  // instead of `values`
};

struct Node;
using NodePtr = std::shared_ptr<const Node>;

struct Node {
  enum class Kind : std::uint8_t { all, any, negate, check };
  Kind kind = Kind::check;
  std::vector<NodePtr> children;  // all, any: two or more; negate: one
  Check check;
  std::string macro;  // the macro this is the condition of, if it is one
  Location where;
  std::size_t size = 1;  // checks in the tree, shared ones counted each time they occur
  std::size_t depth = 1;
};

// The condition on one line, as it could be written in a rule; past `limit` bytes it is cut, with "...".
std::string to_string(const Node& node, std::size_t limit = 64 << 10);
std::string to_string(const Check& check);
std::string to_string(const Term& term);
std::string to_string(const Constant& constant);
// The same as an indented tree that names the macros.
std::string dump(const Node& node, std::size_t limit = 256 << 10);

// The event types for which the condition can be true, as far as evt.type (and evt.dir, evt.num) tell.
struct EventTypes {
  EventSet types;
  bool others = false;  // types that this engine has no event for are possible too
};
EventTypes event_types(const Node& node);

}  // namespace eunomia::lang::ir
