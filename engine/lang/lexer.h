// SPDX-License-Identifier: Apache-2.0
//
// The tokens of a condition. What a run of bytes is depends on what may stand there ("<" after "=" is a value), so the
// parser asks for the kind it expects; each `take_…` consumes its token and returns it, or leaves the cursor alone.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "engine/lang/parser.h"

namespace eunomia::lang {

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  void skip_blanks();
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] bool done() const { return at_ >= text_.size(); }
  [[nodiscard]] char peek() const { return done() ? '\0' : text_[at_]; }
  void rewind(std::size_t at) { at_ = at; }
  // What stands at the cursor, up to a blank or delimiter: for messages.
  [[nodiscard]] std::string_view here() const;

  bool take(char c);
  std::optional<std::string_view> take_word();   // letter, then letters, digits, '_'
  std::optional<std::string_view> take_field();  // words joined by dots, with no argument
  std::optional<std::string_view> take_bare();   // up to a blank, quote, parenthesis, comma or '='
  std::optional<std::string_view> take_number();
  std::optional<std::string_view> take_symbol();  // = == != < <= > >=
  // A quoted string, its escapes resolved; nullopt if no quote is at the cursor.
  std::expected<std::optional<std::string>, ParseError> take_quoted();
  // The argument of a field and its brackets, as "[HOME]", quotes removed; nullopt if there is none.
  std::expected<std::optional<std::string>, ParseError> take_argument();

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace eunomia::lang
