// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/compile_check.h"

#include <re2/re2.h>

#include <algorithm>

#include "engine/lang/match.h"

namespace eunomia::lang {
namespace {

constexpr std::size_t small_set = 3;  // below, comparing one by one beats hashing

std::vector<std::string> texts_of(const ir::Check& check) {
  std::vector<std::string> out;
  out.reserve(check.values.size());
  for (const auto& value : check.values) out.push_back(std::get<std::string>(value));
  return out;
}

Kernel text_kernel(Op op) {
  switch (op) {
    case Op::eq: return Kernel::text_eq;
    case Op::ne: return Kernel::text_ne;
    case Op::contains:
    case Op::bcontains: return Kernel::contains;
    case Op::icontains: return Kernel::icontains;
    case Op::startswith:
    case Op::bstartswith: return Kernel::prefix;
    case Op::endswith: return Kernel::suffix;
    case Op::glob: return Kernel::glob;
    case Op::iglob: return Kernel::iglob;
    case Op::regex: return Kernel::regex;
    default: return Kernel::text_order;
  }
}

void compile_text(const ir::Check& check, CompiledCheck& out) {
  out.texts = texts_of(check);
  if (check.op == Op::pmatch) {
    out.kernel = Kernel::path;
  } else if (check.op == Op::in || check.op == Op::intersects) {
    out.kernel = out.texts.size() <= small_set ? Kernel::text_small_in : Kernel::text_in;
    if (out.texts.size() == 1) out.kernel = Kernel::text_eq;
    if (out.kernel == Kernel::text_in) out.set = StringSet(out.texts);
  } else {
    out.kernel = text_kernel(check.op);
  }
  out.text = out.texts.front();
  if (out.kernel == Kernel::regex) out.regex = make_regex(out.text);
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
  for (const auto& value : check.values) out.networks.push_back(std::get<ir::Network>(value));
  out.kernel = check.op == Op::ne ? Kernel::network_ne : Kernel::network_in;
}

void compile_general(const ir::Check& check, CompiledCheck& out) {
  out.kernel = Kernel::general;
  out.general = std::make_shared<const ir::Check>(check);
  out.has_right = check.right.has_value();
  if (check.op != Op::regex) return;
  for (const auto& pattern : texts_of(check)) out.regexes.push_back(make_regex(pattern));
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

double kernel_cost(Kernel kernel, std::size_t values) {
  switch (kernel) {
    case Kernel::contains: return 15;
    case Kernel::icontains: return 40;
    case Kernel::glob:
    case Kernel::iglob: return 40;
    case Kernel::regex: return 150;
    case Kernel::path: return 30 * static_cast<double>(values);
    case Kernel::general: return 100;
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

CompiledCheck compile_check(const ir::Check& check) {
  CompiledCheck out;
  out.op = check.op;
  out.every = check.every;
  if (check.op == Op::exists) {
    out.kernel = Kernel::exists;
  } else if (check.right || check.modifier != Modifier::none) {
    compile_general(check, out);
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
  return {field_cost(check.left) + kernel_cost(compiled.kernel, check.values.size()) +
              (check.right ? field_cost(*check.right) : 0),
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
