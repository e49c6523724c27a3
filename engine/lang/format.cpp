// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/format.h"

#include <algorithm>

#include "engine/lang/lexer.h"
#include "engine/lang/ops.h"
#include "engine/lang/parser.h"
#include "engine/lang/term.h"
#include "engine/lang/text.h"
#include "engine/lang/typing.h"

namespace eunomia::lang {
namespace {

class OutputParser {
 public:
  explicit OutputParser(std::string_view text) : text_(text) {}

  std::expected<Output, std::vector<OutputError>> parse() {
    if (text_.starts_with('*')) at_ = 1;
    while (at_ < text_.size()) {
      if (text_[at_] != '%') {
        literal_ += text_[at_++];
      } else if (text_.substr(at_).starts_with("%%")) {
        literal_ += '%';
        at_ += 2;
      } else {
        field();
      }
    }
    flush();
    if (!errors_.empty()) return std::unexpected(std::move(errors_));
    return std::move(output_);
  }

 private:
  void flush() {
    if (literal_.empty()) return;
    OutputPart part;
    part.text = std::move(literal_);
    output_.parts.push_back(std::move(part));
    literal_.clear();
  }

  void fail(std::size_t begin, std::string_view code, std::string message, std::string hint = {}) {
    errors_.push_back({code, begin, std::max(at_, begin + 1), std::move(message), std::move(hint)});
  }

  void field() {
    const auto percent = at_++;
    OutputPart part;
    part.is_field = true;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9' && part.width < 10'000)
      part.width = part.width * 10 + static_cast<std::size_t>(text_[at_++] - '0');
    const auto start = at_;
    if (is_transformer()) return transformer(std::move(part));
    auto name = longest_field();
    if (name.empty()) return fail(percent, "E0402", "'%' is not followed by a field", "write '%%' for a percent sign");
    auto use = use_field(name);
    if (!use) return fail(start, "E0401", use.error().first, use.error().second);
    part.text = std::move(name);
    part.term.type = use->field->type;
    part.term.use = std::move(*use);
    flush();
    output_.parts.push_back(std::move(part));
  }

  [[nodiscard]] bool is_transformer() const {
    Lexer lexer(text_.substr(at_));
    const auto word = lexer.take_word();
    return word && parse_transform(*word) && lexer.peek() == '(';
  }

  void transformer(OutputPart part) {
    const auto start = at_;
    const auto parsed = parse_transformer(text_.substr(start));
    if (!parsed) return fail(start + parsed.error().span.begin, "E0402", parsed.error().message, parsed.error().hint);
    auto typed = type_transformer(*parsed);
    at_ = start + parsed->span.end;
    if (!typed) {
      const auto& e = typed.error();
      const auto code = is_unknown_name(e.code) ? "E0401" : "E0402";
      errors_.push_back({code, start + e.span.begin, start + e.span.end, e.message, e.hint});
      return;
    }
    part.text = text_.substr(start, parsed->span.size());
    part.term = std::move(*typed);
    flush();
    output_.parts.push_back(std::move(part));
  }

  // The field's name and argument at the cursor. A sentence may end behind it ("%fd.name-" or "%proc.name."): if the
  // whole is no field, a shorter beginning may be.
  std::string longest_field() {
    Lexer lexer(text_.substr(at_));
    const auto name = lexer.take_field();
    if (!name) return {};
    auto argument = lexer.take_argument();
    std::string whole(*name);
    if (argument && *argument) whole += **argument;
    const auto end = argument && *argument ? lexer.at() : name->size();
    if (!find_field(whole) && whole.size() == name->size()) {
      for (auto cut = whole.find_last_of("-/"); cut != std::string::npos && cut > 0;
           cut = whole.find_last_of("-/", cut - 1)) {
        if (!find_field(whole.substr(0, cut))) continue;
        at_ += cut;
        return whole.substr(0, cut);
      }
    }
    at_ += end;
    return whole;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string literal_;
  Output output_;
  std::vector<OutputError> errors_;
};

// Not extract() of term.h: the alert keeps the arguments of events that are numbers as numbers.
Value raw(const ir::FieldUse& use, const Context& context) {
  return use.field->extract ? use.field->extract(context, use.arg) : Value();
}

OwnedValue own(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (value.missing()) return {};
  std::string text;
  print_value(value, text);
  return text;
}

void append_field(const OutputPart& part, const Value& value, std::string& out) {
  const auto start = out.size();
  std::string text;
  print_value(value, text);
  escape_controls(text, out);
  if (part.width > 0) out.resize(start + part.width, ' ');
}

}  // namespace

std::expected<Output, std::vector<OutputError>> parse_output(std::string_view text) {
  return OutputParser(text).parse();
}

Rendered render(const Output& output, const Context& context) {
  Rendered out;
  const bool touched_before = std::exchange(context.touched_pending, false);
  for (const auto& part : output.parts) {
    if (!part.is_field) {
      escape_controls(part.text, out.text);
      continue;
    }
    const auto value =
        part.term.kind == ir::Term::Kind::field ? raw(part.term.use, context) : evaluate(part.term, context);
    append_field(part, value, out.text);
    const auto known = [&](const auto& field) { return field.first == part.text; };
    if (std::ranges::none_of(out.fields, known)) out.fields.emplace_back(part.text, own(value));
  }
  out.touched_pending = context.touched_pending;
  context.touched_pending = touched_before || out.touched_pending;
  return out;
}

}  // namespace eunomia::lang
