// SPDX-License-Identifier: Apache-2.0
//
// Compiled conditions: what the evaluator runs. Plain, immutable data.
//
// Every distinct term (field or transformer), check and and/or/not occurs once, whatever rules use it, and is evaluated
// at most once for an event. For each event type there is a list of the rules that can match it, with the root of the
// condition as simplified for that type: what evt.type decides, and fields that the type cannot fill, are gone from it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "engine/lang/affix_set.h"
#include "engine/lang/ir.h"
#include "engine/lang/network_set.h"
#include "engine/lang/path_set.h"
#include "engine/lang/regex_set.h"
#include "engine/lang/rule_index.h"
#include "engine/lang/string_set.h"
#include "engine/lang/substring_set.h"

namespace re2 {
class RE2;
}

namespace eunomia::lang {

using NodeId = std::uint32_t;

// How a check compares one value.
enum class Kernel : std::uint8_t {
  exists,
  text_eq,
  text_ne,
  text_in,
  text_small_in,
  prefix,
  prefix_set,
  suffix,
  suffix_set,
  contains,
  contains_few,
  icontains,
  substring_set,  // contains and icontains
  glob,
  iglob,
  regex,
  regex_set,
  path_set,
  text_order,
  number_eq,
  number_ne,
  number_in,
  number_lt,
  number_le,
  number_gt,
  number_ge,
  flag_eq,
  network_in,
  network_ne,
  never,      // an empty list of values
  each_part,  // "allof", "oneof": a check for each value
  compare,    // with the values of another term
};

struct CompiledCheck {
  Kernel kernel = Kernel::never;
  Op op = Op::exists;
  bool every = false;
  std::uint32_t term = 0;
  std::vector<std::string> texts;  // what it compares with; of regular expressions what their matches start with
  std::string text;                // the first
  std::variant<std::monostate, StringSet, PrefixSet, SuffixSet, SubstringSet, PathSet, RegexSet> set;  // *_set, text_in
  std::int64_t number = 0;                                                                             // also flag_eq
  std::vector<std::int64_t> numbers;                                                                   // sorted
  NetworkSet networks;
  std::shared_ptr<const re2::RE2> regex;
  Modifier modifier = Modifier::none;  // each_part
  std::vector<CompiledCheck> parts;    // each_part
  std::uint32_t right_term = 0;        // compare

  [[nodiscard]] bool uses_regex() const {
    return kernel == Kernel::regex || kernel == Kernel::regex_set || (!parts.empty() && parts.front().uses_regex());
  }
};

struct CompiledTerm {
  ir::Term term;                    // a field, a constant or a transformer
  std::vector<std::uint32_t> args;  // terms of a transformer's arguments
};

struct CompiledNode {
  enum class Kind : std::uint8_t { check, all, any, negate };
  Kind kind = Kind::check;
  bool shared = false;      // more than one parent: worth remembering
  std::uint32_t first = 0;  // check: its index; else first of `count` entries in Program::children
  std::uint32_t count = 0;
};

struct Candidate {
  std::uint32_t rule;
  NodeId root;
  std::uint8_t step = 0;  // of the rule's sequence; its steps stand together, the last one first
  bool counts = false;    // the rule has a window or a sequence: this event alone may not be enough
};

// What ordering knows of a node; by node.
struct Estimate {
  double cost = 1;     // about ns, until it is decided
  double truth = 0.5;  // how often it is true
};

struct Program {
  std::uint64_t id = 0;  // different for every program of this run
  std::vector<CompiledTerm> terms;
  std::vector<CompiledCheck> checks;
  std::vector<CompiledNode> nodes;
  std::vector<NodeId> children;
  std::vector<Estimate> estimates;                             // by node
  std::vector<std::string> check_texts;                        // by check, as in a rule
  std::array<std::vector<Candidate>, EV_TYPE_COUNT> dispatch;  // by event type, in file order
  std::array<RuleIndex, EV_TYPE_COUNT> index;                  // of the candidates, by event type
  EventSet counting;                                           // types of which some candidate counts
};

}  // namespace eunomia::lang
