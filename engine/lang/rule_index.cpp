// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/rule_index.h"

#include <algorithm>
#include <map>
#include <optional>

#include "engine/lang/program.h"

namespace eunomia::lang {
namespace {

constexpr std::size_t fewest_rules = 8;      // below, trying them all is as quick
constexpr std::size_t fewest_of_a_term = 4;  // a look-up must save more than it costs
constexpr std::size_t most_values = 64;      // of one check, so that an index stays small
constexpr double most_truth = 0.3;           // a check that is often true rules little out

void set(CandidateBits& bits, std::uint32_t position) { bits[position / 64] |= 1ULL << (position % 64); }
void set_all(CandidateBits& bits, std::span<const std::uint32_t> positions) {
  for (const auto position : positions) set(bits, position);
}

// Fields that are cheap to read and never have to be waited for, and are no lists.
bool can_key(const ir::Term& term) {
  if (term.kind != ir::Term::Kind::field) return false;
  const auto& field = *term.use.field;
  return !field.multi && (field.source == FieldSource::event || field.source == FieldSource::process);
}

bool can_key(const CompiledCheck& check) {
  switch (check.kernel) {
    case Kernel::text_eq:
    case Kernel::text_in:
    case Kernel::text_small_in:
    case Kernel::prefix: return check.texts.size() <= most_values;
    case Kernel::number_eq:
    case Kernel::number_in: return check.numbers.size() <= most_values;
    default: return false;
  }
}

// The checks of a root that must all be true.
std::vector<const CompiledCheck*> keys_of(const Program& program, NodeId root) {
  std::vector<const CompiledCheck*> out;
  const auto consider = [&](NodeId id) {
    const auto& node = program.nodes[id];
    if (node.kind != CompiledNode::Kind::check || program.estimates[id].truth > most_truth) return;
    const auto& check = program.checks[node.first];
    if (can_key(check) && can_key(program.terms[check.term].term)) out.push_back(&check);
  };
  const auto& node = program.nodes[root];
  if (node.kind != CompiledNode::Kind::all) consider(root);
  for (std::uint32_t i = 0; node.kind == CompiledNode::Kind::all && i < node.count; ++i)
    consider(program.children[node.first + i]);
  return out;
}

void add(TermIndex& index, const CompiledCheck& check, std::uint32_t position) {
  for (const auto number : check.numbers) index.add_number(number, position);
  for (const auto& text : check.texts)
    check.kernel == Kernel::prefix ? index.add_prefix(text, position) : index.add_text(text, position);
}

}  // namespace

std::size_t TermIndex::TextHash::operator()(std::string_view text) const { return hash_text(text); }

void TermIndex::add_prefix(const std::string& prefix, std::uint32_t position) {
  prefixes_.push_back({prefix, {position}});
}

void TermIndex::finish() {
  std::map<std::string, Positions> merged;
  for (const auto& prefix : prefixes_) merged[prefix.text].push_back(prefix.positions.front());
  prefixes_.clear();
  for (auto& [text, positions] : merged) {
    std::size_t parent = prefixes_.size();  // the one before, or one of its parents
    while (parent > 0 && !text.starts_with(prefixes_[parent - 1].text)) parent = prefixes_[parent - 1].parent;
    prefixes_.push_back({text, positions, parent});
  }
  for (const auto& [text, positions] : texts_) all_.insert(all_.end(), positions.begin(), positions.end());
  for (const auto& [number, positions] : numbers_) all_.insert(all_.end(), positions.begin(), positions.end());
  for (const auto& prefix : prefixes_) all_.insert(all_.end(), prefix.positions.begin(), prefix.positions.end());
}

void TermIndex::select_text(std::string_view text, CandidateBits& bits) const {
  if (!texts_.empty())
    if (const auto found = texts_.find(text); found != texts_.end()) set_all(bits, found->second);
  // Prefixes of a text sort before it, and whatever stands between them and it starts with them too.
  const auto after = std::ranges::upper_bound(prefixes_, text, {}, &Prefix::text);
  auto at = static_cast<std::size_t>(after - prefixes_.begin());
  for (; at > 0; at = prefixes_[at - 1].parent)
    if (text.starts_with(prefixes_[at - 1].text)) set_all(bits, prefixes_[at - 1].positions);
}

void TermIndex::select(const Value& value, CandidateBits& bits) const {
  if (value.missing()) return;  // every check of it is false
  if (const auto* text = std::get_if<std::string_view>(&value)) return select_text(*text, bits);
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    if (const auto found = numbers_.find(*number); found != numbers_.end()) set_all(bits, found->second);
    return;
  }
  set_all(bits, all_);
}

RuleIndex make_rule_index(const Program& program, std::size_t type) {
  const auto& candidates = program.dispatch[type];
  RuleIndex out;
  out.rest.resize((candidates.size() + 63) / 64);
  std::map<std::uint32_t, std::size_t> popular;  // term → rules that could be indexed by it
  std::vector<std::vector<const CompiledCheck*>> keys;
  for (const auto& candidate : candidates) {
    keys.push_back(keys_of(program, candidate.root));
    for (const auto* check : keys.back()) ++popular[check->term];
  }
  std::map<std::uint32_t, TermIndex> terms;
  for (std::uint32_t i = 0; i < candidates.size(); ++i) {
    // Few terms mean few look-ups, so each rule goes to the term that most rules share.
    const auto best = std::ranges::max_element(keys[i], {}, [&](const auto* check) { return popular[check->term]; });
    if (candidates.size() < fewest_rules || best == keys[i].end() || popular[(*best)->term] < fewest_of_a_term) {
      set(out.rest, i);
    } else {
      add(terms.try_emplace((*best)->term, (*best)->term).first->second, **best, i);
    }
  }
  for (auto& [term, index] : terms) {
    index.finish();
    out.terms.push_back(std::move(index));
  }
  return out;
}

}  // namespace eunomia::lang
