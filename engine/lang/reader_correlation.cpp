// SPDX-License-Identifier: Apache-2.0
//
// Reading `window`, `sequence` and `throttle` of a rule. These keys are ours, so what is unknown in them is an error.
#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "engine/lang/correlation.h"
#include "engine/lang/duration.h"
#include "engine/lang/reader.h"
#include "engine/lang/suggest.h"

namespace eunomia::lang {
namespace {

using Names = std::span<const std::string_view>;

constexpr std::array<std::string_view, 3> limit_keys = {"count", "within", "by"};
constexpr std::array<std::string_view, 3> sequence_keys = {"within", "by", "steps"};
constexpr std::array<std::string_view, 2> step_keys = {"condition", "by"};

std::string in_quotes(std::string_view text) { return "'" + std::string(text) + "'"; }

}  // namespace

bool Reader::only_keys(const YamlNode& map, std::string_view name, Names known) {
  if (!map.is_map()) {
    error("E0220", map.where, in_quotes(name) + " must be a mapping of keys, this is " + std::string(kind_name(map)));
    return false;
  }
  bool good = true;
  for (auto entry = map.entries.begin(); entry != map.entries.end(); ++entry) {
    const auto& key = entry->first.text;
    const auto same = [&](const auto& other) { return other.first.text.text() == key.text(); };
    const bool twice = std::find_if(map.entries.begin(), entry, same) != entry;
    if (!twice && std::ranges::find(known, key.text()) != known.end()) continue;
    good = false;
    auto hint = twice ? std::string() : did_you_mean(key.text(), known);
    for (const auto word : known)
      if (!twice && hint.find('?') == std::string::npos)
        hint += (hint.empty() ? "known here: " : ", ") + std::string(word);
    error("E0220", entry->first.where,
          twice ? "the key " + in_quotes(key.text()) + " is given twice"
                : "unknown key " + in_quotes(key.text()) + " in " + in_quotes(name),
          std::move(hint), std::max<std::size_t>(1, key.size()));
  }
  return good;
}

std::chrono::nanoseconds Reader::within(const YamlNode& map) {
  const auto value = text(map, "within");
  if (!value) return {};
  const auto duration = parse_duration(value->text());
  if (duration && *duration > duration->zero() && *duration <= max_correlation_time) return *duration;
  error("E0221", value->origin(), duration ? "'within' must be longer than 0 and at most 168h" : duration.error(), {},
        value->size());
  return {};
}

std::uint32_t Reader::count(const YamlNode& map, std::uint32_t least) {
  const auto value = text(map, "count");
  if (!value) return 0;
  const auto& digits = value->text();
  std::uint32_t out = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (failure == std::errc() && end == digits.data() + digits.size() && out >= least && out <= max_correlation_count)
    return out;
  error("E0221", value->origin(),
        "'count' must be a whole number from " + std::to_string(least) + " to " + std::to_string(max_correlation_count),
        {}, value->size());
  return 0;
}

std::vector<MappedText> Reader::key_fields(const YamlNode& map) {
  std::vector<MappedText> out;
  const auto* by = map.find("by");
  if (!by) return out;
  const auto add = [&](const YamlNode& field) {
    if (field.is_scalar() && !field.text.empty()) return out.push_back(field.text);
    error("E0221", field.where,
          "'by' names fields, this is " + std::string(field.is_scalar() ? "empty" : kind_name(field)));
  };
  if (!by->is_sequence()) add(*by);
  for (const auto& field : by->items) add(field);
  if (out.size() > max_key_fields)
    error("E0221", by->where, "'by' names more than " + std::to_string(max_key_fields) + " fields");
  return out;
}

std::optional<LimitItem> Reader::read_limit(const YamlNode& item, std::string_view key) {
  const auto* map = item.find(key);
  // A window of one event would be no window.
  if (!map || !only_keys(*map, key, limit_keys)) return std::nullopt;
  return LimitItem{.where = map->where,
                   .count = count(*map, key == "window" ? 2 : 1),
                   .within = within(*map),
                   .by = key_fields(*map)};
}

StepItem Reader::read_step(const YamlNode& step, const std::vector<MappedText>& by) {
  StepItem out;
  out.where = step.where;
  if (!only_keys(step, "steps", step_keys)) return out;
  if (auto condition = text(step, "condition")) out.condition = std::move(*condition);
  out.by = step.find("by") ? key_fields(step) : by;
  return out;
}

std::optional<SequenceItem> Reader::read_sequence(const YamlNode& item) {
  const auto* map = item.find("sequence");
  if (!map || !only_keys(*map, "sequence", sequence_keys)) return std::nullopt;
  SequenceItem out{.where = map->where, .within = within(*map), .steps = {}};
  const auto by = key_fields(*map);
  const auto* steps = need(*map, "steps");
  if (!steps) return out;
  if (!steps->is_sequence() || steps->items.size() < 2 || steps->items.size() > max_sequence_steps) {
    error("E0221", steps->where,
          "'steps' must be a list of 2 to " + std::to_string(max_sequence_steps) + " steps, each with a 'condition'");
    return out;
  }
  for (const auto& step : steps->items) {
    out.steps.push_back(read_step(step, by));
    if (out.steps.back().by.size() != out.steps.front().by.size() && item_ok_)
      error("E0222", step.where,
            "this step is joined by " + std::to_string(out.steps.back().by.size()) + " fields and the first by " +
                std::to_string(out.steps.front().by.size()),
            "give every step as many fields, the ones to be equal at the same place");
  }
  return out;
}

// The keys of this item that say how events go together; with `only`, that one. What has an error is left as it was:
// the rest of loading can count on a sequence having its steps.
void Reader::read_correlation(const YamlNode& item, RuleItem& rule, std::string_view only) {
  const bool ok_before = std::exchange(item_ok_, true);
  const auto read = [&](std::string_view key, auto& to, auto reader) {
    if (!only.empty() && only != key) return;
    if (auto value = reader(); item_ok_) to = std::move(value);
  };
  read("window", rule.window, [&] { return read_limit(item, "window"); });
  read("throttle", rule.throttle, [&] { return read_limit(item, "throttle"); });
  read("sequence", rule.sequence, [&] { return read_sequence(item); });
  item_ok_ = item_ok_ && ok_before;
}

}  // namespace eunomia::lang
