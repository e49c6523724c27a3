// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/compile_check.h"

#include <re2/re2.h>

#include <algorithm>

#include "engine/lang/match.h"

namespace eunomia::lang {
namespace {

constexpr std::size_t small_set = 3;       // up to here, comparing one by one beats hashing
constexpr std::size_t few_substrings = 3;  // up to here, memmem for each beats the automaton

std::vector<std::string> texts_of(const ir::Check& check) {
  std::vector<std::string> out;
  out.reserve(check.values.size());
  for (const auto& value : check.values) out.push_back(std::get<std::string>(value));
  return out;
}

Kernel text_kernel(Op op, std::size_t values) {
  const bool many = values > 1;
  switch (op) {
    case Op::eq:
    case Op::in:
    case Op::intersects: return !many ? Kernel::text_eq : values <= small_set ? Kernel::text_small_in : Kernel::text_in;
    case Op::ne: return Kernel::text_ne;
    case Op::contains:
    case Op::bcontains:
      return !many ? Kernel::contains : values <= few_substrings ? Kernel::contains_few : Kernel::substring_set;
    case Op::icontains: return many ? Kernel::substring_set : Kernel::icontains;
    case Op::startswith:
    case Op::bstartswith: return many ? Kernel::prefix_set : Kernel::prefix;
    case Op::endswith: return many ? Kernel::suffix_set : Kernel::suffix;
    case Op::glob: return Kernel::glob;
    case Op::iglob: return Kernel::iglob;
    case Op::regex: return many ? Kernel::regex_set : Kernel::regex;
    case Op::pmatch: return Kernel::path_set;
    default: return Kernel::text_order;
  }
}

void compile_text(const ir::Check& check, CompiledCheck& out) {
  out.texts = texts_of(check);
  out.text = out.texts.front();
  out.kernel = text_kernel(check.op, out.texts.size());
  switch (out.kernel) {
    case Kernel::text_in: out.set.emplace<StringSet>(out.texts); break;
    case Kernel::prefix_set: out.set.emplace<PrefixSet>(out.texts); break;
    case Kernel::suffix_set: out.set.emplace<SuffixSet>(out.texts); break;
    case Kernel::substring_set: out.set.emplace<SubstringSet>(out.texts, check.op == Op::icontains); break;
    case Kernel::path_set: out.set.emplace<PathSet>(out.texts); break;
    case Kernel::regex_set: out.texts = out.set.emplace<RegexSet>(out.texts).prefixes(); break;
    case Kernel::regex:
      out.regex = make_regex(out.text);
      out.texts = {out.text = literal_prefix(*out.regex)};
      break;
    default: break;
  }
}

Kernel number_kernel(Op op) {
  switch (op) {
    case Op::eq: return Kernel::number_eq;
    case Op::ne: return Kernel::number_ne;
    case Op::lt: return Kernel::number_lt;
    case Op::le: return Kernel::number_le;
    case Op::gt: return Kernel::number_gt;
    case Op::ge: return Kernel::number_ge;
    default: return Kernel::number_in;
  }
}

void compile_number(const ir::Check& check, CompiledCheck& out) {
  for (const auto& value : check.values) out.numbers.push_back(std::get<std::int64_t>(value));
  std::ranges::sort(out.numbers);
  out.number = out.numbers.front();
  out.kernel = number_kernel(check.op);
}

void compile_flag(const ir::Check& check, CompiledCheck& out) {
  const auto first = std::get<bool>(check.values.front());
  const bool same = std::ranges::all_of(check.values, [&](const auto& v) { return std::get<bool>(v) == first; });
  // A list with both is true of any value.
  out.kernel = same ? Kernel::flag_eq : Kernel::exists;
  out.number = first != (check.op == Op::ne) ? 1 : 0;
}

void compile_network(const ir::Check& check, CompiledCheck& out) {
  std::vector<ir::Network> networks;
  for (const auto& value : check.values) networks.push_back(std::get<ir::Network>(value));
  out.networks = NetworkSet(networks);
  out.kernel = check.op == Op::ne ? Kernel::network_ne : Kernel::network_in;
}

// "anyof": what several values mean anyway.
bool is_plain_any(const ir::Check& check) {
  return check.modifier == Modifier::any_of && check.left.type == ValueType::string && check.op != Op::ne;
}

void compile_parts(const ir::Check& check, CompiledCheck& out) {
  out.kernel = Kernel::each_part;
  out.modifier = check.modifier;
  for (const auto& value : check.values) {
    auto part = check;
    part.modifier = Modifier::none;
    part.values = {value};
    out.parts.push_back(compile_check(part));
  }
}

// What reading the field costs, ns.
double field_cost(const ir::Term& term) {
  if (term.kind == ir::Term::Kind::constant) return 0;
  if (term.kind == ir::Term::Kind::transform) {
    double cost = 40;
    for (const auto& arg : term.args) cost += field_cost(arg);
    return cost;
  }
  const auto& field = *term.use.field;
  // Asking for a container's metadata can make the event wait for it, so that comes last.
  if (field.source == FieldSource::container) return field.name == "container.id" ? 5 : 200;
  if (field.source == FieldSource::host) return 40;
  if (field.multi && !term.use.arg.index) return 60;
  return 5;
}

double kernel_cost(const CompiledCheck& check) {
  const auto values = static_cast<double>(check.texts.size());
  switch (check.kernel) {
    case Kernel::contains: return 20;
    case Kernel::contains_few: return 20 * values;
    case Kernel::icontains: return 50;
    case Kernel::substring_set: return 80;
    case Kernel::glob:
    case Kernel::iglob: return 40 * values;
    case Kernel::regex: return check.text.empty() ? 150 : 20;
    case Kernel::regex_set: return 150;
    case Kernel::path_set: return 30 + 40 * static_cast<double>(std::get<PathSet>(check.set).patterns());
    case Kernel::prefix_set:
    case Kernel::suffix_set: return 8;
    case Kernel::each_part: {
      double cost = 0;
      for (const auto& part : check.parts) cost += kernel_cost(part);
      return cost;
    }
    case Kernel::compare: return 20;
    case Kernel::text_in: return 8;
    default: return 3;
  }
}

double truth(Kernel kernel) {
  switch (kernel) {
    case Kernel::exists:
    case Kernel::text_ne:
    case Kernel::number_ne:
    case Kernel::network_ne: return 0.9;
    case Kernel::flag_eq: return 0.4;
    case Kernel::number_lt:
    case Kernel::number_le:
    case Kernel::number_gt:
    case Kernel::number_ge: return 0.6;
    default: return 0.05;
  }
}

}  // namespace

ir::Check simplified(ir::Check check) {
  if (check.right || check.left.type != ValueType::string || check.values.size() != 1) return check;
  check.modifier = Modifier::none;  // of one value they all say the same
  const auto plain = check.op == Op::glob || check.op == Op::iglob
                         ? plain_glob(std::get<std::string>(check.values.front()))
                         : std::nullopt;
  const bool fold = check.op == Op::iglob;
  if (!plain || (fold && !(plain->open_begin && plain->open_end))) return check;
  if (plain->open_begin) check.op = plain->open_end ? Op::contains : Op::endswith;
  if (!plain->open_begin) check.op = plain->open_end ? Op::startswith : Op::eq;
  if (fold) check.op = Op::icontains;
  check.values.front() = std::string(plain->text);
  return check;
}

CompiledCheck compile_check(const ir::Check& check) {
  CompiledCheck out;
  out.op = check.op;
  out.every = check.every;
  if (check.op == Op::exists) {
    out.kernel = Kernel::exists;
  } else if (check.right) {
    out.kernel = Kernel::compare;
  } else if (check.modifier != Modifier::none && !is_plain_any(check)) {
    compile_parts(check, out);
  } else if (check.values.empty()) {
    out.kernel = Kernel::never;
  } else if (check.left.type == ValueType::string) {
    compile_text(check, out);
  } else if (check.left.type == ValueType::boolean) {
    compile_flag(check, out);
  } else if (check.left.type == ValueType::address) {
    compile_network(check, out);
  } else {
    compile_number(check, out);
  }
  return out;
}

Estimate estimate_check(const CompiledCheck& compiled, const ir::Check& check) {
  // "sets of one" that are not: fd.typechar and evt.type-like fields have few values, so equality tells little.
  const auto* use = ir::field_of(check.left);
  const bool coarse =
      use && (use->field->name == "fd.typechar" || use->field->name == "fd.type" || use->field->name == "container.id");
  return {field_cost(check.left) + kernel_cost(compiled) + (check.right ? field_cost(*check.right) : 0),
          coarse ? 0.5 : truth(compiled.kernel)};
}

Estimate order_children(CompiledNode::Kind kind, std::vector<NodeId>& children, std::span<const Estimate> estimates) {
  if (kind == CompiledNode::Kind::negate) {
    const auto& inner = estimates[children.front()];
    return {inner.cost, 1 - inner.truth};
  }
  const bool all = kind == CompiledNode::Kind::all;
  // The chance that a child decides the node: false for "and", true for "or".
  const auto decides = [&](NodeId id) { return std::max(all ? 1 - estimates[id].truth : estimates[id].truth, 1e-6); };
  std::ranges::sort(children, {}, [&](NodeId id) { return std::pair(estimates[id].cost / decides(id), id); });
  Estimate out{1, 1};
  double undecided = 1;
  for (const auto id : children) {
    out.cost += undecided * estimates[id].cost;
    undecided *= 1 - decides(id);
  }
  out.truth = all ? undecided : 1 - undecided;
  return out;
}

}  // namespace eunomia::lang
