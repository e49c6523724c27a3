// SPDX-License-Identifier: Apache-2.0
//
// Which rules are worth trying for an event, when there are many: a rule whose condition wants "fd.name in (…)",
// "starts with /srv/x/" or "fd.sport = 5432" is tried only if the event's value is one of these. One look-up for each
// term that rules are indexed by, instead of one try for each rule; so cost grows with the rules that can match, not
// with their number. Built once, immutable, any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/event/value.h"

namespace eunomia::lang {

struct Program;

// A set of positions in a list of candidates.
using CandidateBits = std::vector<std::uint64_t>;

// The rules of one event type that want a certain value of one term.
class TermIndex {
 public:
  explicit TermIndex(std::uint32_t term) : term_(term) {}
  [[nodiscard]] std::uint32_t term() const { return term_; }

  void add_text(const std::string& text, std::uint32_t position) { texts_[text].push_back(position); }
  void add_prefix(const std::string& prefix, std::uint32_t position);
  void add_number(std::int64_t number, std::uint32_t position) { numbers_[number].push_back(position); }
  void finish();

  // Adds the candidates that this value does not rule out.
  void select(const Value& value, CandidateBits& bits) const;

 private:
  using Positions = std::vector<std::uint32_t>;
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const;
  };
  struct Prefix {
    std::string text;
    Positions positions;
    std::size_t parent = 0;  // 1 + the longest other prefix that this one starts with; 0: none
  };
  void select_text(std::string_view text, CandidateBits& bits) const;

  std::uint32_t term_;
  std::unordered_map<std::string, Positions, TextHash, std::equal_to<>> texts_;
  std::vector<Prefix> prefixes_;  // sorted by text
  std::unordered_map<std::int64_t, Positions> numbers_;
  Positions all_;
};

struct RuleIndex {
  std::vector<TermIndex> terms;  // empty: too few rules for an index to pay
  CandidateBits rest;            // candidates that no term rules out
};

// For the candidates of one event type (Program::dispatch), in their order.
RuleIndex make_rule_index(const Program& program, std::size_t type);

}  // namespace eunomia::lang
