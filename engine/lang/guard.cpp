// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/guard.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/lang/match.h"

namespace eunomia::lang {
namespace {

constexpr std::size_t most_keys = 128;  // of one guard, so that an index stays small
constexpr double most_truth = 0.3;      // a check that is often true rules little out

// Fields that are cheap to read and never have to be waited for, and are no lists.
bool can_key(const ir::Term& term) {
  if (term.kind != ir::Term::Kind::field) return false;
  const auto& field = *term.use.field;
  return !field.multi && (field.source == FieldSource::event || field.source == FieldSource::process);
}

std::optional<GuardKey::Kind> text_kind(Kernel kernel) {
  switch (kernel) {
    case Kernel::text_eq:
    case Kernel::text_in:
    case Kernel::text_small_in: return GuardKey::Kind::value;
    case Kernel::prefix:
    case Kernel::prefix_set:
    case Kernel::glob:
    case Kernel::regex:
    case Kernel::regex_set:
    case Kernel::path_set: return GuardKey::Kind::prefix;
    case Kernel::suffix:
    case Kernel::suffix_set: return GuardKey::Kind::suffix;
    case Kernel::contains:
    case Kernel::contains_few:
    case Kernel::icontains:
    case Kernel::substring_set: return GuardKey::Kind::part;
    default: return std::nullopt;
  }
}

// What of a check's value every text that passes has.
std::string_view key_text(const CompiledCheck& check, std::string_view text) {
  switch (check.kernel) {
    case Kernel::glob: return literal_prefix(text);
    case Kernel::path_set: return literal_prefix(without_trailing_slashes(text));
    default: return text;
  }
}

std::optional<Guard> guard_of(const CompiledCheck& check) {
  Guard out;
  if (check.kernel == Kernel::number_eq || check.kernel == Kernel::number_in)
    for (const auto number : check.numbers) out.push_back({GuardKey::Kind::number, check.term, {}, number});
  if (const auto kind = text_kind(check.kernel))
    for (const auto& text : check.texts) out.push_back({*kind, check.term, key_text(check, text)});
  const auto useless = [](const GuardKey& key) { return key.kind > GuardKey::Kind::value && key.text.empty(); };
  const bool text = out.empty() || out.front().kind != GuardKey::Kind::number;
  if (out.empty() || (text && std::ranges::any_of(out, useless))) return std::nullopt;
  return out;
}

std::optional<Guard> guard_of(const Program& program, NodeId id);

// Each of the children may be the one that holds.
std::optional<Guard> guard_of_any(const Program& program, std::span<const NodeId> children) {
  Guard out;
  for (const auto child : children) {
    auto guard = guard_of(program, child);
    if (!guard || out.size() + guard->size() > most_keys) return std::nullopt;
    out.insert(out.end(), guard->begin(), guard->end());
  }
  return out.empty() ? std::nullopt : std::optional(std::move(out));
}

// The best of the children's guards.
std::optional<Guard> guard_of_all(const Program& program, std::span<const NodeId> children) {
  std::optional<Guard> out;
  const auto rank = [](const Guard& guard) { return std::pair(needs_scan(guard), guard.size()); };
  for (const auto child : children) {
    auto guard = guard_of(program, child);
    if (guard && (!out || rank(*guard) < rank(*out))) out = std::move(guard);
  }
  return out;
}

std::span<const NodeId> children_of(const Program& program, const CompiledNode& node) {
  return std::span(program.children).subspan(node.first, node.count);
}

std::optional<Guard> guard_of(const Program& program, NodeId id) {
  const auto& node = program.nodes[id];
  switch (node.kind) {
    case CompiledNode::Kind::any: return guard_of_any(program, children_of(program, node));
    case CompiledNode::Kind::all: return guard_of_all(program, children_of(program, node));
    case CompiledNode::Kind::negate: return std::nullopt;
    case CompiledNode::Kind::check: break;
  }
  const auto& check = program.checks[node.first];
  if (program.estimates[id].truth > most_truth || !can_key(program.terms[check.term].term)) return std::nullopt;
  auto guard = guard_of(check);
  return guard && guard->size() <= most_keys ? std::move(guard) : std::nullopt;
}

}  // namespace

bool needs_scan(const Guard& guard) {
  return std::ranges::any_of(guard, [](const GuardKey& key) { return key.kind == GuardKey::Kind::part; });
}

std::vector<Guard> guards_of(const Program& program, NodeId root) {
  std::vector<Guard> out;
  const auto consider = [&](NodeId id) {
    if (auto guard = guard_of(program, id)) out.push_back(std::move(*guard));
  };
  const auto& node = program.nodes[root];
  if (node.kind != CompiledNode::Kind::all) {
    consider(root);
  } else {
    std::ranges::for_each(children_of(program, node), consider);
  }
  return out;
}

}  // namespace eunomia::lang
