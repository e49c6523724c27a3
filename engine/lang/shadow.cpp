// SPDX-License-Identifier: Apache-2.0
//
// Which rules stand in the shadow of earlier ones. Conditions are compared as the sets of parts they are made of, so
// what is found is certain; what takes reasoning about values ("startswith /etc" and "startswith /etc/ssh") is not
// found.
#include <algorithm>
#include <map>

#include "engine/lang/compiler.h"

namespace eunomia::lang {
namespace {

// A condition as its parts. A mask of them rules most pairs out at once.
struct Root {
  NodeId id;
  bool any;                   // an "or"; else an "and", of one part if it is neither
  std::vector<NodeId> parts;  // sorted
  std::uint64_t mask = 0;
  std::uint32_t rule = 0;
};

Root make_root(const Program& program, NodeId id) {
  const auto& node = program.nodes[id];
  Root out{.id = id, .any = node.kind == CompiledNode::Kind::any, .parts = {id}};
  if (node.kind == CompiledNode::Kind::all || out.any) {
    const auto first = program.children.begin() + node.first;
    out.parts.assign(first, first + node.count);
    std::ranges::sort(out.parts);
  }
  for (const auto part : out.parts) out.mask |= 1ULL << (part % 64);
  return out;
}

bool holds(const Root& root, NodeId part) {
  return (root.mask >> (part % 64) & 1) != 0 && std::ranges::binary_search(root.parts, part);
}

// Whether `outer` is true whenever `inner` is.
bool implies(const Root& inner, const Root& outer) {
  if (inner.id == outer.id) return true;
  if (outer.any) {
    if (holds(outer, inner.id)) return true;
    const auto part_holds = [&](NodeId part) { return holds(outer, part); };
    if (inner.any) return (inner.mask & ~outer.mask) == 0 && std::ranges::all_of(inner.parts, part_holds);
    return std::ranges::any_of(inner.parts, part_holds) || holds(inner, outer.id);
  }
  if (inner.any) return outer.parts.empty();
  return (outer.mask & ~inner.mask) == 0 && std::ranges::includes(inner.parts, outer.parts);
}

}  // namespace

std::vector<Compiler::Shadow> Compiler::shadows() const {
  std::map<std::uint32_t, std::uint32_t> shadowed;  // rule → an earlier one, for every type seen so far
  std::map<std::uint32_t, bool> free;               // rules that report for some type
  for (const auto& candidates : program_.dispatch) {
    std::vector<Root> roots;
    for (const auto& candidate : candidates) {
      if (candidate.counts) continue;  // reports, or does not, whatever other rules say of this event
      auto root = make_root(program_, candidate.root);
      root.rule = candidate.rule;
      const auto above = std::ranges::find_if(roots, [&](const Root& earlier) { return implies(root, earlier); });
      if (above == roots.end()) {
        free[candidate.rule] = true;
      } else {
        shadowed.emplace(candidate.rule, above->rule);
      }
      roots.push_back(std::move(root));
    }
  }
  std::vector<Shadow> out;
  for (const auto& [rule, by] : shadowed)
    if (!free.contains(rule)) out.push_back({rule, by});
  return out;
}

}  // namespace eunomia::lang
