// SPDX-License-Identifier: Apache-2.0
//
// Checks of one term that an "or" tries one after the other become a single one: "a startswith x or a startswith y" is
// "a startswith anyof (x, y)", and its kernel does not mind how many there are. So do the negated ones of an "and":
// "not a = x and not a = y" is "not a in (x, y)".
#include <algorithm>
#include <map>
#include <string>
#include <unordered_set>
#include <utility>

#include "engine/lang/compiler.h"

namespace eunomia::lang {
namespace {

using Kind = CompiledNode::Kind;

constexpr std::size_t most_values = 64;  // of one check: a longer list is shared by many rules, not copied into each

// The operator that takes all the values; exists for those that cannot be joined.
Op joined(Op op) {
  switch (op) {
    case Op::eq:
    case Op::in:
    case Op::intersects: return Op::in;
    case Op::contains:
    case Op::bcontains: return Op::contains;
    case Op::startswith:
    case Op::bstartswith: return Op::startswith;
    case Op::icontains:
    case Op::endswith:
    case Op::glob:
    case Op::iglob:
    case Op::regex:
    case Op::pmatch: return op;
    default: return Op::exists;
  }
}

// Whether the term may have several values.
bool may_be_list(const ir::Term& term) {
  if (term.kind == ir::Term::Kind::field) return term.use.field->multi;
  return std::ranges::any_of(term.args, may_be_list) || term.transform == Transform::getopt;
}

bool can_join(const ir::Check& check) {
  if (check.right || check.values.empty() || check.values.size() > most_values || joined(check.op) == Op::exists)
    return false;
  if (check.modifier != Modifier::none && check.modifier != Modifier::any_of) return false;
  if (check.left.type == ValueType::boolean) return false;
  // "Every value is in x or every value is in y" is less than "every value is in x or y".
  return !check.every || !may_be_list(check.left);
}

ir::Check join(std::span<const ir::Check* const> checks) {
  auto out = *checks.front();
  out.op = joined(out.op);
  const bool list = is_list_op(out.op);
  if (out.op == Op::in && may_be_list(out.left)) out.op = Op::intersects;
  out.modifier = list ? Modifier::none : Modifier::any_of;
  out.every = false;
  out.values.clear();
  std::unordered_set<std::string> known;
  for (const auto* check : checks)
    for (const auto& value : check->values)
      if (known.insert(ir::to_string(value)).second) out.values.push_back(value);
  return out;
}

}  // namespace

// The check that a child of `kind` stands for there; null if it cannot be joined with others.
const ir::Check* Compiler::joinable(Kind kind, NodeId child) const {
  const auto* node = &program_.nodes[child];
  if (kind == Kind::all) {
    if (node->kind != Kind::negate) return nullptr;
    node = &program_.nodes[program_.children[node->first]];
  }
  if (node->kind != Kind::check) return nullptr;
  const auto& check = sources_[node->first];
  return can_join(check) ? &check : nullptr;
}

std::vector<NodeId> Compiler::join_children(Kind kind, std::vector<NodeId> children) {
  if (kind == Kind::negate) return children;
  using Group = std::pair<std::uint32_t, Op>;  // term and operator
  std::map<Group, std::vector<const ir::Check*>> groups;
  std::map<NodeId, Group> group_of;
  for (const auto child : children) {
    const auto* check = joinable(kind, child);
    if (!check) continue;
    const Group group{intern_term(check->left), joined(check->op)};
    groups[group].push_back(check);
    group_of.emplace(child, group);
  }
  std::erase_if(groups, [](const auto& group) { return group.second.size() < 2; });
  if (groups.empty()) return children;
  std::erase_if(children, [&](NodeId child) {
    const auto found = group_of.find(child);
    return found != group_of.end() && groups.contains(found->second);
  });
  for (const auto& [group, checks] : groups) {
    const auto check = intern_check(join(checks));
    children.push_back(kind == Kind::all ? intern(Kind::negate, {check}) : check);
  }
  return children;
}

// Children come before their parents, so one pass in order sees each node after what it is made of.
void Compiler::join_checks() {
  const auto count = program_.nodes.size();
  std::vector<NodeId> now(count);
  for (NodeId id = 0; id < count; ++id) {
    now[id] = id;
    const auto node = program_.nodes[id];
    if (node.kind == Kind::check) continue;
    std::vector<NodeId> children;
    for (std::uint32_t i = 0; i < node.count; ++i) children.push_back(now[program_.children[node.first + i]]);
    now[id] = intern(node.kind, join_children(node.kind, std::move(children)));
  }
  for (auto& candidates : program_.dispatch)
    for (auto& candidate : candidates) candidate.root = now[candidate.root];
}

}  // namespace eunomia::lang
