// SPDX-License-Identifier: Apache-2.0
//
// Substitution of lists in the text of a condition, as Falco does it: before parsing, wherever a list's name stands
// between blanks, commas, parentheses or '='. Lists may name lists, in any order; a list's own name among its items is
// a word. Inside quotes nothing is substituted. The result keeps origins: what came from a list points into the list.
// Not thread-safe.
#pragma once

#include <expected>
#include <map>
#include <set>
#include <string>

#include "engine/lang/items.h"
#include "engine/lang/report.h"

namespace eunomia::lang {

constexpr std::size_t max_expanded_bytes = 4U << 20;
constexpr std::size_t max_list_depth = 100;
constexpr std::size_t max_list_visits = 1'000'000;        // of items and empty lists, for one condition
constexpr std::size_t max_substituted_bytes = 32U << 20;  // of lists, in all conditions together

class ListExpander {
 public:
  explicit ListExpander(const Table<ListItem>& lists) : lists_(lists) {}

  // Errors: a list that contains itself, a result past the limit.
  std::expected<MappedText, Finding> expand(const MappedText& condition);
  // Names of the lists that some condition has used, lists within lists included.
  [[nodiscard]] const std::set<std::string, std::less<>>& used() const { return used_; }

 private:
  using Status = std::expected<void, Finding>;
  std::size_t weigh(const ListItem& list, std::size_t depth);
  Status append_list(const ListItem& list, MappedText& out, bool& first);
  Status append_item(const MappedText& item, MappedText& out, bool& first);
  Status substitute(const ListItem& list, const MappedText& condition, std::size_t& at, MappedText& out);

  const Table<ListItem>& lists_;
  std::set<std::string, std::less<>> used_;
  std::vector<const ListItem*> open_;  // lists being expanded, outermost first
  std::map<const ListItem*, std::size_t> weights_;
  std::size_t visits_ = 0, substituted_ = 0;
};

}  // namespace eunomia::lang
