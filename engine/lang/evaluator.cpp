// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/evaluator.h"

#include <re2/re2.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "engine/lang/match.h"
#include "engine/lang/naive.h"
#include "engine/lang/term.h"

namespace eunomia::lang {
namespace {

bool contains(std::string_view text, std::string_view part) {
  if (part.empty() || text.size() < part.size()) return part.empty();  // an empty text may have no address
  return memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

template <class Number>
bool numbers_compare(Op op, Number left, Number right) {
  switch (op) {
    case Op::ne: return left != right;
    case Op::lt: return left < right;
    case Op::le: return left <= right;
    case Op::gt: return left > right;
    case Op::ge: return left >= right;
    default: return left == right;
  }
}

// Values of different types are neither equal nor different.
bool values_compare(Op op, const Value& left, const Value& right) {
  if (left.index() != right.index()) return false;
  if (const auto* text = std::get_if<std::string_view>(&left))
    return text_test(op, *text, *std::get_if<std::string_view>(&right));
  if (const auto* number = std::get_if<std::int64_t>(&left))
    return numbers_compare(op, *number, *std::get_if<std::int64_t>(&right));
  if (const auto* flag = std::get_if<bool>(&left)) return numbers_compare(op, *flag, *std::get_if<bool>(&right));
  const auto* address = std::get_if<IpAddress>(&left);
  if (!address) return false;
  const auto& other = *std::get_if<IpAddress>(&right);
  return ir::Network{other, other.family == 4 ? 32U : 128U}.contains(*address) != (op == Op::ne);
}

}  // namespace

struct Evaluator::Slot {
  std::uint32_t generation = 0;
  std::uint64_t hash = 0;  // of a text; 0: not computed yet
  Value value;
};

// Of one thread, for the program it ran last. A node's memory is its generation, twice, plus the result.
struct Evaluator::State {
  std::uint64_t program = 0;
  std::uint32_t generation = 0;
  std::vector<Slot> slots;
  std::vector<std::uint32_t> nodes;
  CandidateBits bits;
};

Evaluator::State& Evaluator::state_for(const Program& program) {
  thread_local State state;
  constexpr std::uint32_t last_generation = UINT32_MAX / 2;
  if (state.program != program.id || state.generation == last_generation) {
    state.program = program.id;
    state.generation = 0;
    state.slots.assign(program.terms.size(), {});
    state.nodes.assign(program.nodes.size(), 0);
  }
  ++state.generation;
  return state;
}

Evaluator::Evaluator(const Program& program, const Context& context)
    : program_(program), context_(context), state_(state_for(program)) {}

template <class Visit>
const Candidate* Evaluator::visit(Visit&& visit) {
  const auto type = static_cast<std::size_t>(context_.event.type);
  if (type >= program_.dispatch.size()) return nullptr;
  const auto& candidates = program_.dispatch[type];
  const auto& index = program_.index[type];
  if (index.terms.empty()) {
    const auto found = std::ranges::find_if(candidates, visit);
    return found == candidates.end() ? nullptr : &*found;
  }
  const auto& bits = select(index);
  for (std::size_t word = 0; word < bits.size(); ++word)
    for (auto left = bits[word]; left != 0; left &= left - 1) {
      const auto& candidate = candidates[word * 64 + static_cast<std::size_t>(std::countr_zero(left))];
      if (visit(candidate)) return &candidate;
    }
  return nullptr;
}

const CandidateBits& Evaluator::select(const RuleIndex& index) {
  auto& bits = state_.bits;
  bits.assign(index.rest.begin(), index.rest.end());
  for (const auto& by_term : index.terms) by_term.select(term(by_term.term()).value, bits);
  return bits;
}

const Candidate* Evaluator::first() {
  return visit([&](const Candidate& candidate) { return node(candidate.root); });
}

void Evaluator::all(std::vector<std::uint32_t>& rules) {
  visit([&](const Candidate& candidate) {
    // The steps of a sequence stand together.
    const bool known = !rules.empty() && rules.back() == candidate.rule;
    if (!known && node(candidate.root)) rules.push_back(candidate.rule);
    return false;
  });
}

void Evaluator::visit_matches(bool every, const std::function<void(const Candidate&)>& found) {
  bool reported = false;
  visit([&](const Candidate& candidate) {
    if ((reported && !candidate.counts) || !node(candidate.root)) return false;
    found(candidate);
    reported = reported || (!every && !candidate.counts);
    return reported && !program_.counting.test(static_cast<std::size_t>(context_.event.type));
  });
}

bool Evaluator::node(NodeId id) {
  const auto& node = program_.nodes[id];
  if (!node.shared) return compute(node);
  auto& memory = state_.nodes[id];
  if (memory >> 1 == state_.generation) return (memory & 1) != 0;
  const bool result = compute(node);
  memory = state_.generation << 1 | (result ? 1U : 0U);
  return result;
}

bool Evaluator::compute(const CompiledNode& node) {
  using Kind = CompiledNode::Kind;
  if (node.kind == Kind::check) return check(program_.checks[node.first]);
  const auto* child = program_.children.data() + node.first;
  if (node.kind == Kind::negate) return !this->node(*child);
  const bool all = node.kind == Kind::all;
  for (const auto* end = child + node.count; child != end; ++child)
    if (this->node(*child) != all) return !all;
  return all;
}

const Evaluator::Slot& Evaluator::term(std::uint32_t id) {
  auto& slot = state_.slots[id];
  if (slot.generation == state_.generation) return slot;
  const auto& term = program_.terms[id];
  slot.hash = 0;
  slot.value = term.term.kind == ir::Term::Kind::field ? extract(term.term.use, context_) : transform(term);
  slot.generation = state_.generation;
  return slot;
}

Value Evaluator::transform(const CompiledTerm& compiled) {
  if (compiled.term.kind == ir::Term::Kind::constant)
    return std::string_view(std::get<std::string>(compiled.term.constant));
  const auto args = context_.scratch.values(compiled.args.size());
  for (std::size_t i = 0; i < args.size(); ++i) args[i] = term(compiled.args[i]).value;
  return apply_transform(compiled.term, args, context_.scratch);
}

bool Evaluator::check(const CompiledCheck& check) {
  const auto& slot = term(check.term);
  const auto& value = slot.value;
  if (value.missing()) return false;
  if (check.kernel == Kernel::exists) return true;
  if (check.kernel == Kernel::compare) return compare(check, value);
  if (check.kernel == Kernel::text_in && slot.hash == 0)
    if (const auto* text = std::get_if<std::string_view>(&value)) const_cast<Slot&>(slot).hash = hash_text(*text);
  const auto* list = std::get_if<ValueList>(&value);
  if (!list) return test(check, value, slot.hash);
  for (const auto& item : *list) {
    const auto* text = std::get_if<std::string_view>(&item);
    const auto hash = text && check.kernel == Kernel::text_in ? hash_text(*text) : 0;
    if (test(check, item, hash) != check.every) return !check.every;
  }
  return check.every;
}

bool Evaluator::test(const CompiledCheck& check, const Value& value, std::uint64_t hash) {
  if (check.kernel == Kernel::each_part) return test_parts(check, value);
  if (const auto* text = std::get_if<std::string_view>(&value)) return test_text(check, *text, hash);
  if (const auto* number = std::get_if<std::int64_t>(&value)) return test_number(check, *number);
  if (const auto* flag = std::get_if<bool>(&value))
    return check.kernel == Kernel::flag_eq && *flag == (check.number != 0);
  if (const auto* address = std::get_if<IpAddress>(&value)) return test_network(check, *address);
  return false;
}

bool Evaluator::test_text(const CompiledCheck& check, std::string_view text, std::uint64_t hash) {
  const auto passes = [&](auto&& test) { return std::ranges::any_of(check.texts, test); };
  switch (check.kernel) {
    case Kernel::text_eq: return text == check.text;
    case Kernel::text_ne: return text != check.text;
    case Kernel::text_in: return std::get_if<StringSet>(&check.set)->contains(text, hash);
    case Kernel::text_small_in: return std::ranges::find(check.texts, text) != check.texts.end();
    case Kernel::prefix: return text.starts_with(check.text);
    case Kernel::prefix_set: return std::get_if<PrefixSet>(&check.set)->matches(text);
    case Kernel::suffix: return text.ends_with(check.text);
    case Kernel::suffix_set: return std::get_if<SuffixSet>(&check.set)->matches(text);
    case Kernel::contains: return contains(text, check.text);
    case Kernel::contains_few: return passes([&](const auto& part) { return contains(text, part); });
    case Kernel::icontains: return contains_fold(text, check.text);
    case Kernel::substring_set: return std::get_if<SubstringSet>(&check.set)->any(text);
    case Kernel::glob: return passes([&](const auto& pattern) { return glob_match(pattern, text); });
    case Kernel::iglob: return passes([&](const auto& pattern) { return glob_match(pattern, text, true); });
    case Kernel::regex:
      return text.starts_with(check.text) && RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *check.regex);
    case Kernel::regex_set: return std::get_if<RegexSet>(&check.set)->matches(text);
    case Kernel::path_set: return std::get_if<PathSet>(&check.set)->matches(text);
    case Kernel::text_order: return texts_ordered(check.op, text, check.text);
    default: return false;
  }
}

bool Evaluator::test_number(const CompiledCheck& check, std::int64_t number) {
  switch (check.kernel) {
    case Kernel::number_eq: return number == check.number;
    case Kernel::number_ne: return number != check.number;
    case Kernel::number_lt: return number < check.number;
    case Kernel::number_le: return number <= check.number;
    case Kernel::number_gt: return number > check.number;
    case Kernel::number_ge: return number >= check.number;
    case Kernel::number_in: return std::ranges::binary_search(check.numbers, number);
    default: return false;
  }
}

bool Evaluator::test_network(const CompiledCheck& check, const IpAddress& address) {
  if (check.kernel != Kernel::network_in && check.kernel != Kernel::network_ne) return false;
  return check.networks.contains(address) == (check.kernel == Kernel::network_in);
}

bool Evaluator::test_parts(const CompiledCheck& check, const Value& value) {
  const auto passes = [&](const CompiledCheck& part) { return test(part, value, 0); };
  switch (check.modifier) {
    case Modifier::all_of: return std::ranges::all_of(check.parts, passes);
    case Modifier::one_of: return std::ranges::count_if(check.parts, passes) == 1;
    default: return std::ranges::any_of(check.parts, passes);
  }
}

// Any value of the right side will do.
bool Evaluator::compare(const CompiledCheck& check, const Value& left) {
  const auto& right = term(check.right_term).value;
  const auto passes = [&](const Value& value) {
    const auto holds = [&](const Value& with) { return values_compare(check.op, value, with); };
    const auto* list = std::get_if<ValueList>(&right);
    return list ? std::ranges::any_of(*list, holds) : holds(right);
  };
  const auto* list = std::get_if<ValueList>(&left);
  if (!list || right.missing()) return !right.missing() && passes(left);
  return check.every ? std::ranges::all_of(*list, passes) : std::ranges::any_of(*list, passes);
}

}  // namespace eunomia::lang
