// SPDX-License-Identifier: Apache-2.0
//
// Matching of texts: globs, paths, regular expressions, letter case, hexadecimal and base64. What the compiled and the
// naive evaluator share of an operator's meaning. Pure functions, any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace eunomia::lang {

// fnmatch(3) with FNM_EXTMATCH: `*` and `?` match '/' too. With `fold_case`, ASCII letters match in either case.
bool glob_match(std::string_view pattern, std::string_view text, bool fold_case = false);
// Whether `path` or a directory above it matches the pattern, component by component: `*` does not match '/'.
bool path_match(std::string_view pattern, std::string_view path);
// The same of the whole path only.
bool component_match(std::string_view pattern, std::string_view path);
bool contains_fold(std::string_view text, std::string_view part);  // ASCII letters in either case

// "/a/b/" as "/a/b", as path_match takes paths and patterns.
inline std::string_view without_trailing_slashes(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path;
}
// Whether `test` holds of the path or of a directory above it, from the longest to the shortest.
template <class Test>
bool any_directory(std::string_view path, Test&& test) {
  path = without_trailing_slashes(path);
  while (!test(path)) {
    const auto slash = path.rfind('/');
    if (slash == std::string_view::npos || path.size() <= 1) return false;
    path = path.substr(0, slash == 0 ? 1 : slash);
  }
  return true;
}

// What every text starts with that the glob, or the regular expression, matches; "" if that is not plain to see.
std::string_view literal_prefix(std::string_view glob);
std::string literal_prefix(const re2::RE2& regex);
// A glob that is no more than a text with stars at its ends.
struct PlainGlob {
  std::string_view text;
  bool open_begin, open_end;  // a star there
};
std::optional<PlainGlob> plain_glob(std::string_view pattern);

// RE2, whole value, '.' not matching a line end. A pattern of ASCII takes the value as bytes, so that invalid UTF-8 in
// a value does not hide it. Never null; look at ok().
std::unique_ptr<re2::RE2> make_regex(std::string_view pattern);

std::optional<std::string> from_hex(std::string_view text);
// RFC 4648 base64, padding optional; nullopt if it is not. `out` needs room for 3/4 of the text.
std::optional<std::size_t> from_base64(std::string_view text, char* out);
std::string_view basename_of(std::string_view path);

}  // namespace eunomia::lang
