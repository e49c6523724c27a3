// SPDX-License-Identifier: Apache-2.0
//
// One YAML document → changes to Items: the second half of loading. Keys, types and names are checked here; conditions
// and outputs stay text. What Falco's loader refuses is an error, what it only remarks on is a warning. An item with an
// error changes nothing, but its name is kept in Items::broken. Used by Loader only; not thread-safe.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/lang/items.h"
#include "engine/lang/report.h"
#include "engine/lang/yaml.h"

namespace eunomia::lang {

class Reader {
 public:
  // `next_index` counts the items of all files.
  Reader(Report& report, Items& items, std::size_t& next_index)
      : report_(report), items_(items), next_index_(next_index) {}
  void read_document(const YamlNode& document);

 private:
  // Which keys of an item are appended to, or replace, those of the earlier one.
  struct Override {
    std::set<std::string, std::less<>> append, replace;
    bool old_append = false;  // `append: true`
    [[nodiscard]] bool any() const { return !append.empty() || !replace.empty(); }
  };

  void read_item(const YamlNode& item);
  void read_versions(const YamlNode& item);
  void read_engine_version(const YamlNode& node);
  std::string read_plugin(const YamlNode& node);
  void read_list(const YamlNode& item, const YamlNode& name);
  void read_macro(const YamlNode& item, const YamlNode& name);
  void read_rule(const YamlNode& item, const YamlNode& name);
  void define_rule(const YamlNode& item, RuleItem rule);
  void change_rule(const YamlNode& item, const Override& override_keys);
  void append_old_form(const YamlNode& item, RuleItem& rule);
  void apply(const YamlNode& item, RuleItem& rule, std::string_view key, bool append);
  void apply_text(const YamlNode& item, std::string_view key, bool append, MappedText& to);
  void enable_rule(const YamlNode& item);
  Override read_override(const YamlNode& item, std::span<const std::string_view> appendable,
                         std::span<const std::string_view> replaceable);
  void read_override_key(const YamlNode& item, const YamlNode& key, const YamlNode& value, Override& out,
                         std::span<const std::string_view> appendable, std::span<const std::string_view> replaceable);
  std::optional<ExceptionEntry> read_entry(const YamlNode& node);
  std::vector<ExceptionItem> read_exceptions(const YamlNode& item, bool extending);
  std::optional<ExceptionItem> read_exception(const YamlNode& node, bool extending);
  void check_exception(ExceptionItem& exception);
  bool only_keys(const YamlNode& map, std::string_view name, std::span<const std::string_view> known);
  std::chrono::nanoseconds within(const YamlNode& map);
  std::uint32_t count(const YamlNode& map, std::uint32_t least);
  std::vector<MappedText> key_fields(const YamlNode& map);
  std::optional<LimitItem> read_limit(const YamlNode& item, std::string_view key);
  StepItem read_step(const YamlNode& step, const std::vector<MappedText>& by);
  std::optional<SequenceItem> read_sequence(const YamlNode& item);
  void read_correlation(const YamlNode& item, RuleItem& rule, std::string_view only);
  void merge_exceptions(std::vector<ExceptionItem>& into, std::vector<ExceptionItem> from);

  // Values of keys. Each reports what is wrong, and then returns nullopt.
  const YamlNode* need(const YamlNode& item, std::string_view key);
  std::optional<MappedText> text(const YamlNode& item, std::string_view key);
  std::optional<bool> boolean(const YamlNode& item, std::string_view key);
  std::optional<Priority> priority(const YamlNode& item);
  std::vector<std::string> tags(const YamlNode& item);
  void flag(const YamlNode& item, std::string_view key, bool& out);
  void remark_on_twin(const Placed* earlier, const Placed& item);
  bool begin(std::string_view kind, const YamlNode& item, const YamlNode& name, Placed& out);
  void check_keys(const YamlNode& item, std::span<const std::string_view> known);

  void error(std::string_view code, Origin where, std::string message, std::string hint = {}, std::size_t length = 1);
  void warning(std::string_view code, Origin where, std::string message, std::string hint = {}, std::size_t length = 1);

  Report& report_;
  Items& items_;
  std::size_t& next_index_;
  std::string item_;     // what is being read: "rule 'X'"
  bool item_ok_ = true;  // no error in it so far
};

}  // namespace eunomia::lang
