// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "engine/lang/correlation.h"
#include "engine/lang/duration.h"
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

// The terms whose values decide whether a candidate is tried at all.
std::string spared_by(const Program& program, std::size_t type, std::size_t position) {
  std::string terms;
  for (const auto& term : program.index[type].terms)
    if ((term.members()[position / 64] >> (position % 64) & 1) != 0)
      terms += (terms.empty() ? "" : ", ") + ir::to_string(program.terms[term.term()].term);
  return terms.empty() ? "" : "  only if a look-up of " + escape_controls(terms) + " finds this rule\n";
}

std::string fields_of(const std::vector<ir::FieldUse>& by) {
  std::string out;
  for (const auto& use : by) out += (out.empty() ? "" : ", ") + *use.text;
  return out.empty() ? "whatever the fields" : "for equal " + out;
}

std::string in_words(std::chrono::nanoseconds duration) {
  return print_duration(std::chrono::duration_cast<std::chrono::milliseconds>(duration));
}

std::string names_of(EventSet events) {
  std::string out;
  for (std::size_t type = EV_NONE + 1; type < EV_TYPE_COUNT; ++type)
    if (events.test(type)) out += (out.empty() ? "" : ", ") + std::string(event_name(static_cast<EventType>(type)));
  return out.empty() ? "none: it can never match" : out;
}

std::string steps_of(const Sequence& sequence) {
  std::string out =
      fmt::format("sequence: {} steps in this order within {}\n", sequence.steps.size(), in_words(sequence.within));
  for (std::size_t i = 0; i < sequence.steps.size(); ++i) {
    const auto& step = sequence.steps[i];
    out += fmt::format("step {}, {}, of {}:\n{}", i + 1, fields_of(step.by), names_of(step.events),
                       indented(ir::dump(*step.condition)));
  }
  return out;
}

// What is resolved: the condition or the steps of the sequence, window and throttle.
std::string resolved(const Engine& engine, const Rule& rule) {
  const auto plain = [&] { return "condition:\n" + indented(ir::dump(engine.condition(rule))); };
  if (!rule.correlation) return plain();
  const auto& correlation = *rule.correlation;
  auto out = correlation.sequence ? steps_of(*correlation.sequence) : plain();
  if (const auto& window = correlation.window)
    out +=
        fmt::format("window: {} times within {}, {}\n", window->count, in_words(window->within), fields_of(window->by));
  if (const auto& throttle = correlation.throttle)
    out += fmt::format("throttle: at most {} alerts within {}, {}\n", throttle->count, in_words(throttle->within),
                       fields_of(throttle->by));
  return out;
}

}  // namespace

std::string explain(const Engine& engine, const Rule& rule) {
  auto out = head(rule) + resolved(engine, rule) + "event types: " + names_of(rule.events) + "\n";
  // By step, condition and what spares it: the event types for which all of that is the same.
  std::map<std::tuple<std::uint8_t, NodeId, std::string>, std::string> groups;
  for (std::size_t type = EV_NONE + 1; type < EV_TYPE_COUNT; ++type) {
    const auto& candidates = engine.program().dispatch[type];
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (candidates[i].rule != rule.index) continue;
      auto& group = groups[{candidates[i].step, candidates[i].root, spared_by(engine.program(), type, i)}];
      group += (group.empty() ? "" : ", ") + std::string(event_name(static_cast<EventType>(type)));
    }
  }
  const bool sequence = rule.correlation && rule.correlation->sequence;
  for (const auto& [key, names] : groups) {
    const auto& [step, root, spared] = key;
    const auto which = sequence ? fmt::format("step {}, ", step + 1) : "";
    out += fmt::format("evaluated for {}{}:\n{}{}", which, names, spared, Plan(engine.program()).of(root));
  }
  return out;
}

}  // namespace eunomia::lang
