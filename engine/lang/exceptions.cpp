// SPDX-License-Identifier: Apache-2.0
//
// The `exceptions` of a rule: reading them, checking their shape, adding values to earlier ones.
#include <algorithm>
#include <array>

#include "engine/lang/ops.h"
#include "engine/lang/reader.h"

namespace eunomia::lang {
namespace {

constexpr std::size_t max_exceptions = 10'000;  // of a rule
constexpr std::array<std::string_view, 4> exception_keys = {"name", "fields", "comps", "values"};

}  // namespace

std::optional<ExceptionEntry> Reader::read_entry(const YamlNode& node) {
  ExceptionEntry out;
  out.where = node.where;
  if (node.is_scalar() && !node.text.empty()) {
    out.text = node.text;
    return out;
  }
  if (!node.is_sequence()) {
    error("E0209", node.where,
          "an exception's fields, comps and values are words or lists, this is " +
              std::string(node.is_scalar() ? "empty" : kind_name(node)));
    return std::nullopt;
  }
  out.is_list = true;
  for (const auto& item : node.items)
    if (auto entry = read_entry(item)) out.items.push_back(std::move(*entry));
  return out;
}

std::vector<ExceptionItem> Reader::read_exceptions(const YamlNode& item, bool extending) {
  std::vector<ExceptionItem> out;
  const auto* list = item.find("exceptions");
  if (!list || list->is_null()) return out;
  if (!list->is_sequence()) error("E0209", list->where, "'exceptions' must be a list");
  if (list->items.size() > max_exceptions)
    error("E0209", list->where, "the rule has more than 10,000 exceptions", "put values of the same fields into one");
  std::set<std::string> names;
  for (const auto& node : list->items) {
    auto exception = read_exception(node, extending);
    if (!exception) continue;
    if (!names.insert(exception->name).second)
      error("E0209", exception->where, "two exceptions are named '" + exception->name + "'", "give each its own name");
    out.push_back(std::move(*exception));
  }
  return out;
}

std::optional<ExceptionItem> Reader::read_exception(const YamlNode& node, bool extending) {
  if (!node.is_map()) {
    error("E0209", node.where, "an exception is a mapping with 'name', 'fields' and 'values'");
    return std::nullopt;
  }
  ExceptionItem out;
  check_keys(node, exception_keys);
  const auto name = text(node, "name");
  if (!name) return std::nullopt;
  out.name = name->text();
  out.where = name->origin();
  if (const auto* fields = node.find("fields")) out.fields = read_entry(*fields);
  if (const auto* comps = node.find("comps")) out.comps = read_entry(*comps);
  if (const auto* values = node.find("values")) {
    if (!values->is_sequence()) error("E0209", values->where, "'values' must be a list");
    for (const auto& value : values->items)
      if (auto entry = read_entry(value)) out.values.push_back(std::move(*entry));
  } else if (extending) {
    warning("W0510", out.where, "the exception '" + out.name + "' is extended with no values", {}, out.name.size());
  }
  if (!extending) check_exception(out);
  return out;
}

// The shape: comps as many as fields, values as many as fields. Fills in comps that are not given.
void Reader::check_exception(ExceptionItem& exception) {
  if (!exception.fields)
    return error("E0209", exception.where, "the exception '" + exception.name + "' has no 'fields'");
  const auto& fields = *exception.fields;
  if (!exception.comps) {
    ExceptionEntry comps;
    comps.where = fields.where;
    comps.is_list = fields.is_list;
    if (!fields.is_list) comps.text = MappedText("in", fields.where);
    for (const auto& field : fields.items)
      comps.items.push_back({false, field.where, MappedText("=", field.where), {}});
    exception.comps = std::move(comps);
  }
  const auto& comps = *exception.comps;
  if (comps.is_list != fields.is_list || comps.items.size() != fields.items.size())
    return error("E0209", comps.where, "'comps' must have one operator for each of 'fields'");
  const auto check = [&](const ExceptionEntry& comp) {
    const auto op = comp.is_list ? std::nullopt : parse_comparison(comp.text.text());
    if (!op)
      return error("E0209", comp.where, "'" + comp.text.text() + "' is not an operator", {},
                   std::max<std::size_t>(1, comp.text.size()));
    if (!fields.is_list && !is_list_op(op->op) && op->modifier == Modifier::none)
      error("E0209", comp.where, "with a single field, 'comps' must be one of in, pmatch, intersects", {},
            comp.text.size());
  };
  if (!comps.is_list) check(comps);
  for (const auto& comp : comps.items) check(comp);
}

void Reader::merge_exceptions(std::vector<ExceptionItem>& into, std::vector<ExceptionItem> from) {
  for (auto& exception : from) {
    const auto earlier = std::ranges::find(into, exception.name, &ExceptionItem::name);
    if (earlier == into.end()) {
      if (into.size() >= max_exceptions)
        return error("E0209", exception.where, "the rule has more than 10,000 exceptions");
      check_exception(exception);
      if (item_ok_) into.push_back(std::move(exception));
    } else if (exception.fields || exception.comps) {
      error("E0209", exception.where,
            "the exception '" + exception.name + "' is defined before: only values can be added");
    } else {
      std::ranges::move(exception.values, std::back_inserter(earlier->values));
    }
  }
}

}  // namespace eunomia::lang
