// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/reader.h"

#include <algorithm>
#include <array>

#include "engine/lang/suggest.h"

namespace eunomia::lang {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 5> kinds = {"rule", "macro", "list", "required_engine_version",
                                                   "required_plugin_versions"};
constexpr std::array<std::string_view, 4> list_keys = {"list", "items", "append", "override"};
constexpr std::array<std::string_view, 4> macro_keys = {"macro", "condition", "append", "override"};
constexpr std::array<std::string_view, 1> list_overridable = {"items"};
constexpr std::array<std::string_view, 1> macro_overridable = {"condition"};
bool has(Names names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_word(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; }

// Names that a condition can refer to.
bool is_macro_name(std::string_view name) {
  return !name.empty() && is_letter(name[0]) && std::ranges::all_of(name, is_word);
}
bool is_list_name(std::string_view name) {
  return !name.empty() && name.find_first_of("()\"'=, \t\r\n\v\f") == std::string_view::npos;
}

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string joined(Names names) {
  std::string out;
  for (const auto name : names) out += (out.empty() ? "" : ", ") + std::string(name);
  return out;
}

}  // namespace

void Reader::error(std::string_view code, Origin where, std::string message, std::string hint, std::size_t length) {
  report_.error(item_, {code, where, std::move(message), std::move(hint), length});
  item_ok_ = false;
}

void Reader::warning(std::string_view code, Origin where, std::string message, std::string hint, std::size_t length) {
  report_.warning(item_, {code, where, std::move(message), std::move(hint), length});
}

void Reader::read_document(const YamlNode& document) {
  item_.clear();
  if (document.is_null()) return;
  if (!document.is_sequence())
    return error("E0105", document.where, "a rule file is a list of items, this is " + std::string(kind_name(document)),
                 "begin each item with '- rule:', '- macro:' or '- list:'");
  for (const auto& item : document.items)
    if (!item.is_null()) read_item(item);
}

void Reader::read_item(const YamlNode& item) {
  item_.clear();
  item_ok_ = true;
  if (!item.is_map())
    return error("E0105", item.where, "an item is a mapping of keys, this is " + std::string(kind_name(item)));
  if (item.find("required_engine_version") || item.find("required_plugin_versions")) return read_versions(item);
  if (const auto* name = item.find("list")) return read_list(item, *name);
  if (const auto* name = item.find("macro")) return read_macro(item, *name);
  if (const auto* name = item.find("rule")) return read_rule(item, *name);
  const auto key = item.entries.empty() ? MappedText() : item.entries.front().first.text;
  warning("W0502", item.where, "unknown kind of item, ignored", did_you_mean(key.text(), kinds), key.size());
}

// Names the item for messages; false if the name itself is wrong.
bool Reader::begin(std::string_view kind, const YamlNode& item, const YamlNode& name, Placed& out) {
  item_ = kind;
  if (!name.is_scalar() || name.text.empty()) {
    error("E0201", name.where.file ? name.where : item.where, "the " + std::string(kind) + " has no name");
    return false;
  }
  out.name = name.text.text();
  out.where = name.where;
  item_ += " " + in_quotes(out.name);
  return true;
}

void Reader::check_keys(const YamlNode& item, Names known) {
  std::set<std::string_view> seen;
  for (const auto& [name, value] : item.entries) {
    const auto& key = name.text;
    if (!has(known, key.text()))
      warning("W0501", name.where, "unknown key " + in_quotes(key.text()) + ", ignored",
              key.text() == "<<" ? "merge keys are not part of the language: write the keys out"
                                 : did_you_mean(key.text(), known),
              key.size());
    if (!seen.insert(key.text()).second)
      warning("W0514", name.where, "the key " + in_quotes(key.text()) + " is given twice, the first one counts", {},
              key.size());
  }
}

// A later file may redefine what is not its own; within one file it is more likely a slip.
void Reader::remark_on_twin(const Placed* earlier, const Placed& item) {
  if (!earlier || earlier->where.file != item.where.file || !item.where.file) return;
  const auto line = earlier->where.file->locate(earlier->where.offset).line;
  warning(
      "W0519", item.where,
      in_quotes(item.name) + " is defined in line " + std::to_string(line) + " of the same file: this one replaces it",
      "give it another name, or extend the first with 'override'", item.name.size());
}

const YamlNode* Reader::need(const YamlNode& item, std::string_view key) {
  const auto* value = item.find(key);
  if (!value) error("E0201", item.where, "the key " + in_quotes(key) + " is missing");
  return value;
}

std::optional<MappedText> Reader::text(const YamlNode& item, std::string_view key) {
  const auto* value = need(item, key);
  if (!value) return std::nullopt;
  if (value->is_scalar() && (!value->text.empty() || key == "desc")) return value->text;
  error("E0202", value->where,
        value->is_null() || value->is_scalar()
            ? in_quotes(key) + " is empty"
            : in_quotes(key) + " must be a text, this is " + std::string(kind_name(*value)));
  return std::nullopt;
}

std::optional<bool> Reader::boolean(const YamlNode& item, std::string_view key) {
  const auto value = text(item, key);
  if (!value) return std::nullopt;
  std::string word = value->text();
  std::ranges::transform(word, word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (word == "true" || word == "yes" || word == "on" || word == "y") return true;
  if (word == "false" || word == "no" || word == "off" || word == "n") return false;
  error("E0202", value->origin(), in_quotes(key) + " must be true or false", {}, value->size());
  return std::nullopt;
}

void Reader::flag(const YamlNode& item, std::string_view key, bool& out) {
  if (item.find(key)) out = boolean(item, key).value_or(out);
}

std::optional<Priority> Reader::priority(const YamlNode& item) {
  const auto value = text(item, "priority");
  if (!value) return std::nullopt;
  const auto parsed = parse_priority(value->text());
  if (!parsed) {
    static constexpr std::array<std::string_view, 9> names = {"emergency", "alert", "critical",      "error", "warning",
                                                              "notice",    "info",  "informational", "debug"};
    std::string word = value->text();
    std::ranges::transform(word, word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    auto hint = did_you_mean(word, names);
    if (hint.empty()) hint = "one of " + joined(names);
    error("E0203", value->origin(), "unknown priority " + in_quotes(value->text()), hint, value->size());
  }
  return parsed;
}

std::vector<std::string> Reader::tags(const YamlNode& item) {
  std::vector<std::string> out;
  const auto* value = item.find("tags");
  if (!value) return out;
  if (!value->is_sequence())
    error("E0202", value->where, "'tags' must be a list", "write [" + value->text.text() + "]");
  std::set<std::string_view> seen;
  for (const auto& tag : value->items) {
    if (!tag.is_scalar()) error("E0202", tag.where, "a tag must be a word, this is " + std::string(kind_name(tag)));
    if (seen.insert(tag.text.text()).second) out.push_back(tag.text.text());
  }
  return out;
}

void Reader::read_list(const YamlNode& item, const YamlNode& name) {
  ListItem list;
  if (!begin("list", item, name, list)) return;
  if (!is_list_name(list.name))
    warning("W0515", list.where, "no condition can refer to a list of this name",
            "use no blanks, quotes, commas, '=' or parentheses", list.name.size());
  check_keys(item, list_keys);
  if (const auto* values = need(item, "items")) {
    if (!values->is_sequence()) error("E0202", values->where, "'items' must be a list");
    for (const auto& value : values->items) {
      if (!value.is_scalar())
        error("E0202", value.where, "an item of a list is a word, this is " + std::string(kind_name(value)));
      if (value.text.text() == list.name)
        warning("W0517", value.where, "the list's own name stands for itself, as a word", {}, value.text.size());
      list.items.push_back(value.text);
    }
  }
  const auto changes = read_override(item, list_overridable, list_overridable);
  auto* earlier = items_.lists.find(list.name);
  if ((changes.any() || changes.old_append) && !earlier && !items_.broken.contains(list.name))
    error("E0205", list.where, "the list to extend is not defined before", {}, list.name.size());
  if (!item_ok_) {
    items_.broken.insert(list.name);
  } else if (changes.old_append || changes.append.contains("items")) {
    if (!earlier) return;
    earlier->items.insert(earlier->items.end(), list.items.begin(), list.items.end());
    earlier->visibility = next_index_++;
  } else {
    if (!changes.any()) remark_on_twin(earlier, list);
    items_.lists.define(std::move(list), next_index_++);
  }
}

void Reader::read_macro(const YamlNode& item, const YamlNode& name) {
  MacroItem macro;
  if (!begin("macro", item, name, macro)) return;
  if (!is_macro_name(macro.name))
    warning("W0515", macro.where, "no condition can refer to a macro of this name",
            "use a letter, then letters, digits and '_'", macro.name.size());
  check_keys(item, macro_keys);
  if (auto condition = text(item, "condition")) macro.condition = std::move(*condition);
  const auto changes = read_override(item, macro_overridable, macro_overridable);
  auto* earlier = items_.macros.find(macro.name);
  if ((changes.any() || changes.old_append) && !earlier && !items_.broken.contains(macro.name))
    error("E0205", macro.where, "the macro to extend is not defined before", {}, macro.name.size());
  if (!item_ok_) {
    items_.broken.insert(macro.name);
  } else if (changes.old_append || changes.append.contains("condition")) {
    if (!earlier) return;
    earlier->condition.append(" ");
    earlier->condition.append(macro.condition);
    earlier->visibility = next_index_++;
  } else {
    if (!changes.any()) remark_on_twin(earlier, macro);
    items_.macros.define(std::move(macro), next_index_++);
  }
}

}  // namespace eunomia::lang
