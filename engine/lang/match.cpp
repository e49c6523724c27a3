// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/match.h"

#include <fnmatch.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace eunomia::lang {
namespace {

constexpr std::string_view glob_specials = "*?[\\";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// "+(a|b)" and the like, of ksh.
bool is_extended(std::string_view pattern) {
  for (std::size_t i = 1; i < pattern.size(); ++i)
    if (pattern[i] == '(' && std::string_view("?*+@!").find(pattern[i - 1]) != std::string_view::npos) return true;
  return false;
}

struct Glob {
  std::string_view pattern;
  bool fold_case, path;  // path: '*' and '?' do not match '/'
};

bool equal(char a, char b, bool fold) { return a == b || (fold && lower(a) == lower(b)); }

// One bracket expression at `at` of the pattern against `c`: 1 or 0, -1 if it is not well formed. Moves `at` behind it.
int match_bracket(const Glob& glob, std::size_t& at, char c) {
  const auto& p = glob.pattern;
  auto i = at + 1;
  const bool negated = i < p.size() && (p[i] == '!' || p[i] == '^');
  if (negated) ++i;
  const auto first = i;
  bool hit = false;
  for (; i < p.size() && (p[i] != ']' || i == first); ++i) {
    if (p[i] == '\\' && i + 1 < p.size()) ++i;
    const char from = p[i];
    char to = from;
    if (i + 2 < p.size() && p[i + 1] == '-' && p[i + 2] != ']') {
      i += 2;
      if (p[i] == '\\' && i + 1 < p.size()) ++i;
      to = p[i];
    }
    const auto in = [&](char x) {
      return static_cast<unsigned char>(from) <= static_cast<unsigned char>(x) &&
             static_cast<unsigned char>(x) <= static_cast<unsigned char>(to);
    };
    hit = hit || in(c) || (glob.fold_case && (in(lower(c)) || (c >= 'a' && c <= 'z' && in(static_cast<char>(c - 32)))));
  }
  if (i >= p.size()) return -1;
  at = i + 1;
  return hit != negated && !(glob.path && c == '/') ? 1 : 0;
}

// One pattern element other than '*' against `c`; moves `at` behind the element.
bool match_one(const Glob& glob, std::size_t& at, char c) {
  const auto& p = glob.pattern;
  if (p[at] == '?') {
    ++at;
    return !(glob.path && c == '/');
  }
  if (p[at] == '[') {
    if (const int hit = match_bracket(glob, at, c); hit >= 0) return hit == 1;
  } else if (p[at] == '\\' && at + 1 < p.size()) {
    ++at;
  }
  return equal(p[at++], c, glob.fold_case);
}

// The usual walk with one place to go back to: the last star.
bool match_simple(const Glob& glob, std::string_view text) {
  std::size_t at = 0, i = 0, star = std::string_view::npos, star_i = 0;
  while (i < text.size()) {
    if (at < glob.pattern.size() && glob.pattern[at] == '*') {
      star = ++at;
      star_i = i;
      continue;
    }
    if (at < glob.pattern.size() && match_one(glob, at, text[i])) {
      ++i;
      continue;
    }
    if (star == std::string_view::npos || (glob.path && text[star_i] == '/')) return false;
    at = star;
    i = ++star_i;
  }
  while (at < glob.pattern.size() && glob.pattern[at] == '*') ++at;
  return at == glob.pattern.size();
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view text, bool fold_case) {
  if (!is_extended(pattern)) return match_simple({pattern, fold_case, false}, text);
  thread_local std::string p, t;  // fnmatch wants them to end with a zero
  p = pattern;
  t = text;
  return fnmatch(p.c_str(), t.c_str(), FNM_EXTMATCH | (fold_case ? FNM_CASEFOLD : 0)) == 0;
}

bool path_match(std::string_view pattern, std::string_view path) {
  pattern = without_trailing_slashes(pattern);
  return any_directory(path, [&](std::string_view p) { return component_match(pattern, p); });
}

bool component_match(std::string_view pattern, std::string_view path) {
  return match_simple({pattern, false, true}, path);
}

std::string_view literal_prefix(std::string_view glob) {
  return is_extended(glob) ? "" : glob.substr(0, glob.find_first_of(glob_specials));
}

std::string literal_prefix(const RE2& regex) {
  constexpr int longest = 64;
  std::string least, greatest;
  if (!regex.PossibleMatchRange(&least, &greatest, longest)) return {};
  // What lies between two texts starts with what both start with.
  const auto differ = std::ranges::mismatch(least, greatest).in1;
  return {least.begin(), differ};
}

std::optional<PlainGlob> plain_glob(std::string_view pattern) {
  if (is_extended(pattern)) return std::nullopt;
  PlainGlob out{pattern, pattern.starts_with('*'), pattern.ends_with('*')};
  if (out.open_begin) out.text.remove_prefix(1);
  if (out.open_end && !out.text.empty()) out.text.remove_suffix(1);
  if (out.text.find_first_of(glob_specials) != std::string_view::npos) return std::nullopt;
  return out;
}

bool contains_fold(std::string_view text, std::string_view part) {
  return std::ranges::search(text, part, [](char a, char b) { return lower(a) == lower(b); }).begin() != text.end() ||
         part.empty();
}

std::unique_ptr<re2::RE2> make_regex(std::string_view pattern) {
  RE2::Options options;
  options.set_log_errors(false);
  const bool ascii = std::ranges::all_of(pattern, [](unsigned char c) { return c < 0x80; });
  options.set_encoding(ascii ? RE2::Options::EncodingLatin1 : RE2::Options::EncodingUTF8);
  return std::make_unique<RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
}

std::optional<std::string> from_hex(std::string_view text) {
  const auto digit = [](char c) {
    const char l = lower(c);
    return l >= '0' && l <= '9' ? l - '0' : l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
  };
  if (text.empty() || text.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::optional<std::size_t> from_base64(std::string_view text, char* out) {
  while (text.ends_with('=')) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::uint32_t bits = 0;
  std::size_t count = 0, written = 0;
  for (const char c : text) {
    const int digit = base64_digit(c);
    if (digit < 0) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    if (++count % 4 != 1) out[written++] = static_cast<char>(bits >> (2 * (3 - (count - 1) % 4)) & 0xFF);
  }
  return written;
}

std::string_view basename_of(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos || path.size() <= 1 ? path : path.substr(slash + 1);
}

}  // namespace eunomia::lang
