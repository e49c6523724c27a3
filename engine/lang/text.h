// SPDX-License-Identifier: Apache-2.0
//
// Making bytes of unknown origin safe to show on one line, and small tests on text. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

namespace eunomia::lang {

// Control characters as "\n", "\t", "\x1b", "\u009b"; everything else, valid UTF-8 or not, unchanged.
std::string escape_controls(std::string_view text);
void escape_controls(std::string_view text, std::string& out);
// The same for a line of a file: tabs become one space, invalid UTF-8 becomes "\xNN".
std::string display(std::string_view text);
// Columns a terminal needs for `text`, one for each code point.
std::size_t display_width(std::string_view text);
// Offset of the first byte that is not part of valid UTF-8 (RFC 3629); npos if all is well.
std::size_t find_invalid_utf8(std::string_view text);

}  // namespace eunomia::lang
