// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace eunomia::lang {
namespace {

bool is_continuation(unsigned char c) { return (c & 0xC0) == 0x80; }

// Length of the valid sequence at the start of `text`, 0 if there is none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto first = byte(0);
  if (first < 0x80) return 1;
  const auto tail = [&](std::size_t n) {
    for (std::size_t i = 2; i <= n; ++i)
      if (!is_continuation(static_cast<unsigned char>(byte(i)))) return false;
    return true;
  };
  const auto second = byte(1);
  const auto second_in = [&](unsigned low, unsigned high) { return second >= low && second <= high; };
  if (first >= 0xC2 && first <= 0xDF) return second_in(0x80, 0xBF) ? 2 : 0;
  if (first == 0xE0) return second_in(0xA0, 0xBF) && tail(2) ? 3 : 0;
  if (first == 0xED) return second_in(0x80, 0x9F) && tail(2) ? 3 : 0;
  if (first >= 0xE1 && first <= 0xEF) return second_in(0x80, 0xBF) && tail(2) ? 3 : 0;
  if (first == 0xF0) return second_in(0x90, 0xBF) && tail(3) ? 4 : 0;
  if (first >= 0xF1 && first <= 0xF3) return second_in(0x80, 0xBF) && tail(3) ? 4 : 0;
  if (first == 0xF4) return second_in(0x80, 0x8F) && tail(3) ? 4 : 0;
  return 0;
}

void append_control(unsigned char c, std::string& out) {
  switch (c) {
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: fmt::format_to(std::back_inserter(out), "\\x{:02x}", c);
  }
}

bool is_control(unsigned char c) { return c < 0x20 || c == 0x7F; }

}  // namespace

void escape_controls(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool c1 = c == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0 &&
                    is_continuation(static_cast<unsigned char>(text[i + 1]));
    if (c1) {
      fmt::format_to(std::back_inserter(out), "\\u00{:02x}", static_cast<unsigned char>(text[++i]));
    } else if (is_control(c)) {
      append_control(c, out);
    } else {
      out += text[i];
    }
  }
}

std::string escape_controls(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  escape_controls(text, out);
  return out;
}

std::string display(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto length = sequence_length(text);
    if (length == 0) fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(text[0]));
    if (length == 1 && text[0] == '\t') out += ' ';
    if (length > 1 || (length == 1 && text[0] != '\t')) escape_controls(text.substr(0, length), out);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

std::size_t display_width(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return !is_continuation(static_cast<unsigned char>(c)); }));
}

std::size_t find_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto length = sequence_length(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::string_view::npos;
}

}  // namespace eunomia::lang
