// SPDX-License-Identifier: Apache-2.0
//
// Runs a Program over events. What one event needs (values of terms, results of shared nodes) is kept per thread and
// found again by generation, so nothing is cleared and nothing is allocated between events; only transformers that
// build new text use the context's Scratch. `const Program&` may be shared by threads.
#pragma once

#include <functional>

#include "engine/lang/program.h"

namespace eunomia::lang {

class Evaluator {
 public:
  // Prepares for one event. At most one Evaluator may be in use in a thread at a time.
  Evaluator(const Program& program, const Context& context);
  bool matches(NodeId root) { return node(root); }
  // The first rule that matches, or all of them, in file order.
  const Candidate* first();
  void all(std::vector<std::uint32_t>& rules);
  // Calls `found` for the first candidate that matches, or for all, and for every one that counts and matches.
  void visit_matches(bool every, const std::function<void(const Candidate&)>& found);

 private:
  struct Slot;
  struct State;
  static State& state_for(const Program& program);

  // Calls `visit` for each candidate that the index leaves, in file order, until it returns true.
  template <class Visit>
  const Candidate* visit(Visit&& visit);
  // The candidates that the index leaves for this event.
  const CandidateBits& select(const RuleIndex& index);
  bool node(NodeId id);
  bool compute(const CompiledNode& node);
  bool check(const CompiledCheck& check);
  const Slot& term(std::uint32_t id);
  Value transform(const CompiledTerm& term);
  static bool test(const CompiledCheck& check, const Value& value, std::uint64_t hash);
  static bool test_text(const CompiledCheck& check, std::string_view text, std::uint64_t hash);
  static bool test_number(const CompiledCheck& check, std::int64_t number);
  static bool test_network(const CompiledCheck& check, const IpAddress& address);
  static bool test_parts(const CompiledCheck& check, const Value& value);
  bool compare(const CompiledCheck& check, const Value& left);

  const Program& program_;
  const Context& context_;
  State& state_;
};

}  // namespace eunomia::lang
