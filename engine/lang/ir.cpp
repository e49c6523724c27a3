// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/ir.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace eunomia::lang::ir {
namespace {

bool is_bare(std::string_view text) {
  return !text.empty() && text.find_first_of(" \t\r\n\b\f\v()\"'=,\\") == text.npos;
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      default: out += c;
    }
  }
  return out + "\"";
}

std::string quote(std::string_view text) { return is_bare(text) ? std::string(text) : in_quotes(text); }

// A value as a check with that operator is written.
std::string to_text(const Constant& constant, Op op) {
  if (op != Op::bcontains && op != Op::bstartswith) return to_string(constant);
  std::string out;
  for (const unsigned char c : std::get<std::string>(constant)) out += fmt::format("{:02x}", c);
  return out;
}

// Writes a tree, stopping at a limit: shared macros can make it far larger than its source.
class Printer {
 public:
  explicit Printer(std::size_t limit) : limit_(limit) {}
  std::string take() { return std::move(out_); }

  void line(const Node& node, bool inner) {
    if (full()) return;
    switch (node.kind) {
      case Node::Kind::check: out_ += to_string(node.check); return;
      case Node::Kind::negate: out_ += "not "; return line(*node.children.front(), true);
      default: break;
    }
    if (inner) out_ += "(";
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      if (i > 0) out_ += word(node);
      line(*node.children[i], true);
    }
    if (inner) out_ += ")";
  }

  void tree(const Node& node, std::size_t depth) {
    if (full()) return;
    out_.append(2 * depth, ' ');
    switch (node.kind) {
      case Node::Kind::all: out_ += "all"; break;
      case Node::Kind::any: out_ += "any"; break;
      case Node::Kind::negate: out_ += "not"; break;
      case Node::Kind::check: out_ += to_string(node.check); break;
    }
    out_ += node.macro.empty() ? "\n" : fmt::format("  # {}\n", node.macro);
    for (const auto& child : node.children) tree(*child, depth + 1);
  }

 private:
  static std::string_view word(const Node& node) { return node.kind == Node::Kind::all ? " and " : " or "; }
  bool full() {
    if (out_.size() < limit_) return false;
    if (!out_.ends_with("...")) out_ += "...";
    return true;
  }
  std::string out_;
  std::size_t limit_;
};

EventTypes everything() {
  EventTypes out;
  out.types.set();
  out.types.reset(EV_NONE);
  out.others = true;
  return out;
}

EventTypes complement(EventTypes set) {
  set.types = everything().types & ~set.types;
  set.others = !set.others;
  return set;
}

EventTypes of_names(const std::vector<Constant>& values) {
  EventTypes out;
  for (const auto& value : values) {
    const auto type = event_by_name(std::get<std::string>(value));
    if (type) out.types.set(static_cast<std::size_t>(*type));
    out.others = out.others || !type;
  }
  return out;
}

// What a check tells of event types when it is true; every type if it tells nothing.
EventTypes of_check(const Check& check, bool negated) {
  const bool names = check.left.kind == Term::Kind::field && check.left.use.field->name == "evt.type" && !check.right &&
                     check.modifier == Modifier::none;
  if (!names) return everything();
  if (check.op == Op::eq || check.op == Op::in || check.op == Op::intersects) {
    // A name outside our table and its negation are both possible for "other" events.
    auto set = of_names(check.values);
    if (negated) set.others = false;
    return negated ? complement(set) : set;
  }
  if (check.op == Op::ne) {
    auto set = of_names(check.values);
    if (!negated) set.others = false;
    return negated ? set : complement(set);
  }
  return everything();
}

EventTypes types_of(const Node& node, bool negated);

EventTypes combine(const Node& node, bool negated, bool intersect) {
  auto out = types_of(*node.children.front(), negated);
  for (std::size_t i = 1; i < node.children.size(); ++i) {
    const auto other = types_of(*node.children[i], negated);
    out.types = intersect ? out.types & other.types : out.types | other.types;
    out.others = intersect ? out.others && other.others : out.others || other.others;
  }
  return out;
}

