// SPDX-License-Identifier: Apache-2.0
#include "engine/event/field.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <vector>

#include "engine/event/field_groups.h"

namespace eunomia {
namespace {

using Error = std::unexpected<std::string>;

std::vector<Field> sorted_rows() {
  std::vector<Field> rows;
  for (const auto group :
       {groups::evt(), groups::time(), groups::proc(), groups::proc_exe(), groups::ancestry(), groups::thread(),
        groups::fd(), groups::socket(), groups::user(), groups::container(), groups::k8s()})
    rows.insert(rows.end(), group.begin(), group.end());
  std::ranges::sort(rows, {}, &Field::name);
  return rows;
}

const Field* row(std::string_view name) {
  const auto rows = fields();
  const auto found = std::ranges::lower_bound(rows, name, {}, &Field::name);
  return found != rows.end() && found->name == name ? &*found : nullptr;
}

// Insertions, deletions and replacements of one byte that lead from a to b (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> costs(b.size() + 1);
  std::iota(costs.begin(), costs.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = costs[0];
    costs[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = costs[j + 1];
      costs[j + 1] = std::min({replaced, costs[j] + 1, costs[j + 1] + 1});
    }
  }
  return costs.back();
}

Error unknown(std::string_view name) {
  constexpr std::size_t longest_sensible = 64;
  const Field* nearest = nullptr;
  std::size_t best = 1 + std::max<std::size_t>(2, name.size() / 4);
  if (name.size() <= longest_sensible) {
    for (const Field& field : fields()) {
      const auto longer = std::max(name.size(), field.name.size()), shorter = std::min(name.size(), field.name.size());
      if (longer - shorter >= best) continue;
      const std::size_t d = distance(name, field.name);
      if (d < best) best = d, nearest = &field;
    }
  }
  if (nearest == nullptr) return Error(fmt::format("no field named '{}'", name));
  return Error(fmt::format("no field named '{}'; did you mean '{}'?", name, nearest->name));
}

bool takes_key(ArgKind kind) {
  return kind == ArgKind::required_key || kind == ArgKind::key_or_index || kind == ArgKind::optional_key;
}
bool takes_index(ArgKind kind) {
  return kind == ArgKind::optional_index || kind == ArgKind::required_index || kind == ArgKind::key_or_index;
}
bool needs_argument(ArgKind kind) {
  return kind == ArgKind::required_index || kind == ArgKind::required_key || kind == ArgKind::key_or_index;
}

std::optional<std::int64_t> parse_index(std::string_view text) {
  std::int64_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc{} || end != text.data() + text.size() || index < 0) return std::nullopt;
  return index;
}

std::expected<FieldRef, std::string> with_argument(const Field& field, std::string_view argument) {
  if (field.arg == ArgKind::none) return Error(fmt::format("'{}' takes no argument", field.name));
  if (argument.empty()) return Error(fmt::format("the argument of '{}' is empty", field.name));
  if (takes_index(field.arg)) {
    if (const auto index = parse_index(argument)) return FieldRef{&field, {index, {}}};
  }
  if (takes_key(field.arg)) return FieldRef{&field, {std::nullopt, argument}};
  return Error(fmt::format("'{}' takes a number of 0 or more in brackets, not '{}'", field.name, argument));
}

std::expected<FieldRef, std::string> without_argument(const Field& field) {
  if (!needs_argument(field.arg)) return FieldRef{&field, {}};
  if (field.arg == ArgKind::required_index) return Error(fmt::format("'{0}' needs a number: '{0}[0]'", field.name));
  return Error(fmt::format("'{0}' needs an argument: '{0}[NAME]' or '{0}.NAME'", field.name));
}

// "evt.arg.flags": the longest row that takes a key and is followed by a dot.
std::expected<FieldRef, std::string> dotted(std::string_view text) {
  for (std::size_t dot = text.rfind('.'); dot != std::string_view::npos && dot > 0; dot = text.rfind('.', dot - 1)) {
    const Field* const field = row(text.substr(0, dot));
    if (field != nullptr && takes_key(field->arg)) return with_argument(*field, text.substr(dot + 1));
  }
  return unknown(text);
}

}  // namespace

namespace groups {

std::string_view concat(Scratch& scratch, std::initializer_list<std::string_view> pieces) {
  std::size_t size = 0;
  for (const std::string_view piece : pieces) size += piece.size();
  char* const start = scratch.bytes(size).data();
  char* end = start;
  for (const std::string_view piece : pieces) end = std::copy(piece.begin(), piece.end(), end);
  return {start, size};
}

}  // namespace groups

std::span<const Field> fields() {
  static const std::vector<Field> rows = sorted_rows();
  return rows;
}

std::expected<FieldRef, std::string> find_field(std::string_view text) {
  if (const Field* const field = row(text)) return without_argument(*field);
  const std::size_t bracket = text.find('[');
  if (bracket == std::string_view::npos) return dotted(text);
  const std::string_view name = text.substr(0, bracket);
  if (!text.ends_with(']')) return Error(fmt::format("'{}' lacks the closing bracket of its argument", text));
  const Field* const field = row(name);
  if (field == nullptr) return unknown(name);
  return with_argument(*field, text.substr(bracket + 1, text.size() - bracket - 2));
}

}  // namespace eunomia
