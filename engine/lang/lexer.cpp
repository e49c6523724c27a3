// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/lexer.h"

#include <algorithm>

namespace eunomia::lang {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\b' || c == '\v' || c == '\f'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_'; }
bool is_bare(char c) { return !is_blank(c) && std::string_view("()\"'=,").find(c) == std::string_view::npos; }
bool is_argument(char c) { return !is_blank(c) && std::string_view("[]\"'").find(c) == std::string_view::npos; }
// After the first dot: the keys of labels have dashes and slashes too.
bool is_field_tail(char c) { return is_word(c) || c == '.' || c == '-' || c == '/'; }

std::optional<char> unescape(char c, char quote) {
  switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case '/': return '/';
    case '\\':
    case ' ': return '\\';  // old rule files have "\ " where they mean a backslash; Falco reads it so
    case '"':
    case '\'': return c == quote ? std::optional(c) : std::nullopt;
    default: return std::nullopt;
  }
}

}  // namespace

void Lexer::skip_blanks() {
  while (!done() && is_blank(text_[at_])) ++at_;
}

std::string_view Lexer::here() const {
  if (done()) return {};
  auto end = at_;
  while (end < text_.size() && is_bare(text_[end])) ++end;
  return text_.substr(at_, std::max<std::size_t>(end - at_, 1));
}

bool Lexer::take(char c) {
  if (peek() != c || done()) return false;
  ++at_;
  return true;
}

std::optional<std::string_view> Lexer::take_word() {
  if (!is_letter(peek())) return std::nullopt;
  const auto start = at_;
  while (is_word(peek())) ++at_;
  return text_.substr(start, at_ - start);
}

std::optional<std::string_view> Lexer::take_field() {
  const auto start = at_;
  if (!take_word() || peek() != '.' || at_ + 1 >= text_.size() || !is_letter(text_[at_ + 1])) {
    at_ = start;
    return std::nullopt;
  }
  while (is_field_tail(peek())) ++at_;
  while (!is_word(text_[at_ - 1])) --at_;
  return text_.substr(start, at_ - start);
}

std::optional<std::string_view> Lexer::take_bare() {
  const auto start = at_;
  while (!done() && is_bare(text_[at_])) ++at_;
  if (at_ == start) return std::nullopt;
  return text_.substr(start, at_ - start);
}

std::optional<std::string_view> Lexer::take_number() {
  const auto start = at_;
  if (peek() == '-' || peek() == '+') ++at_;
  const auto digits = at_;
  while (is_digit(peek()) || (at_ > digits && (is_letter(peek()) || peek() == '.'))) ++at_;  // letters: 0xff, 1e9
  if (at_ > digits) return text_.substr(start, at_ - start);
  at_ = start;
  return std::nullopt;
}

std::optional<std::string_view> Lexer::take_symbol() {
  static constexpr std::string_view symbols[] = {"==", "!=", "<=", ">=", "=", "<", ">"};
  for (const auto symbol : symbols) {
    if (!text_.substr(at_).starts_with(symbol)) continue;
    at_ += symbol.size();
    return symbol;
  }
  return std::nullopt;
}

std::expected<std::optional<std::string>, ParseError> Lexer::take_quoted() {
  const char quote = peek();
  if (quote != '"' && quote != '\'') return std::nullopt;
  const auto start = at_;
  std::string out;
  for (++at_; !done(); ++at_) {
    const char c = text_[at_];
    if (c == quote) {
      ++at_;
      return out;
    }
    if (c != '\\') {
      out += c;
      continue;
    }
    const auto escaped = at_ + 1 < text_.size() ? unescape(text_[at_ + 1], quote) : std::nullopt;
    if (!escaped)
      return std::unexpected(ParseError{"E0301",
                                        {at_, std::min(at_ + 2, text_.size())},
                                        "unknown escape in a quoted string",
                                        "known are \\\\ \\n \\t \\r \\b \\f \\/ and the string's own quote"});
    out += *escaped;
    ++at_;
  }
  at_ = start;
  return std::unexpected(ParseError{"E0301", {start, start + 1}, "the quoted string does not end", "close the quote"});
}

std::expected<std::optional<std::string>, ParseError> Lexer::take_argument() {
  const auto start = at_;
  if (!take('[')) return std::nullopt;
  auto quoted = take_quoted();
  if (!quoted) return std::unexpected(quoted.error());
  std::string argument = quoted->value_or("");
  if (!*quoted) {
    while (!done() && is_argument(text_[at_])) argument += text_[at_++];
  }
  if (argument.empty() || !take(']'))
    return std::unexpected(
        ParseError{"E0301", {start, std::max(at_, start + 1)}, "expected an argument and ']' after '['", ""});
  return "[" + argument + "]";
}

}  // namespace eunomia::lang