EventTypes types_of(const Node& node, bool negated) {
  switch (node.kind) {
    case Node::Kind::check: return of_check(node.check, negated);
    case Node::Kind::negate: return types_of(*node.children.front(), !negated);
    case Node::Kind::all: return combine(node, negated, !negated);
    case Node::Kind::any: return combine(node, negated, negated);
  }
  return everything();
}

}  // namespace

bool Network::contains(const IpAddress& other) const {
  if (other.family == 0 || other.family != address.family) return false;
  const auto whole = prefix / 8;
  if (std::memcmp(address.bytes.data(), other.bytes.data(), whole) != 0) return false;
  const auto rest = prefix % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<unsigned>(0xFF00U >> rest) & 0xFFU;
  return ((address.bytes.at(whole) ^ other.bytes.at(whole)) & mask) == 0;
}

std::optional<Network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_ip(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned bits = address->family == 4 ? 32 : 128;
  if (slash == std::string_view::npos) return Network{*address, bits};
  const auto number = text.substr(slash + 1);
  unsigned prefix = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), prefix);
  if (error != std::errc() || end != number.data() + number.size() || prefix > bits) return std::nullopt;
  return Network{*address, prefix};
}

const FieldUse* field_of(const Term& term) {
  if (term.kind == Term::Kind::field) return &term.use;
  for (const auto& arg : term.args)
    if (const auto* use = field_of(arg)) return use;
  return nullptr;
}

std::string to_string(const Constant& constant) {
  if (const auto* flag = std::get_if<bool>(&constant)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<std::int64_t>(&constant)) return std::to_string(*number);
  if (const auto* text = std::get_if<std::string>(&constant)) return quote(*text);
  const auto& network = std::get<Network>(constant);
  const bool single = network.prefix == (network.address.family == 4 ? 32U : 128U);
  return quote(single ? to_string(network.address) : fmt::format("{}/{}", to_string(network.address), network.prefix));
}

std::string to_string(const Term& term) {
  if (term.kind == Term::Kind::field) return *term.use.text;
  // An argument that stands for itself: without quotes it could be read as a field.
  if (term.kind == Term::Kind::constant) return in_quotes(std::get<std::string>(term.constant));
  std::string args;
  const std::size_t listed = term.transform == Transform::getopt ? 2 : term.args.size();
  for (std::size_t i = 0; i < listed; ++i) args += (args.empty() ? "" : ", ") + to_string(term.args[i]);
  const auto selector = term.args.size() > listed ? fmt::format("[{}]", to_string(term.args[listed])) : "";
  return fmt::format("{}({}){}", spelling(term.transform), args, selector);
}

std::string to_string(const Check& check) {
  auto out = fmt::format("{} {}", to_string(check.left), spelling(check.op));
  if (check.op == Op::exists) return out;
  if (check.modifier != Modifier::none) out += fmt::format(" {}", spelling(check.modifier));
  // A bare field on the right would be read as text.
  if (check.right) {
    const auto right = to_string(*check.right);
    return out + (check.right->kind == Term::Kind::field ? " val(" + right + ")" : " " + right);
  }
  const bool list = is_list_op(check.op) || check.modifier != Modifier::none;
  std::string values;
  for (const auto& value : check.values) values += (values.empty() ? "" : ", ") + to_text(value, check.op);
  return out + (list ? " (" + values + ")" : " " + values);
}

std::string to_string(const Node& node, std::size_t limit) {
  Printer printer(limit);
  printer.line(node, false);
  return printer.take();
}

std::string dump(const Node& node, std::size_t limit) {
  Printer printer(limit);
  printer.tree(node, 0);
  return printer.take();
}

EventTypes event_types(const Node& node) { return types_of(node, false); }

}  // namespace eunomia::lang::ir
