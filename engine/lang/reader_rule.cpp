// SPDX-License-Identifier: Apache-2.0
//
// Reading rules: defining, overriding, enabling them.
#include <algorithm>
#include <array>

#include "engine/lang/reader.h"
#include "engine/lang/suggest.h"

namespace eunomia::lang {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 18> rule_keys = {"rule",
                                                        "condition",
                                                        "output",
                                                        "desc",
                                                        "priority",
                                                        "tags",
                                                        "enabled",
                                                        "source",
                                                        "append",
                                                        "exceptions",
                                                        "warn_evttypes",
                                                        "override",
                                                        "skip-if-unknown-filter",
                                                        "capture",
                                                        "capture_duration",
                                                        "window",
                                                        "sequence",
                                                        "throttle"};
constexpr std::array<std::string_view, 5> rule_appendable = {"condition", "output", "desc", "tags", "exceptions"};
constexpr std::array<std::string_view, 13> rule_replaceable = {"condition", "output",        "desc",
                                                               "tags",      "exceptions",    "priority",
                                                               "enabled",   "warn_evttypes", "skip-if-unknown-filter",
                                                               "capture",   "window",        "sequence",
                                                               "throttle"};
// Those that an override can also take away, with no value.
constexpr std::array<std::string_view, 3> rule_removable = {"window", "sequence", "throttle"};

bool has(Names names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

}  // namespace

Reader::Override Reader::read_override(const YamlNode& item, Names appendable, Names replaceable) {
  Override out;
  flag(item, "append", out.old_append);
  if (out.old_append)
    warning("W0503", item.find("append")->where, "'append: true' is an old form",
            "write 'override:' with the keys to append");
  const auto* keys = item.find("override");
  if (!keys || keys->is_null()) return out;
  if (!keys->is_map()) {
    error("E0206", keys->where, "'override' must map keys to 'append' or 'replace'");
    return out;
  }
  for (const auto& [key, value] : keys->entries) read_override_key(item, key, value, out, appendable, replaceable);
  if (out.old_append) error("E0208", keys->where, "'append' and 'override' exclude each other", "remove 'append'");
  return out;
}

void Reader::read_override_key(const YamlNode& item, const YamlNode& key, const YamlNode& value, Override& out,
                               Names appendable, Names replaceable) {
  const auto& word = key.text.text();
  const auto& what = value.text.text();
  const bool append = what == "append";
  if (!append && what != "replace") {
    static constexpr std::array<std::string_view, 2> known = {"append", "replace"};
    return error("E0206", value.where, "the override of " + in_quotes(word) + " must be 'append' or 'replace'",
                 did_you_mean(what, known), std::max<std::size_t>(1, what.size()));
  }
  if (!has(append ? appendable : replaceable, word))
    return error("E0206", key.where,
                 "the key " + in_quotes(word) + " cannot be " + (append ? "appended to" : "replaced"),
                 has(replaceable, word) ? "it can be replaced" : did_you_mean(word, replaceable), word.size());
  if (!item.find(word))
    return error("E0207", key.where, "'override' names " + in_quotes(word) + ", which this item does not give", {},
                 word.size());
  (append ? out.append : out.replace).insert(word);
}

void Reader::read_rule(const YamlNode& item, const YamlNode& name) {
  RuleItem rule;
  if (!begin("rule", item, name, rule)) return;
  check_keys(item, rule_keys);
  const auto changes = read_override(item, rule_appendable, rule_replaceable);
  if (!item_ok_) {
    items_.broken.insert(rule.name);
    return;
  }
  if (changes.any() || changes.old_append) return change_rule(item, changes);
  std::string missing;
  std::size_t count = 0;
  for (const auto key : {"condition", "output", "desc", "priority"})
    if (!item.find(key) && !(std::string_view(key) == "condition" && item.find("sequence")))
      missing += (count++ == 0 ? "" : ", ") + in_quotes(key);
  if (count == 4 && item.find("enabled")) return enable_rule(item);
  if (count > 0) error("E0201", item.where, "these keys are missing: " + missing);
  define_rule(item, std::move(rule));
}

void Reader::define_rule(const YamlNode& item, RuleItem rule) {
  read_correlation(item, rule, {});
  if (item.find("condition")) rule.condition = text(item, "condition").value_or(MappedText());
  if (item.find("output")) rule.output = text(item, "output").value_or(MappedText()).trimmed();
  if (item.find("desc")) rule.description = text(item, "desc").value_or(MappedText()).text();
  if (item.find("priority")) rule.priority = priority(item).value_or(rule.priority);
  if (item.find("source"))
    if (auto source = text(item, "source")) rule.source = source->text();
  flag(item, "enabled", rule.enabled);
  flag(item, "warn_evttypes", rule.warn_event_types);
  flag(item, "skip-if-unknown-filter", rule.skip_if_unknown);
  flag(item, "capture", rule.capture);
  rule.tags = tags(item);
  rule.exceptions = read_exceptions(item, false);
  const auto* earlier = items_.rules.find(rule.name);
  if (earlier && earlier->source != rule.source)
    error("E0211", rule.where, "the rule is defined again for another source", {}, rule.name.size());
  rule.unknown_source = rule.source != "syscall";
  if (rule.unknown_source)
    warning("W0508", item.find("source")->where,
            "no events of source " + in_quotes(rule.source) + " here, the rule is skipped", {}, rule.source.size());
  if (item_ok_) {
    remark_on_twin(earlier, rule);
    items_.rules.define(std::move(rule), next_index_++);
  } else {
    items_.broken.insert(rule.name);
  }
}

void Reader::enable_rule(const YamlNode& item) {
  const auto& name = item.find("rule")->text.text();
  auto* rule = items_.rules.find(name);
  const auto enabled = boolean(item, "enabled");
  if (!enabled || items_.broken.contains(name)) return;
  if (!rule)
    return error("E0205", item.find("rule")->where, "the rule to enable or disable is not defined before", {},
                 name.size());
  warning("W0503", item.where, "'enabled' alone is an old form", "add 'override: {enabled: replace}'");
  rule->enabled = *enabled;
}

void Reader::change_rule(const YamlNode& item, const Override& changes) {
  const auto& name_node = *item.find("rule");
  auto* rule = items_.rules.find(name_node.text.text());
  if (!rule) {
    if (!items_.broken.contains(name_node.text.text()))
      error("E0205", name_node.where, "the rule to extend is not defined before", {}, name_node.text.size());
    return;
  }
  auto former_sequence = rule->sequence;
  // In place: with an error there will be no engine, and a copy for each of many changes takes quadratic time.
  if (changes.old_append) append_old_form(item, *rule);
  for (const auto& key : changes.append) apply(item, *rule, key, true);
  for (const auto& key : changes.replace) apply(item, *rule, key, false);
  for (const auto& [key, value] : item.entries) {
    const auto& word = key.text.text();
    if (!changes.old_append && has(rule_replaceable, word) && !changes.append.contains(word) &&
        !changes.replace.contains(word))
      error("E0207", key.where, "the key " + in_quotes(word) + " has no entry under 'override'",
            "add '" + word + ": replace' there, or remove it", word.size());
  }
  if (item_ok_ && rule->condition.empty() && !rule->sequence) {
    error("E0201", name_node.where, "without its sequence the rule has no condition", "give one with the override");
    rule->sequence = std::move(former_sequence);  // what is missing is said once
  }
  rule->visibility = next_index_++;
}

void Reader::append_old_form(const YamlNode& item, RuleItem& rule) {
  bool any = false;
  for (const auto key : rule_removable)
    if (const auto* value = item.find(key))
      error("E0207", value->where, "'append: true' cannot change " + in_quotes(key),
            "write 'override: {" + std::string(key) + ": replace}'");
  for (const auto& [key, value] : item.entries) {
    const auto& word = key.text.text();
    if (word == "condition" || word == "exceptions") {
      apply(item, rule, word, true);
      any = true;
    } else if (has(rule_keys, word) && word != "rule" && word != "append" && !has(rule_removable, word)) {
      warning("W0510", key.where,
              "'append: true' adds conditions and exceptions only, " + in_quotes(word) + " is ignored",
              "write 'override:' with the keys to append or replace", word.size());
    }
  }
  if (!any) warning("W0510", item.where, "'append: true' with neither a condition nor exceptions changes nothing");
}

void Reader::apply_text(const YamlNode& item, std::string_view key, bool append, MappedText& to) {
  auto value = text(item, key);
  if (!value) return;
  if (!append) {
    to = std::move(*value);
    return;
  }
  to.append(" ");
  to.append(*value);
}

void Reader::apply(const YamlNode& item, RuleItem& rule, std::string_view key, bool append) {
  if (key == "condition") return apply_text(item, key, append, rule.condition);
  if (key == "output") return apply_text(item, key, append, rule.output);
  if (key == "desc") {
    if (const auto value = text(item, key))
      rule.description = append ? rule.description + " " + value->text() : value->text();
  } else if (key == "tags") {
    if (!append) rule.tags.clear();
    std::set<std::string> known(rule.tags.begin(), rule.tags.end());
    for (auto& tag : tags(item))
      if (known.insert(tag).second) rule.tags.push_back(std::move(tag));
  } else if (key == "exceptions") {
    if (!append) rule.exceptions.clear();
    merge_exceptions(rule.exceptions, read_exceptions(item, true));
  } else if (key == "priority") {
    rule.priority = priority(item).value_or(rule.priority);
  } else if (key == "enabled") {
    flag(item, key, rule.enabled);
  } else if (key == "warn_evttypes") {
    flag(item, key, rule.warn_event_types);
  } else if (key == "skip-if-unknown-filter") {
    flag(item, key, rule.skip_if_unknown);
  } else if (key == "capture") {
    flag(item, key, rule.capture);
  } else if (has(rule_removable, key)) {
    const bool remove = item.find(key)->is_null();
    if (!remove) return read_correlation(item, rule, key);
    if (key == "window") rule.window.reset();
    if (key == "sequence") rule.sequence.reset();
    if (key == "throttle") rule.throttle.reset();
  }
}

}  // namespace eunomia::lang
