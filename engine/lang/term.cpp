// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/term.h"

#include <algorithm>
#include <charconv>

#include "engine/lang/match.h"

namespace eunomia::lang {
namespace {

using Map = Value (*)(std::string_view, Scratch&);

Value fold(std::string_view text, Scratch& scratch, char from, char to) {
  const auto out = scratch.bytes(text.size());
  std::ranges::transform(text, out.begin(),
                         [&](char c) { return c >= from && c <= to ? static_cast<char>(c ^ 0x20) : c; });
  return std::string_view(out.data(), text.size());
}

Value lower(std::string_view text, Scratch& scratch) { return fold(text, scratch, 'A', 'Z'); }
Value upper(std::string_view text, Scratch& scratch) { return fold(text, scratch, 'a', 'z'); }
Value base(std::string_view text, Scratch&) { return basename_of(text); }
Value decode(std::string_view text, Scratch& scratch) {
  const auto out = scratch.bytes(text.size() + 1);
  const auto size = from_base64(text, out.data());
  return size ? Value(std::string_view(out.data(), *size)) : Value();
}

// The function of every text of a value; a list stays a list.
Value map_text(const Value& value, Map map, Scratch& scratch) {
  if (const auto* text = std::get_if<std::string_view>(&value)) return map(*text, scratch);
  const auto* list = std::get_if<ValueList>(&value);
  if (!list) return {};
  const auto out = scratch.values(list->size());
  std::ranges::transform(*list, out.begin(), [&](const Value& item) { return map_text(item, map, scratch); });
  return ValueList(out);
}

Value length(const Value& value) {
  if (const auto* text = std::get_if<std::string_view>(&value)) return static_cast<std::int64_t>(text->size());
  if (const auto* list = std::get_if<ValueList>(&value)) return static_cast<std::int64_t>(list->size());
  return {};
}

Value join(const Value& value, const Value& separator, Scratch& scratch) {
  std::string out;
  if (const auto* list = std::get_if<ValueList>(&value)) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (i > 0) print_value(separator, out);
      print_value((*list)[i], out);
    }
  } else if (!value.missing()) {
    print_value(value, out);
  } else {
    return {};
  }
  return scratch.copy(out);
}

Value concat(std::span<const Value> values, Scratch& scratch) {
  std::string out;
  for (const auto& value : values) {
    if (value.missing()) return {};
    print_value(value, out);
  }
  return scratch.copy(out);
}

// The words of a command line: a list as it is, a text cut at blanks.
std::vector<std::string_view> words_of(const Value& value) {
  std::vector<std::string_view> out;
  if (const auto* list = std::get_if<ValueList>(&value)) {
    for (const auto& item : *list)
      if (const auto* text = std::get_if<std::string_view>(&item)) out.push_back(*text);
  } else if (const auto* text = std::get_if<std::string_view>(&value)) {
    for (std::size_t at = text->find_first_not_of(' '); at != std::string_view::npos;) {
      const auto end = std::min(text->find(' ', at), text->size());
      out.push_back(text->substr(at, end - at));
      at = text->find_first_not_of(' ', end);
    }
  }
  return out;
}

struct Option {
  std::string_view letter, value;
};

// getopt(3) over all words (options may stand behind operands, as GNU permutes): letters that `spec` names, ':' after
// one that takes a value. "--" ends the options.
std::vector<Option> options_of(const std::vector<std::string_view>& words, std::string_view spec) {
  std::vector<Option> out;
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i) {
    const auto word = words[i];
    if (word.size() < 2 || word[0] != '-' || word[1] == '-') continue;
    for (std::size_t k = 1; k < word.size(); ++k) {
      const auto at = word[k] == ':' ? std::string_view::npos : spec.find(word[k]);
      if (at == std::string_view::npos) continue;
      out.push_back({word.substr(k, 1), {}});
      if (at + 1 >= spec.size() || spec[at + 1] != ':') continue;
      out.back().value = k + 1 < word.size() ? word.substr(k + 1) : i + 1 < words.size() ? words[++i] : "";
      break;
    }
  }
  return out;
}

// The letters found; or, with a third argument, the values of that option.
Value getopt(std::span<const Value> args, Scratch& scratch) {
  if (args[0].missing()) return {};
  const auto found = options_of(words_of(args[0]), std::get<std::string_view>(args[1]));
  const auto* wanted = args.size() > 2 ? std::get_if<std::string_view>(&args[2]) : nullptr;
  const auto out = scratch.values(found.size());
  std::size_t count = 0;
  for (const auto& option : found)
    if (!wanted || option.letter == *wanted) out[count++] = wanted ? option.value : option.letter;
  if (count == 0) return {};
  return ValueList(out.first(count));
}

std::string_view number_text(std::int64_t number, Scratch& scratch) {
  constexpr std::size_t longest = 20;  // "-9223372036854775808"
  const auto room = scratch.bytes(longest);
  const auto end = std::to_chars(room.data(), room.data() + room.size(), number).ptr;
  return {room.data(), end};
}

}  // namespace

Value extract(const ir::FieldUse& use, const Context& context) {
  if (use.field->extract == nullptr) return {};
  auto value = use.field->extract(context, use.arg);
  if (const auto* list = std::get_if<ValueList>(&value)) return list->empty() ? Value() : value;
  // The arguments of events are texts to rules, though some are numbers.
  if (use.field->type == ValueType::string && std::holds_alternative<std::int64_t>(value))
    return number_text(std::get<std::int64_t>(value), context.scratch);
  return value;
}

Value apply_transform(const ir::Term& term, std::span<const Value> args, Scratch& scratch) {
  switch (term.transform) {
    case Transform::tolower: return map_text(args[0], lower, scratch);
    case Transform::toupper: return map_text(args[0], upper, scratch);
    case Transform::b64: return map_text(args[0], decode, scratch);
    case Transform::basename: return map_text(args[0], base, scratch);
    case Transform::len: return length(args[0]);
    case Transform::join: return join(args[0], args[1], scratch);
    case Transform::concat: return concat(args, scratch);
    case Transform::getopt: return getopt(args, scratch);
    case Transform::val: return args[0];
  }
  return {};
}

Value evaluate(const ir::Term& term, const Context& context) {
  switch (term.kind) {
    case ir::Term::Kind::field: return extract(term.use, context);
    case ir::Term::Kind::constant: return std::string_view(std::get<std::string>(term.constant));
    case ir::Term::Kind::transform: {
      std::vector<Value> args;
      args.reserve(term.args.size());
      for (const auto& arg : term.args) args.push_back(evaluate(arg, context));
      return apply_transform(term, args, context.scratch);
    }
  }
  return {};
}

void print_value(const Value& value, std::string& out) {
  if (value.missing()) {
    out += "<NA>";
  } else if (const auto* flag = std::get_if<bool>(&value)) {
    out += *flag ? "true" : "false";
  } else if (const auto* number = std::get_if<std::int64_t>(&value)) {
    out += std::to_string(*number);
  } else if (const auto* text = std::get_if<std::string_view>(&value)) {
    out += *text;
  } else if (const auto* address = std::get_if<IpAddress>(&value)) {
    out += to_string(*address);
  } else {
    out += "(";
    const auto& list = std::get<ValueList>(value);
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (i > 0) out += ",";
      print_value(list[i], out);
    }
    out += ")";
  }
}

}  // namespace eunomia::lang
