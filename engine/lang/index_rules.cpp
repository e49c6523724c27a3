// SPDX-License-Identifier: Apache-2.0
//
// Choosing guards: make_rule_indexes() of rule_index.h.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "engine/lang/guard.h"
#include "engine/lang/program.h"
#include "engine/lang/rule_index.h"

namespace eunomia::lang {
namespace {

constexpr std::size_t fewest_rules = 4;      // of a type; below, trying them all is as quick
constexpr std::size_t fewest_of_a_term = 2;  // a look-up must save more than it costs

void set(CandidateBits& bits, std::size_t position) { bits[position / 64] |= 1ULL << (position % 64); }

// The index of one event type.
class Indexer {
 public:
  Indexer(const Program& program, std::size_t type, TermIndex::Automata& automata)
      : program_(program), candidates_(program.dispatch[type]), automata_(automata) {}

  RuleIndex make() {
    if (candidates_.size() < fewest_rules) return std::move(out_);
    out_.rest = CandidateBits((candidates_.size() + 63) / 64);
    add_terms();
    return std::move(out_);
  }

 private:
  using TermSet = std::set<std::uint32_t>;
  static TermSet terms_of(const Guard& guard) {
    TermSet out;
    for (const auto& key : guard) out.insert(key.term);
    return out;
  }

  // The guard by which a rule is seldom tried in vain, among those of `terms`: one whose values few other rules want,
  // by a look-up rather than a scan.
  [[nodiscard]] const Guard* best(const std::vector<Guard>& guards, const TermSet& terms) const {
    const Guard* out = nullptr;
    std::tuple<bool, std::size_t, std::size_t> least;
    for (const auto& guard : guards) {
      if (!std::ranges::includes(terms, terms_of(guard))) continue;
      std::size_t crowd = 0;
      for (const auto& key : guard) crowd = std::max(crowd, wanted_.at(key));
      const std::tuple rank(needs_scan(guard), crowd, guard.size());
      if (out && rank >= least) continue;
      out = &guard;
      least = rank;
    }
    return out;
  }

  // Few terms mean few look-ups: a term that too few rules end up with is given up, and these rules choose again.
  void add_terms() {
    std::map<std::uint32_t, std::size_t> popular;  // term → rules that could be indexed by it
    std::vector<std::vector<Guard>> guards;
    for (const auto& candidate : candidates_) {
      guards.push_back(guards_of(program_, candidate.root));
      for (const auto& guard : guards.back()) {
        for (const auto& key : guard) ++wanted_[key];
        for (const auto term : terms_of(guard)) ++popular[term];
      }
    }
    std::vector<const Guard*> chosen(candidates_.size());
    while (true) {
      TermSet terms;
      for (const auto& [term, rules] : popular)
        if (rules >= fewest_of_a_term) terms.insert(term);
      std::map<std::uint32_t, std::size_t> used;
      for (std::size_t i = 0; i < chosen.size(); ++i) {
        chosen[i] = best(guards[i], terms);
        if (!chosen[i]) continue;
        for (const auto term : terms_of(*chosen[i])) ++used[term];
      }
      if (std::ranges::all_of(used, [](const auto& entry) { return entry.second >= fewest_of_a_term; })) break;
      popular = std::move(used);
    }
    add_terms(chosen);
  }

  void add_terms(const std::vector<const Guard*>& chosen) {
    std::map<std::uint32_t, TermKeys> terms;
    for (std::uint32_t i = 0; i < chosen.size(); ++i) {
      if (!chosen[i]) set(out_.rest, i);
      for (std::size_t k = 0; chosen[i] && k < chosen[i]->size(); ++k) add((*chosen[i])[k], i, terms);
    }
    for (const auto& [term, keys] : terms) out_.terms.emplace_back(term, keys, candidates_.size(), automata_);
  }

  static void add(const GuardKey& key, std::uint32_t position, std::map<std::uint32_t, TermKeys>& terms) {
    auto& keys = terms[key.term];
    const std::string text(key.text);
    switch (key.kind) {
      case GuardKey::Kind::value: keys.values[text].push_back(position); break;
      case GuardKey::Kind::prefix: keys.prefixes[text].push_back(position); break;
      case GuardKey::Kind::suffix: keys.suffixes[text].push_back(position); break;
      case GuardKey::Kind::part: keys.parts[text].push_back(position); break;
      case GuardKey::Kind::number: keys.numbers[key.number].push_back(position); break;
    }
  }

  const Program& program_;
  const std::vector<Candidate>& candidates_;
  TermIndex::Automata& automata_;
  std::map<GuardKey, std::size_t> wanted_;  // in how many guards it stands
  RuleIndex out_;
};

}  // namespace

void make_rule_indexes(Program& program) {
  TermIndex::Automata automata;
  for (std::size_t type = 0; type < program.dispatch.size(); ++type)
    program.index[type] = Indexer(program, type, automata).make();
}

}  // namespace eunomia::lang
