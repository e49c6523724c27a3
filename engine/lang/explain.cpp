// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "engine/lang/ir.h"
#include "engine/lang/program.h"
#include "engine/lang/text.h"

namespace eunomia::lang {
namespace {

constexpr std::size_t longest_plan = 64 << 10;  // bytes; shared parts are printed wherever they are used

std::string indented(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1);
    out += "  " + escape_controls(text.substr(0, end)) + "\n";
    text.remove_prefix(end + 1);
  }
  return out;
}

std::string head(const Rule& rule) {
  std::string tags;
  for (const auto& tag : rule.tags) tags += (tags.empty() ? "" : ", ") + tag;
  return fmt::format("rule: {}\nfrom: {}:{}\npriority: {}\nenabled: {}\ntags: {}\n", escape_controls(rule.name),
                     escape_controls(rule.where.file), rule.where.line, to_string(rule.priority),
                     rule.enabled ? "yes" : "no", escape_controls(tags));
}

// The compiled condition in the order it is evaluated.
class Plan {
 public:
  explicit Plan(const Program& program) : program_(program) {}
  std::string of(NodeId root) {
    add(root, 1);
    return std::move(out_);
  }

 private:
  static std::string_view word(const CompiledNode& node) {
    if (node.kind == CompiledNode::Kind::negate) return "not";
    if (node.count == 0) return "always";
    return node.kind == CompiledNode::Kind::all ? "all, until one is false" : "any, until one is true";
  }
  void add(NodeId id, std::size_t depth) {
    if (out_.size() > longest_plan) return;
    const auto& node = program_.nodes[id];
    const bool check = node.kind == CompiledNode::Kind::check;
    const auto text = check ? escape_controls(program_.check_texts[node.first]) : std::string(word(node));
    out_ += fmt::format("{:{}}{}  # {:.0f} ns{}\n", "", 2 * depth, text, program_.estimates[id].cost,
                        node.shared ? ", remembered" : "");
    for (std::uint32_t i = 0; !check && i < node.count; ++i) add(program_.children[node.first + i], depth + 1);
  }

  const Program& program_;
  std::string out_;
};

// The terms whose values decide whether the rule is tried at all.
std::string spared_by(const Program& program, std::size_t type, std::size_t rule) {
  const auto found = std::ranges::find(program.dispatch[type], rule, &Candidate::rule);
  const auto position = static_cast<std::size_t>(found - program.dispatch[type].begin());
  std::string terms;
  for (const auto& term : program.index[type].terms)
    if ((term.members()[position / 64] >> (position % 64) & 1) != 0)
      terms += (terms.empty() ? "" : ", ") + ir::to_string(program.terms[term.term()].term);
  return terms.empty() ? "" : "  only if a look-up of " + escape_controls(terms) + " finds this rule\n";
}

std::optional<NodeId> root_of(const Program& program, std::size_t type, std::size_t rule) {
  const auto& candidates = program.dispatch[type];
  const auto found = std::ranges::find(candidates, rule, &Candidate::rule);
  return found == candidates.end() ? std::nullopt : std::optional(found->root);
}

}  // namespace

std::string explain(const Engine& engine, const Rule& rule) {
  auto out = head(rule) + "condition:\n" + indented(ir::dump(engine.condition(rule)));
  using Group = std::pair<NodeId, std::string>;
  std::map<Group, std::string> groups;  // event types whose conditions and indexes are the same
  std::string types;
  for (std::size_t type = EV_NONE + 1; type < EV_TYPE_COUNT; ++type) {
    if (!rule.events.test(type)) continue;
    const auto name = std::string(event_name(static_cast<EventType>(type)));
    types += (types.empty() ? "" : ", ") + name;
    if (const auto root = root_of(engine.program(), type, rule.index)) {
      auto& group = groups[{*root, spared_by(engine.program(), type, rule.index)}];
      group += (group.empty() ? "" : ", ") + name;
    }
  }
  out += "event types: " + (types.empty() ? "none: it can never match" : types) + "\n";
  for (const auto& [group, names] : groups)
    out += "evaluated for " + names + ":\n" + group.second + Plan(engine.program()).of(group.first);
  return out;
}

}  // namespace eunomia::lang
