// SPDX-License-Identifier: Apache-2.0
//
// What rule files hold, as plain structs that know no YAML: the result of reading all files in order, redefinitions,
// `override` and `append` applied. Texts keep their origins. `index` is the place in the order of first definition,
// `visibility` that of the last change: an item sees those whose index is smaller than its visibility.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/lang/engine.h"
#include "engine/lang/source.h"

namespace eunomia::lang {

// A value of an exception: a word or a list of such.
struct ExceptionEntry {
  bool is_list = false;
  Origin where;
  MappedText text;
  std::vector<ExceptionEntry> items;
};

struct ExceptionItem {
  std::string name;
  Origin where;
  std::optional<ExceptionEntry> fields, comps;
  std::vector<ExceptionEntry> values;
};

// `window` and `throttle`: so many, in so much time, for equal values of the fields.
struct LimitItem {
  Origin where;
  std::uint32_t count = 0;
  std::chrono::nanoseconds within{};
  std::vector<MappedText> by;
};

struct StepItem {
  Origin where;
  MappedText condition;
  std::vector<MappedText> by;
};

struct SequenceItem {
  Origin where;
  std::chrono::nanoseconds within{};
  std::vector<StepItem> steps;
};

struct Placed {
  std::string name;
  Origin where;  // of the name
  std::size_t index = 0, visibility = 0;
};

struct RuleItem : Placed {
  MappedText condition, output;  // with a sequence, the condition may be empty
  std::optional<LimitItem> window, throttle;
  std::optional<SequenceItem> sequence;
  std::string description, source = "syscall";
  Priority priority = Priority::notice;
  std::vector<std::string> tags;
  std::vector<ExceptionItem> exceptions;
  bool enabled = true, warn_event_types = true, skip_if_unknown = false, capture = false;
  bool unknown_source = false;  // of another event source: known, not run
};

struct MacroItem : Placed {
  MappedText condition;
};

struct ListItem : Placed {
  std::vector<MappedText> items;
};

// Items by order of first definition, found by name.
template <class Item>
class Table {
 public:
  Item* find(std::string_view name) {
    const auto it = places_.find(name);
    return it == places_.end() ? nullptr : &items_[it->second];
  }
  const Item* find(std::string_view name) const { return const_cast<Table*>(this)->find(name); }
  // Adds, or replaces the earlier definition in its place.
  void define(Item item, std::size_t index) {
    item.index = item.visibility = index;
    if (auto* known = find(item.name)) {
      item.index = known->index;
      *known = std::move(item);
      return;
    }
    places_.emplace(item.name, items_.size());
    items_.push_back(std::move(item));
  }
  [[nodiscard]] const std::vector<Item>& all() const { return items_; }

 private:
  std::vector<Item> items_;
  std::map<std::string, std::size_t, std::less<>> places_;
};

struct Items {
  std::vector<std::unique_ptr<SourceFile>> files;
  Table<RuleItem> rules;
  Table<MacroItem> macros;
  Table<ListItem> lists;
  std::vector<std::string> requirements;      // "engine 0.57.0", "plugin container 0.4.0"
  std::set<std::string, std::less<>> broken;  // names of items with an error: uses of them are not errors of their own
};

}  // namespace eunomia::lang
