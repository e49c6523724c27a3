// SPDX-License-Identifier: Apache-2.0
//
// Events that come near to what rules look for, made of the rules themselves.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/lang/engine.h"
#include "engine/lang/ir.h"
#include "engine/lang/sample.h"
#include "tests/unit/lang/oracle.h"

namespace eunomia::lang {

// The texts and numbers that conditions compare a field with, by field: an event made of them comes near to matching.
using Values = std::map<std::string, std::vector<std::string>>;

inline void collect(const ir::Node& node, std::set<const ir::Node*>& seen, Values& out) {
  if (!seen.insert(&node).second) return;
  for (const auto& child : node.children) collect(*child, seen, out);
  if (node.kind != ir::Node::Kind::check || node.check.left.kind != ir::Term::Kind::field) return;
  for (const auto& value : node.check.values) {
    const auto* text = std::get_if<std::string>(&value);
    out[*node.check.left.use.text].push_back(text ? *text : ir::to_string(value));
  }
}

inline Values values_of(const Engine& engine) {
  Values out;
  std::set<const ir::Node*> seen;
  for (const auto& rule : engine.rules()) collect(engine.condition(rule), seen, out);
  out.erase("evt.type");
  return out;
}

// An event of any type with a few fields as the rules want them; what contradicts the others is left out.
inline std::unique_ptr<Sample> near_sample(Random& r, const Values& values) {
  FieldMap fields = {{"evt.type", std::string(event_name(static_cast<EventType>(1 + r.below(EV_TYPE_COUNT - 1))))}};
  auto made = Sample::make(fields);
  for (std::size_t i = 0; i < 10; ++i) {
    const auto& [field, wanted] = *std::next(values.begin(), static_cast<std::ptrdiff_t>(r.below(values.size())));
    fields.emplace_back(field, r.pick(wanted) + (r.below(4) == 0 ? "x" : ""));
    if (auto more = Sample::make(fields)) {
      made = std::move(more);
    } else {
      fields.pop_back();
    }
  }
  return made ? std::move(*made) : nullptr;
}

}  // namespace eunomia::lang
