// SPDX-License-Identifier: Apache-2.0
//
// Rule files as text, and the way back from a decoded YAML scalar to the byte of the file it came from.
//
// A SourceFile owns the bytes of one file. A MappedText is a string put together from pieces of files (a folded block,
// a condition with an appended part, a substituted list); `origin(i)` says where byte i stands in its file, so that a
// caret can be put under it. Files must outlive the texts and origins that point into them. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/lang/diagnostic.h"

namespace eunomia::lang {

class SourceFile {
 public:
  SourceFile(std::string name, std::string text);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] Location locate(std::size_t offset) const;
  // The text of the line that holds `offset`, without its end.
  [[nodiscard]] std::string_view line_at(std::size_t offset) const;

 private:
  [[nodiscard]] std::size_t line_index(std::size_t offset) const;

  std::string name_, text_;
  std::vector<std::size_t> starts_;  // offset of each line
};

struct Origin {
  const SourceFile* file = nullptr;  // null: nowhere in particular
  std::size_t offset = 0;
};

class MappedText {
 public:
  MappedText() = default;
  // Text whose bytes stand one after the other at `origin`.
  MappedText(std::string_view text, Origin origin) { append(text, origin); }

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  [[nodiscard]] std::size_t size() const { return text_.size(); }
  // Where byte `at` came from; past the end: one behind the last byte.
  [[nodiscard]] Origin origin(std::size_t at) const;
  // The same, for the start of the text.
  [[nodiscard]] Origin origin() const { return origin(0); }

  void append(std::string_view text, Origin origin);
  // Bytes that stand nowhere (a separator); errors there point to what came before.
  void append(std::string_view text);
  void append(const MappedText& other) { append(other, 0, other.size()); }
  void append(const MappedText& other, std::size_t from, std::size_t count);
  [[nodiscard]] MappedText trimmed() const;

 private:
  struct Run {
    std::size_t start;  // in text_
    Origin origin;      // of the byte at `start`; the following bytes follow
  };
  std::string text_;
  std::vector<Run> runs_;
};

enum class ScalarStyle : std::uint8_t { plain, single_quoted, double_quoted, block };

// Aligns a decoded scalar with its spelling in `file`, which starts at `offset` (the opening quote, the '|' or '>' of a
// block, the first byte of a plain one).
MappedText map_scalar(const SourceFile& file, std::size_t offset, ScalarStyle style, std::string_view decoded);

}  // namespace eunomia::lang
