// SPDX-License-Identifier: Apache-2.0
//
// Strings that a container chose, made safe to show. Two ways, both total (any bytes go in, valid UTF-8 of bounded size
// comes out) and free of state:
//  * escape_line, for text: one line that no terminal acts on. Backslash is \\, newline \n, return \r, tab \t; other
//    control bytes and bytes that are not UTF-8 are \xNN; characters that hide or reorder text (C1 controls, bidi
//    controls, zero-width, line separators, tags) are \u{N}.
//  * cut_utf8, for formats with an escaping of their own (JSON): only the length is limited, at a character's boundary.
// What is cut ends in the mark "...[+N bytes]", N being how many bytes of the input are missing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace eunomia::alerts {

struct Rune {
  char32_t value = 0;
  std::uint8_t length = 1;  // bytes taken from the input
  bool valid = false;       // false: `value` is one byte that is not UTF-8
};

// The first character of `bytes`, which must not be empty. Strict: no overlong forms, surrogates or values over 10FFFF.
Rune first_rune(std::string_view bytes);

// The result is at most `max_bytes` long (a maximum below 48 is taken as 48). Each character of `also`, ASCII only, is
// preceded by a backslash.
std::string escape_line(std::string_view bytes, std::size_t max_bytes, std::string_view also = {});

// escape_line, in double quotes where the plain form could be mistaken for something else: empty, or with a space, a
// quote, "=", "|", "<" or ",".
std::string quote_word(std::string_view bytes, std::size_t max_bytes);

// The result is at most `max_bytes` long (a maximum below 48 is taken as 48); bytes that are not UTF-8 are kept.
std::string cut_utf8(std::string_view bytes, std::size_t max_bytes);

}  // namespace eunomia::alerts
