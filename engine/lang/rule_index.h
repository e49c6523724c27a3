// SPDX-License-Identifier: Apache-2.0
//
// Which rules are worth trying for an event, when there are many: rules that want "fd.name in (…)", "starts with
// /srv/x/" or "contains id_rsa" (their guard: guard.h) are tried only if the event's value is, starts with or contains
// one of these. One look-up for each term that rules are indexed by, instead of one try for each rule; so cost grows
// with the rules that can match, not with their number. Built once, immutable, any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/event/value.h"
#include "engine/lang/string_set.h"
#include "engine/lang/substring_set.h"

namespace eunomia::lang {

struct Program;

// A set of positions in a list of candidates.
using CandidateBits = std::vector<std::uint64_t>;
using Positions = std::vector<std::uint32_t>;

// What the rules of one event type want of one term: the candidates by key. Parts may be in any letter case.
struct TermKeys {
  std::map<std::string, Positions> values, prefixes, suffixes, parts;
  std::map<std::int64_t, Positions> numbers;
};

// Texts of which some start with others (or end with, if `from_end`), and who wants them.
template <bool from_end>
class AffixIndex {
 public:
  explicit AffixIndex(const std::map<std::string, Positions>& wanted);
  void select(std::string_view text, CandidateBits& bits) const;

 private:
  struct Entry {
    std::string text;
    Positions positions;
    std::size_t parent = 0;  // 1 + the longest other one that this one starts (ends) with; 0: none
  };
  std::vector<Entry> entries_;  // sorted
};

class TermIndex {
 public:
  using Automata = std::map<std::vector<std::string>, std::shared_ptr<const SubstringSet>>;

  // `automata`: those made so far, since the same rules are often tried for several event types.
  TermIndex(std::uint32_t term, const TermKeys& keys, std::size_t candidates, Automata& automata);
  [[nodiscard]] std::uint32_t term() const { return term_; }
  [[nodiscard]] const CandidateBits& members() const { return members_; }

  // Adds the candidates that this value does not rule out.
  void select(const Value& value, CandidateBits& bits) const;

 private:
  void select_text(std::string_view text, CandidateBits& bits) const;

  std::uint32_t term_;
  CandidateBits members_;
  StringSet values_;
  std::vector<Positions> value_positions_;  // by index in values_
  AffixIndex<false> prefixes_;
  AffixIndex<true> suffixes_;
  std::shared_ptr<const SubstringSet> parts_;
  std::vector<Positions> part_positions_;
  std::map<std::int64_t, Positions> numbers_;
};

struct RuleIndex {
  std::vector<TermIndex> terms;  // empty: too few rules for an index to pay
  CandidateBits rest;            // candidates that no term rules out
};

// Fills Program::index from the rest of it.
void make_rule_indexes(Program& program);

}  // namespace eunomia::lang
