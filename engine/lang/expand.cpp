// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/expand.h"

#include <algorithm>

namespace eunomia::lang {
namespace {

constexpr std::string_view delimiters = " \t\n\r(),=";
constexpr std::size_t too_deep = SIZE_MAX;
bool is_delimiter(char c) { return delimiters.find(c) != std::string_view::npos; }

// The end of the quoted string that starts at `at`.
std::size_t skip_quoted(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      return at + 1;
    }
  }
  return text.size();
}

// A list's item must be quoted in the condition if it would not be one word there, unless its author did.
bool needs_quotes(std::string_view item) {
  if (item.empty()) return true;
  if (item.front() == '"' || item.front() == '\'') return false;
  return item.find_first_of(" \t\r\n(),=\"'") != std::string_view::npos;
}

void append_quoted(const MappedText& item, MappedText& out) {
  const auto& text = item.text();
  out.append("\"", item.origin());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') out.append("\\");
    out.append(item, i, 1);
    if (text[i] == '\\' && i + 1 < text.size()) out.append(item, ++i, 1);
  }
  out.append("\"");
}

// Without the last comma and what follows it, if that is blank: an empty list takes a comma with it.
bool drop_comma(MappedText& out) {
  const auto last = out.text().find_last_not_of(" \t\r\n");
  if (last == std::string::npos || out.text()[last] != ',') return false;
  MappedText shorter;
  shorter.append(out, 0, last);
  out = std::move(shorter);
  return true;
}

}  // namespace

// How many items a list has, those of lists within it counted each time: an expansion that would take too long is
// refused before it begins. Past the limit it does not matter how many.
std::size_t ListExpander::weigh(const ListItem& list, std::size_t depth) {
  if (const auto known = weights_.find(&list); known != weights_.end()) return known->second;
  used_.insert(list.name);
  if (depth >= max_list_depth) return too_deep;
  weights_[&list] = 0;  // in case of a cycle, which append_list finds
  std::size_t sum = list.items.empty() ? 1 : 0;
  for (const auto& item : list.items) {
    const auto* nested = lists_.find(item.text());
    const auto weight = nested && nested != &list ? weigh(*nested, depth + 1) : 1;
    sum = sum == too_deep || weight == too_deep ? too_deep : std::min(sum + weight, max_list_visits + 1);
  }
  weights_[&list] = sum;
  return sum;
}

ListExpander::Status ListExpander::append_item(const MappedText& item, MappedText& out, bool& first) {
  const auto* nested = lists_.find(item.text());
  if (nested && nested != open_.back()) return append_list(*nested, out, first);
  if (!first) out.append(", ", item.origin());
  first = false;
  if (needs_quotes(item.text())) {
    append_quoted(item, out);
  } else {
    out.append(item);
  }
  if (out.size() <= max_expanded_bytes) return {};
  return std::unexpected(Finding{"E0308", item.origin(), "the condition is larger than 4 MiB once its lists are put in",
                                 "split the list or the rule", 1});
}

ListExpander::Status ListExpander::append_list(const ListItem& list, MappedText& out, bool& first) {
  used_.insert(list.name);
  if (std::ranges::find(open_, &list) != open_.end())
    return std::unexpected(Finding{"E0304", list.where, "the list '" + list.name + "' contains itself",
                                   "remove the cycle", list.name.size()});
  if (open_.empty()) {
    const auto weight = weigh(list, 0);
    visits_ += std::min(weight, max_list_visits + 1);
    if (visits_ > max_list_visits)
      return std::unexpected(Finding{"E0308", list.where,
                                     weight == too_deep ? "lists are nested more than 100 deep"
                                                        : "the condition's lists have more than 1,000,000 items",
                                     "put the items into fewer lists", list.name.size()});
  }
  open_.push_back(&list);
  for (const auto& item : list.items)
    if (auto done = append_item(item, out, first); !done) return done;
  open_.pop_back();
  return {};
}

ListExpander::Status ListExpander::substitute(const ListItem& list, const MappedText& condition, std::size_t& at,
                                              MappedText& out) {
  at += list.name.size();
  bool empty = true;
  open_.clear();
  const auto before = out.size();
  if (auto done = append_list(list, out, empty); !done) return done;
  substituted_ += out.size() - before;
  if (substituted_ > max_substituted_bytes)
    return std::unexpected(Finding{"E0308", condition.origin(at - list.name.size()),
                                   "lists add more than 32 MiB to all conditions together",
                                   "use large lists in a macro: it is put together once", list.name.size()});
  if (out.size() != before || drop_comma(out)) return {};
  const auto next = condition.text().find_first_not_of(" \t\r\n", at);
  if (next != std::string::npos && condition.text()[next] == ',') at = next + 1;
  return {};
}

std::expected<MappedText, Finding> ListExpander::expand(const MappedText& condition) {
  const auto& text = condition.text();
  MappedText out;
  visits_ = 0;
  if (text.size() > max_expanded_bytes)
    return std::unexpected(
        Finding{"E0308", condition.origin(), "the condition is larger than 4 MiB", "split the rule", 1});
  for (std::size_t at = 0; at < text.size();) {
    const auto start = at;
    if (text[at] == '"' || text[at] == '\'') {
      at = skip_quoted(text, at);
    } else if (is_delimiter(text[at])) {
      ++at;
    } else {
      while (at < text.size() && !is_delimiter(text[at]) && text[at] != '"' && text[at] != '\'') ++at;
      if (const auto* list = lists_.find(std::string_view(text).substr(start, at - start))) {
        at = start;
        if (auto done = substitute(*list, condition, at, out); !done) return std::unexpected(done.error());
        continue;
      }
    }
    out.append(condition, start, at - start);
  }
  return out;
}

}  // namespace eunomia::lang
