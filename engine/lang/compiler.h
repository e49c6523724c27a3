// SPDX-License-Identifier: Apache-2.0
//
// Resolved conditions → Program.
//
//   Compiler compiler;
//   for (rule : rules) rule.events = compiler.add(index, *condition, enabled);
//   Program program = compiler.finish();
//
// Not thread-safe.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/lang/compile_check.h"
#include "engine/lang/correlation.h"
#include "engine/lang/program.h"

namespace eunomia::lang {

class Compiler {
 public:
  // The event types for which the condition can be true. Only enabled rules are put into the program. Rules must be
  // added in file order, and conditions must live until finish().
  EventSet add(std::uint32_t rule, const ir::Node& condition, bool enabled) {
    return add(rule, condition, enabled, {});
  }
  // The same for a rule with a window or a sequence (correlation.h), whose step's events are filled in.
  EventSet add(std::uint32_t rule, const ir::Node& condition, bool enabled, Correlation& correlation);
  // Rules that can never be the first to match, each with an earlier one that is true whenever it is. To be asked
  // before finish().
  struct Shadow {
    std::uint32_t rule, by;
  };
  [[nodiscard]] std::vector<Shadow> shadows() const;
  Program finish();

 private:
  // A condition for one event type: decided, or a node.
  struct Outcome {
    enum class Kind : std::uint8_t { no, yes, node } kind = Kind::no;
    NodeId node = 0;
  };
  struct NodeKey {
    CompiledNode::Kind kind;
    std::vector<NodeId> children;
    auto operator<=>(const NodeKey&) const = default;
  };
  struct Part {
    std::uint8_t step = 0;
    bool counts = false;
  };
  using Seen = std::unordered_map<const ir::Node*, Outcome>;

  EventSet add(std::uint32_t rule, const ir::Node& condition, bool enabled, Part part);
  Outcome simplify(const ir::Node& node, EventType type, Seen& seen);
  Outcome simplify_logic(const ir::Node& node, EventType type, Seen& seen);
  Outcome simplify_check(const ir::Node& node, EventType type);
  NodeId intern_check(const ir::Node& node);
  NodeId intern_check(ir::Check check);
  NodeId intern(CompiledNode::Kind kind, std::vector<NodeId> children);
  NodeId add_node(CompiledNode node, Estimate estimate);
  std::uint32_t intern_term(const ir::Term& term);
  const ir::Check* joinable(CompiledNode::Kind kind, NodeId child) const;
  std::vector<NodeId> join_children(CompiledNode::Kind kind, std::vector<NodeId> children);
  void join_checks();
  void mark_shared();

  Program program_;
  std::deque<ir::Check> sources_;  // what each of the program's checks was made of
  std::unordered_map<std::string, std::uint32_t> terms_;
  std::unordered_map<std::string, NodeId> checks_;
  std::unordered_map<const ir::Node*, NodeId> check_nodes_;
  std::map<NodeKey, NodeId> nodes_;
  std::array<Seen, EV_TYPE_COUNT> seen_;
};

}  // namespace eunomia::lang
