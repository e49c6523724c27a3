// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/term.h"

#include <algorithm>
#include <array>
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

// Where a text is put together before it is copied: kept, so that no event allocates.
std::string& workspace() {
  constexpr std::size_t most_kept = 64 << 10;
  thread_local std::string text;
  text.clear();
  if (text.capacity() > most_kept) text.shrink_to_fit();
  return text;
}

Value join(const Value& value, const Value& separator, Scratch& scratch) {
  if (value.missing()) return {};
  auto& out = workspace();
  if (const auto* list = std::get_if<ValueList>(&value)) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      if (i > 0) print_value(separator, out);
      print_value((*list)[i], out);
    }
  } else {
    print_value(value, out);
  }
  return scratch.copy(out);
}

Value concat(std::span<const Value> values, Scratch& scratch) {
  auto& out = workspace();
  for (const auto& value : values) {
    if (value.missing()) return {};
    print_value(value, out);
  }
  return scratch.copy(out);
}

// The words of a command line: the texts of a list, a text cut at blanks.
std::span<const Value> words_of(const Value& value, Scratch& scratch) {
  std::size_t count = 0;
  if (const auto* list = std::get_if<ValueList>(&value)) {
    const auto out = scratch.values(list->size());
    for (const auto& item : *list)
      if (std::holds_alternative<std::string_view>(item)) out[count++] = item;
    return out.first(count);
  }
  const auto* text = std::get_if<std::string_view>(&value);
  if (!text) return {};
  const auto out = scratch.values(1 + static_cast<std::size_t>(std::ranges::count(*text, ' ')));
  for (std::size_t at = text->find_first_not_of(' '); at != std::string_view::npos;) {
    const auto end = std::min(text->find(' ', at), text->size());
    out[count++] = text->substr(at, end - at);
    at = text->find_first_not_of(' ', end);
  }
  return out.first(count);
}

// getopt(3) over all words (options may stand behind operands, as GNU permutes): letters that `spec` names, ':' after
// one that takes a value. "--" ends the options. Calls found(letter, value).
template <class Found>
void each_option(std::span<const Value> words, std::string_view spec, Found&& found) {
  const auto text = [&](std::size_t i) { return *std::get_if<std::string_view>(&words[i]); };
  for (std::size_t i = 0; i < words.size() && text(i) != "--"; ++i) {
    const auto word = text(i);
    if (word.size() < 2 || word[0] != '-' || word[1] == '-') continue;
    for (std::size_t k = 1; k < word.size(); ++k) {
      const auto at = word[k] == ':' ? std::string_view::npos : spec.find(word[k]);
      if (at == std::string_view::npos) continue;
      const bool takes_value = at + 1 < spec.size() && spec[at + 1] == ':';
      std::string_view value;
      if (takes_value) value = k + 1 < word.size() ? word.substr(k + 1) : i + 1 < words.size() ? text(++i) : "";
      found(word.substr(k, 1), value);
      if (takes_value) break;
    }
  }
}

// The letters found; or, with a third argument, the values of that option.
Value getopt(std::span<const Value> args, Scratch& scratch) {
  if (args[0].missing()) return {};
  const auto words = words_of(args[0], scratch);
  const auto spec = std::get<std::string_view>(args[1]);
  const auto* wanted = args.size() > 2 ? std::get_if<std::string_view>(&args[2]) : nullptr;
  const auto counts = [&](std::string_view letter) { return !wanted || letter == *wanted; };
  std::size_t count = 0;
  each_option(words, spec, [&](auto letter, auto) { count += counts(letter) ? 1U : 0U; });
  if (count == 0) return {};
  const auto out = scratch.values(count);
  count = 0;
  each_option(words, spec, [&](auto letter, auto value) {
    if (counts(letter)) out[count++] = wanted ? value : letter;
  });
  return ValueList(out);
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
    std::array<char, 20> digits{};  // "-9223372036854775808"
    out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), *number).ptr);
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
