// SPDX-License-Identifier: Apache-2.0
//
// What the enabled rules of an engine read, found in their conditions, their outputs and
// the fields by which they tell events apart.
#include <algorithm>
#include <array>
#include <set>
#include <span>

#include "engine/lang/correlation.h"
#include "engine/lang/engine_impl.h"

namespace eunomia::lang {
namespace {

constexpr std::array<std::string_view, 4> domain_fields = {"fd.cip.name", "fd.lip.name", "fd.rip.name", "fd.sip.name"};

class Collector {
 public:
  void add(const ir::Node& node) {
    if (!seen_.insert(&node).second) return;
    if (node.kind == ir::Node::Kind::check) add(node.check);
    for (const auto& child : node.children) add(*child);
  }
  void add(const Output& output) {
    for (const auto& part : output.parts)
      if (part.is_field) add(part.term);
  }
  void add(const Correlation& correlation) {
    for (const auto* limit : {&correlation.window, &correlation.throttle})
      if (*limit) add((*limit)->by);
    if (!correlation.sequence) return;
    for (const auto& step : correlation.sequence->steps) add(step.by);
  }
  Needs result() {
    needs_.domain_names.assign(names_.begin(), names_.end());
    return std::move(needs_);
  }

 private:
  void add(std::span<const ir::FieldUse> uses) {
    for (const auto& use : uses) add(use);
  }
  void add(const ir::FieldUse& use) {
    if (use.field->name == "proc.env") needs_.environment = true;
  }
  void add(const ir::Term& term) {
    if (term.kind == ir::Term::Kind::field) add(term.use);
    for (const auto& arg : term.args) add(arg);
  }
  void add(const ir::Check& check) {
    add(check.left);
    if (check.right) add(*check.right);
    const auto* use = ir::field_of(check.left);
    if (use == nullptr || std::ranges::find(domain_fields, use->field->name) == domain_fields.end()) return;
    if (check.op != Op::eq && check.op != Op::ne && check.op != Op::in && check.op != Op::intersects) return;
    for (const auto& value : check.values)
      if (const auto* name = std::get_if<std::string>(&value)) names_.insert(*name);
  }

  std::set<const ir::Node*> seen_;
  std::set<std::string> names_;
  Needs needs_;
};

}  // namespace

Needs Engine::needs() const {
  Collector collector;
  for (const auto& rule : impl_->rules) {
    if (!rule.enabled) continue;
    collector.add(*impl_->conditions[rule.index]);
    collector.add(impl_->outputs[rule.index]);
    if (rule.correlation) collector.add(*rule.correlation);
  }
  return collector.result();
}

}  // namespace eunomia::lang
