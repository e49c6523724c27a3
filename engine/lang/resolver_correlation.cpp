// SPDX-License-Identifier: Apache-2.0
//
// A rule with its window, sequence and throttle. What stands beside a sequence, and the rule's exceptions, hold for
// each of its steps; the condition of the rule as a whole is then "any of the steps": what an event must be to matter.
#include <algorithm>

#include "engine/lang/resolver.h"

namespace eunomia::lang {
namespace {

ir::NodePtr join(ir::Node::Kind kind, std::vector<ir::NodePtr> children) {
  if (children.size() == 1) return children.front();
  ir::Node out;
  out.kind = kind;
  out.size = out.depth = 0;
  out.where = children.front()->where;
  for (const auto& child : children) {
    out.size += child->size;
    out.depth = std::max(out.depth, child->depth + 1);
  }
  out.children = std::move(children);
  return std::make_shared<const ir::Node>(std::move(out));
}

std::vector<ir::FieldUse> resolve_fields(const RuleItem& rule, const std::vector<MappedText>& names,
                                         std::vector<Diagnostic>& errors) {
  std::vector<ir::FieldUse> out;
  for (const auto& name : names) {
    auto use = use_field(name.text());
    if (use)
      out.push_back(std::move(*use));
    else
      errors.push_back(make_diagnostic(Severity::error,
                                       {"E0302", name.origin(), use.error().first, use.error().second, name.size()},
                                       "rule '" + rule.name + "'"));
  }
  return out;
}

std::optional<Limit> resolve_limit(const RuleItem& rule, const std::optional<LimitItem>& item,
                                   std::vector<Diagnostic>& errors) {
  if (!item) return std::nullopt;
  return Limit{.count = item->count, .within = item->within, .by = resolve_fields(rule, item->by, errors)};
}

}  // namespace

ir::NodePtr Resolver::resolve_text(const RuleItem& rule, const MappedText& condition, std::vector<Diagnostic>& errors) {
  const auto before = errors.size();
  const auto whole = with_exceptions(rule, condition, errors);
  if (errors.size() > before) return nullptr;
  MappedText unused;
  return build(whole, {unused, "rule '" + rule.name + "'", SIZE_MAX, errors, false});
}

Sequence Resolver::resolve_sequence(const RuleItem& rule, std::vector<Diagnostic>& errors) {
  Sequence out{.within = rule.sequence->within, .steps = {}};
  ir::NodePtr common;
  if (!rule.condition.empty()) {
    MappedText unused;
    common = build(rule.condition, {unused, "rule '" + rule.name + "'", SIZE_MAX, errors, false});
  }
  for (const auto& item : rule.sequence->steps) {
    Step step{.condition = resolve_text(rule, item.condition, errors),
              .by = resolve_fields(rule, item.by, errors),
              .events = {}};
    if (common && step.condition) step.condition = join(ir::Node::Kind::all, {common, step.condition});
    out.steps.push_back(std::move(step));
  }
  return out;
}

Resolver::Resolved Resolver::resolve_rule(const RuleItem& rule, std::vector<Diagnostic>& errors) {
  Correlation correlation;
  correlation.window = resolve_limit(rule, rule.window, errors);
  correlation.throttle = resolve_limit(rule, rule.throttle, errors);
  Resolved out;
  if (rule.sequence) {
    correlation.sequence = resolve_sequence(rule, errors);
    if (!errors.empty()) return out;
    std::vector<ir::NodePtr> steps;
    for (auto& step : correlation.sequence->steps) steps.push_back(step.condition);
    out.condition = join(ir::Node::Kind::any, std::move(steps));
  } else {
    out.condition = resolve_text(rule, rule.condition, errors);
  }
  if (correlation.counts() || correlation.throttle)
    out.correlation = std::make_shared<Correlation>(std::move(correlation));
  return out;
}

}  // namespace eunomia::lang
