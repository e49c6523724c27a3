// SPDX-License-Identifier: Apache-2.0
//
// A YAML file as plain structs, each with its place in the file. The only user of yaml-cpp in this room.
//
// Hostile files are bounded: depth, the number of nodes after aliases are expanded (an "alias bomb"), and the size are
// limited; what is past a limit is an error like any other. Nothing here throws. One thread per call.
#pragma once

#include <expected>
#include <vector>

#include "engine/lang/report.h"
#include "engine/lang/source.h"

namespace eunomia::lang {

struct YamlEntry;

struct YamlNode {
  enum class Kind : std::uint8_t { null, scalar, sequence, map };
  Kind kind = Kind::null;
  bool quoted = false;  // scalar in quotes or a block: text, whatever it looks like
  Origin where;
  MappedText text;                 // scalar
  std::vector<YamlNode> items;     // sequence
  std::vector<YamlEntry> entries;  // map, in file order

  [[nodiscard]] bool is_null() const { return kind == Kind::null; }
  [[nodiscard]] bool is_scalar() const { return kind == Kind::scalar; }
  [[nodiscard]] bool is_sequence() const { return kind == Kind::sequence; }
  [[nodiscard]] bool is_map() const { return kind == Kind::map; }
  // The value of the first entry with that key; null if there is none.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
};

struct YamlEntry {
  YamlNode first, second;  // key, value
};

// "a list", "text", ... for messages.
std::string_view kind_name(const YamlNode& node);

constexpr std::size_t max_file_bytes = 16U << 20;
constexpr std::size_t max_yaml_nodes = 2'000'000;

// The documents of a file.
std::expected<std::vector<YamlNode>, Finding> parse_yaml(const SourceFile& file);

}  // namespace eunomia::lang
