// SPDX-License-Identifier: Apache-2.0
#include "alerts/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace eunomia::alerts {
namespace {

constexpr std::size_t shortest_limit = 48;  // the mark, with a count of 20 digits, and a little text
constexpr std::size_t mark_room = 32;

struct Range {
  char32_t first, last;
};
// Characters that change how the text around them is shown, or are not shown at all.
constexpr std::array deceptive = {
    Range{0x80, 0x9f},     Range{0xad, 0xad},       Range{0x61c, 0x61c},     Range{0x115f, 0x1160},
    Range{0x180b, 0x180f}, Range{0x200b, 0x200f},   Range{0x2028, 0x202e},   Range{0x2060, 0x206f},
    Range{0xfdd0, 0xfdef}, Range{0xfe00, 0xfe0f},   Range{0xfeff, 0xfeff},   Range{0xfff0, 0xfffb},
    Range{0xfffe, 0xffff}, Range{0x1d173, 0x1d17a}, Range{0xe0000, 0xe0fff}, Range{0xf0000, 0x10ffff}};

bool is_deceptive(char32_t value) {
  return std::ranges::any_of(deceptive, [value](Range range) { return value >= range.first && value <= range.last; });
}

// Appends the pieces of `bytes` to a string of at most `max_bytes`; past that, goes back to the last piece that left
// room for the mark.
template <typename AppendPiece>
std::string append_within(std::string_view bytes, std::size_t max_bytes, AppendPiece append_piece) {
  max_bytes = std::max(max_bytes, shortest_limit);
  std::string out;
  out.reserve(std::min(bytes.size() + 8, max_bytes + 16));
  std::size_t safe_out = 0, safe_in = 0, in = 0;
  while (in < bytes.size()) {
    const Rune rune = first_rune(bytes.substr(in));
    append_piece(out, rune, bytes.substr(in, rune.length));
    if (out.size() > max_bytes) {
      out.resize(safe_out);
      return out + fmt::format("...[+{} bytes]", bytes.size() - safe_in);
    }
    in += rune.length;
    if (out.size() + mark_room <= max_bytes) {
      safe_out = out.size();
      safe_in = in;
    }
  }
  return out;
}

void append_escaped(std::string& out, Rune rune, std::string_view raw, std::string_view also) {
  if (!rune.valid || rune.value < 0x20 || rune.value == 0x7f) {
    switch (rune.value) {
      case '\n': out += "\\n"; return;
      case '\r': out += "\\r"; return;
      case '\t': out += "\\t"; return;
      default: fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned>(rune.value)); return;
    }
  }
  if (rune.value < 0x80) {
    const char character = static_cast<char>(rune.value);
    if (character == '\\' || also.find(character) != std::string_view::npos) out += '\\';
    out += character;
  } else if (is_deceptive(rune.value)) {
    fmt::format_to(std::back_inserter(out), "\\u{{{:x}}}", static_cast<unsigned>(rune.value));
  } else {
    out += raw;
  }
}

std::size_t encoded_length(unsigned char lead) {
  if (lead >= 0xc2 && lead <= 0xdf) return 2;
  if (lead >= 0xe0 && lead <= 0xef) return 3;
  if (lead >= 0xf0 && lead <= 0xf4) return 4;
  return 0;
}

}  // namespace

// The well-formed sequences of the Unicode standard, table 3-7.
Rune first_rune(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes.front());
  if (lead < 0x80) return {lead, 1, true};
  const Rune invalid = {lead, 1, false};
  const std::size_t length = encoded_length(lead);
  if (length == 0 || bytes.size() < length) return invalid;
  char32_t value = lead & (0xffU >> (length + 1));
  for (const char next : bytes.substr(1, length - 1)) {
    const auto byte = static_cast<unsigned char>(next);
    if ((byte & 0xc0U) != 0x80) return invalid;
    value = (value << 6U) | (byte & 0x3fU);
  }
  static constexpr std::array<char32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < smallest.at(length) || value > 0x10ffff || surrogate) return invalid;
  return {value, static_cast<std::uint8_t>(length), true};
}

std::string escape_line(std::string_view bytes, std::size_t max_bytes, std::string_view also) {
  return append_within(bytes, max_bytes, [also](std::string& out, Rune rune, std::string_view raw) {
    append_escaped(out, rune, raw, also);
  });
}

std::string quote_word(std::string_view bytes, std::size_t max_bytes) {
  if (!bytes.empty() && bytes.find_first_of(" \"=|<,") == std::string_view::npos) return escape_line(bytes, max_bytes);
  const std::size_t inside = std::max(max_bytes, shortest_limit + 2) - 2;
  return fmt::format("\"{}\"", escape_line(bytes, inside, "\""));
}

std::string cut_utf8(std::string_view bytes, std::size_t max_bytes) {
  if (bytes.size() <= max_bytes) return std::string(bytes);
  return append_within(bytes, max_bytes, [](std::string& out, Rune, std::string_view raw) { out += raw; });
}

}  // namespace eunomia::alerts
