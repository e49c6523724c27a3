// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/compiler.h"

#include <algorithm>
#include <atomic>

#include "engine/lang/compile_check.h"
#include "engine/lang/naive.h"

namespace eunomia::lang {
namespace {

using Kind = CompiledNode::Kind;

bool fills(const ir::Term& term, EventType type) {
  if (term.kind == ir::Term::Kind::field) return term.use.field->events.test(static_cast<std::size_t>(type));
  return std::ranges::all_of(term.args, [&](const auto& arg) { return fills(arg, type); });
}

// evt.num counts from 1; nullopt: depends on the event.
std::optional<bool> decide_number(const ir::Check& check) {
  if (check.right || check.values.size() != 1) return std::nullopt;
  const auto value = std::get<std::int64_t>(check.values.front());
  switch (check.op) {
    case Op::eq:
    case Op::in: return value < 1 ? std::optional(false) : std::nullopt;
    case Op::ne:
    case Op::ge: return value < 1 || (check.op == Op::ge && value == 1) ? std::optional(true) : std::nullopt;
    case Op::gt: return value < 1 ? std::optional(true) : std::nullopt;
    case Op::lt: return value <= 1 ? std::optional(false) : std::nullopt;
    case Op::le: return value < 1 ? std::optional(false) : std::nullopt;
    default: return std::nullopt;
  }
}

// What a check is for every event of a type, where that is known before the event.
std::optional<bool> decide(const ir::Check& check, EventType type) {
  if (!fills(check.left, type) || (check.right && !fills(*check.right, type))) return false;
  if (!check.right && check.values.empty() && check.op != Op::exists) return false;
  if (check.left.kind != ir::Term::Kind::field || check.right) return std::nullopt;
  const auto name = check.left.use.field->name;
  if (name == "evt.type") return naive_test(check, Value(event_name(type)));
  if (name == "evt.dir") return naive_test(check, Value(std::string_view("<")));
  if (name == "evt.num") return decide_number(check);
  return std::nullopt;
}

}  // namespace

EventSet Compiler::add(std::uint32_t rule, const ir::Node& condition, bool enabled, Correlation& correlation) {
  if (!correlation.sequence) return add(rule, condition, enabled, Part{.counts = correlation.counts()});
  EventSet out;
  // The last step first: an event that is two steps shall not go through both at once.
  auto& steps = correlation.sequence->steps;
  for (auto step = steps.size(); step-- > 0;) {
    const Part part{.step = static_cast<std::uint8_t>(step), .counts = true};
    out |= steps[step].events = add(rule, *steps[step].condition, enabled, part);
  }
  return out;
}

EventSet Compiler::add(std::uint32_t rule, const ir::Node& condition, bool enabled, Part part) {
  EventSet out;
  for (std::size_t type = EV_NONE + 1; type < EV_TYPE_COUNT; ++type) {
    const auto outcome = simplify(condition, static_cast<EventType>(type), seen_[type]);
    if (outcome.kind == Outcome::Kind::no) continue;
    out.set(type);
    if (!enabled) continue;
    const auto root = outcome.kind == Outcome::Kind::node ? outcome.node : intern(Kind::all, {});
    program_.dispatch[type].push_back({rule, root, part.step, part.counts});
    if (part.counts) program_.counting.set(type);
  }
  return out;
}

Compiler::Outcome Compiler::simplify(const ir::Node& node, EventType type, Seen& seen) {
  if (const auto known = seen.find(&node); known != seen.end()) return known->second;
  const auto out = node.kind == ir::Node::Kind::check ? simplify_check(node, type) : simplify_logic(node, type, seen);
  seen.emplace(&node, out);
  return out;
}

Compiler::Outcome Compiler::simplify_check(const ir::Node& node, EventType type) {
  if (const auto decided = decide(node.check, type)) return {*decided ? Outcome::Kind::yes : Outcome::Kind::no, 0};
  return {Outcome::Kind::node, intern_check(node)};
}

Compiler::Outcome Compiler::simplify_logic(const ir::Node& node, EventType type, Seen& seen) {
  if (node.kind == ir::Node::Kind::negate) {
    const auto inner = simplify(*node.children.front(), type, seen);
    if (inner.kind != Outcome::Kind::node)
      return {inner.kind == Outcome::Kind::no ? Outcome::Kind::yes : Outcome::Kind::no, 0};
    return {Outcome::Kind::node, intern(Kind::negate, {inner.node})};
  }
  const bool all = node.kind == ir::Node::Kind::all;
  const auto neutral = all ? Outcome::Kind::yes : Outcome::Kind::no;
  std::vector<NodeId> children;
  for (const auto& child : node.children) {
    const auto inner = simplify(*child, type, seen);
    if (inner.kind == neutral) continue;
    if (inner.kind != Outcome::Kind::node) return inner;
    children.push_back(inner.node);
  }
  if (children.empty()) return {neutral, 0};
  return {Outcome::Kind::node, intern(all ? Kind::all : Kind::any, std::move(children))};
}

NodeId Compiler::intern(Kind kind, std::vector<NodeId> children) {
  if (kind != Kind::negate) {
    // An "and" within an "and" is one; so is an "or" within an "or".
    std::vector<NodeId> flat;
    for (const auto child : children) {
      const auto& node = program_.nodes[child];
      if (node.kind == kind) {
        const auto first = program_.children.begin() + node.first;
        flat.insert(flat.end(), first, first + node.count);
      } else {
        flat.push_back(child);
      }
    }
    std::ranges::sort(flat);
    flat.erase(std::ranges::unique(flat).begin(), flat.end());
    if (flat.size() == 1) return flat.front();
    children = std::move(flat);
  } else if (program_.nodes[children.front()].kind == Kind::negate) {
    return program_.children[program_.nodes[children.front()].first];
  }
  const auto [known, added] = nodes_.try_emplace({kind, children}, 0);
  if (!added) return known->second;
  const auto estimate = order_children(kind, children, program_.estimates);
  const auto first = static_cast<std::uint32_t>(program_.children.size());
  program_.children.insert(program_.children.end(), children.begin(), children.end());
  return known->second = add_node({kind, false, first, static_cast<std::uint32_t>(children.size())}, estimate);
}

NodeId Compiler::add_node(CompiledNode node, Estimate estimate) {
  program_.nodes.push_back(node);
  program_.estimates.push_back(estimate);
  return static_cast<NodeId>(program_.nodes.size() - 1);
}

NodeId Compiler::intern_check(const ir::Node& node) {
  const auto [known, added] = check_nodes_.try_emplace(&node, 0);
  if (added) known->second = intern_check(simplified(node.check));
  return known->second;
}

NodeId Compiler::intern_check(ir::Check check) {
  const auto [entry, added] = checks_.try_emplace(ir::to_string(check), 0);
  if (!added) return entry->second;
  program_.check_texts.push_back(entry->first);
  auto compiled = compile_check(check);
  compiled.term = intern_term(check.left);
  if (check.right) compiled.right_term = intern_term(*check.right);
  const auto estimate = estimate_check(compiled, check);
  program_.checks.push_back(std::move(compiled));
  sources_.push_back(std::move(check));
  return entry->second =
             add_node({Kind::check, false, static_cast<std::uint32_t>(program_.checks.size() - 1), 0}, estimate);
}

std::uint32_t Compiler::intern_term(const ir::Term& term) {
  auto key = std::string(term.kind == ir::Term::Kind::constant ? "'" : "") + ir::to_string(term);
  if (const auto known = terms_.find(key); known != terms_.end()) return known->second;
  CompiledTerm compiled;
  compiled.term = term;
  for (const auto& arg : term.args) compiled.args.push_back(intern_term(arg));
  program_.terms.push_back(std::move(compiled));
  const auto id = static_cast<std::uint32_t>(program_.terms.size() - 1);
  terms_.emplace(std::move(key), id);
  return id;
}

// A node is shared if several rules or parents lead to it for one event; roots count for each type they serve. What no
// rule leads to any more, after checks were joined, does not count as a parent.
void Compiler::mark_shared() {
  std::vector<std::uint32_t> parents(program_.nodes.size());
  for (const auto& rules : program_.dispatch)
    for (const auto& candidate : rules) ++parents[candidate.root];
  for (std::size_t id = parents.size(); id-- > 0;) {  // parents have higher numbers than their children
    auto& node = program_.nodes[id];
    node.shared = parents[id] > 1;
    if (parents[id] == 0 || node.kind == Kind::check) continue;
    for (std::uint32_t i = 0; i < node.count; ++i) ++parents[program_.children[node.first + i]];
  }
}

Program Compiler::finish() {
  static std::atomic<std::uint64_t> next_id = 1;
  program_.id = next_id++;
  join_checks();
  mark_shared();
  make_rule_indexes(program_);
  return std::move(program_);
}

}  // namespace eunomia::lang
