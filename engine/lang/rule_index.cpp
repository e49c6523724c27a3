// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/rule_index.h"

#include <algorithm>

#include "engine/lang/program.h"

namespace eunomia::lang {
namespace {

void set_all(CandidateBits& bits, std::span<const std::uint32_t> positions) {
  for (const auto position : positions) bits[position / 64] |= 1ULL << (position % 64);
}

template <bool from_end>
bool before(std::string_view a, std::string_view b) {
  if constexpr (from_end) return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
  return a < b;
}

template <bool from_end>
bool has(std::string_view text, std::string_view affix) {
  return from_end ? text.ends_with(affix) : text.starts_with(affix);
}

}  // namespace

template <bool from_end>
AffixIndex<from_end>::AffixIndex(const std::map<std::string, Positions>& wanted) {
  for (const auto& [text, positions] : wanted) entries_.push_back({text, positions});
  std::ranges::sort(entries_, before<from_end>, &Entry::text);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    auto parent = i;  // the one before, or one of its parents
    while (parent > 0 && !has<from_end>(entries_[i].text, entries_[parent - 1].text))
      parent = entries_[parent - 1].parent;
    entries_[i].parent = parent;
  }
}

template <bool from_end>
void AffixIndex<from_end>::select(std::string_view text, CandidateBits& bits) const {
  // Prefixes of a text sort before it, and whatever stands between them and it starts with them too.
  const auto after = std::ranges::upper_bound(entries_, text, before<from_end>, &Entry::text);
  auto at = static_cast<std::size_t>(after - entries_.begin());
  for (; at > 0; at = entries_[at - 1].parent)
    if (has<from_end>(text, entries_[at - 1].text)) set_all(bits, entries_[at - 1].positions);
}

TermIndex::TermIndex(std::uint32_t term, const TermKeys& keys, std::size_t candidates, Automata& automata)
    : term_(term),
      members_((candidates + 63) / 64),
      prefixes_(keys.prefixes),
      suffixes_(keys.suffixes),
      numbers_(keys.numbers) {
  for (const auto* texts : {&keys.values, &keys.prefixes, &keys.suffixes, &keys.parts})
    for (const auto& [text, positions] : *texts) set_all(members_, positions);
  for (const auto& [number, positions] : keys.numbers) set_all(members_, positions);
  std::vector<std::string> values, parts;
  for (const auto& [text, positions] : keys.values) {
    values.push_back(text);
    value_positions_.push_back(positions);
  }
  if (!values.empty()) values_ = StringSet(values);
  for (const auto& [text, positions] : keys.parts) {
    parts.push_back(text);
    part_positions_.push_back(positions);
  }
  if (parts.empty()) return;
  auto& automaton = automata[parts];
  if (!automaton) automaton = std::make_shared<const SubstringSet>(parts, true);
  parts_ = automaton;
}

void TermIndex::select_text(std::string_view text, CandidateBits& bits) const {
  if (!value_positions_.empty())
    if (const auto found = values_.find(text, hash_text(text)); found != StringSet::none)
      set_all(bits, value_positions_[found]);
  prefixes_.select(text, bits);
  suffixes_.select(text, bits);
  if (parts_) parts_->each(text, [&](std::uint32_t part) { set_all(bits, part_positions_[part]); });
}

void TermIndex::select(const Value& value, CandidateBits& bits) const {
  if (value.missing()) return;  // every check of it is false
  if (const auto* text = std::get_if<std::string_view>(&value)) return select_text(*text, bits);
  if (const auto* number = std::get_if<std::int64_t>(&value)) {
    if (const auto found = numbers_.find(*number); found != numbers_.end()) set_all(bits, found->second);
    return;
  }
  for (std::size_t i = 0; i < members_.size(); ++i) bits[i] |= members_[i];
}

}  // namespace eunomia::lang
