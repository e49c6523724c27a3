// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "engine/event/field.h"

namespace eunomia {
namespace {

std::string_view argument_of(ArgKind kind) {
  switch (kind) {
    case ArgKind::none: return "";
    case ArgKind::optional_index: return "[n], optional";
    case ArgKind::required_index: return "[n]";
    case ArgKind::required_key: return "[name]";
    case ArgKind::key_or_index: return "[name] or [n]";
    case ArgKind::optional_key: return "[name], optional";
  }
  return "";
}

std::string events_of(const Field& field) {
  constexpr std::size_t all = EV_TYPE_COUNT - 1;
  if (field.events.none()) return "not filled yet";
  if (field.events.count() == all) return "all";
  std::string names;
  for (std::size_t i = 1; i < EV_TYPE_COUNT; ++i) {
    if (!field.events.test(i)) continue;
    names += names.empty() ? "" : ", ";
    names += event_name(static_cast<EventType>(i));
  }
  return names;
}

// A '|' would end the cell.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) out.append(c == '|' ? "\\|" : std::string_view{&c, 1});
  return out;
}

}  // namespace

std::string fields_markdown(std::string_view wanted) {
  std::string page = "# Fields\n";
  std::string_view group;
  for (const Field& field : fields()) {
    if (!wanted.empty() && group_of(field) != wanted) continue;
    if (group_of(field) != group) {
      group = group_of(field);
      page += fmt::format("\n## {}\n\n| field | argument | type | events | meaning |\n|---|---|---|---|---|\n", group);
    }
    page += fmt::format("| `{}` | {} | {}{} | {} | {} |\n", field.name, argument_of(field.arg), to_string(field.type),
                        field.multi ? ", several" : "", events_of(field), cell(field.doc));
  }
  return page;
}

}  // namespace eunomia
