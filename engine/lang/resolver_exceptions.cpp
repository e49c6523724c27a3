// SPDX-License-Identifier: Apache-2.0
//
// Exceptions as text: each becomes "and not (…)" behind the condition, as Falco does it, so that lists named in their
// values are substituted like any others.
#include "engine/lang/resolver.h"

namespace eunomia::lang {
namespace {

// A value as it must stand in the condition: quoted if it would not be one word.
void append_value(const MappedText& value, MappedText& out) {
  const auto& text = value.text();
  const bool quoted = text.starts_with('"') || text.starts_with('\'');
  if (quoted || text.find_first_of(" \t\r\n,()=\"'") == std::string::npos) return out.append(value);
  out.append("\"", value.origin());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') out.append("\\");
    out.append(value, i, 1);
    if (text[i] == '\\' && i + 1 < text.size()) out.append(value, ++i, 1);
  }
  out.append("\"");
}

// "field op value" of one field.
void append_comparison(const ExceptionEntry& field, const ExceptionEntry& comp, const ExceptionEntry& value,
                       MappedText& out) {
  out.append(field.text);
  out.append(" ");
  out.append(comp.text);
  out.append(" ");
  const auto comparison = parse_comparison(comp.text.text());
  const bool list =
      value.is_list || (comparison && (is_list_op(comparison->op) || comparison->modifier != Modifier::none));
  if (!value.is_list && list && value.text.text().starts_with('(')) return out.append(value.text);
  if (list) out.append("(");
  const bool several = list && !value.is_list && value.text.text().find(',') != std::string::npos &&
                       value.text.text().find_first_of("\"'") == std::string::npos;
  if (several) out.append(value.text);  // "a, b" is two values, as in "(a, b)"
  if (!value.is_list && !several) append_value(value.text, out);
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (i > 0) out.append(", ");
    append_value(value.items[i].text, out);
  }
  if (list) out.append(")");
}

}  // namespace

// Of an exception that has no values yet: its fields are not part of the condition, and yet must be fields.
void Resolver::check_fields(const ExceptionItem& exception, const RuleItem& rule, std::vector<Diagnostic>& errors) {
  const auto check = [&](const ExceptionEntry& field) {
    auto condition = field.text;
    condition.append(" exists");
    MappedText unused;
    build(condition, {unused, "rule '" + rule.name + "'", SIZE_MAX, errors, false});
  };
  const auto& fields = *exception.fields;
  if (!fields.is_list) check(fields);
  for (const auto& field : fields.items) check(field);
}

void Resolver::append_exception(const ExceptionItem& exception, MappedText& out, const RuleItem& rule,
                                std::vector<Diagnostic>& errors) {
  if (exception.values.empty()) return check_fields(exception, rule, errors);
  const auto& fields = *exception.fields;
  const auto& comps = *exception.comps;
  const auto complain = [&](Origin where, std::string message) {
    errors.push_back(
        make_diagnostic(Severity::error, {"E0209", where, std::move(message), "", 1}, "rule '" + rule.name + "'"));
  };
  out.append(" and not (", exception.where);
  if (!fields.is_list) {
    ExceptionEntry all{true, exception.where, {}, {}};
    for (const auto& value : exception.values) {
      if (value.is_list) return complain(value.where, "with a single field, 'values' is a list of words");
      all.items.push_back(value);
    }
    append_comparison(fields, comps, all, out);
    return out.append(")");
  }
  for (std::size_t i = 0; i < exception.values.size(); ++i) {
    const auto& value = exception.values[i];
    if (value.items.size() != fields.items.size())
      return complain(value.where,
                      "a value needs one entry for each of the " + std::to_string(fields.items.size()) + " fields");
    if (i > 0) out.append(" or ");
    out.append("(");
    for (std::size_t k = 0; k < fields.items.size(); ++k) {
      if (k > 0) out.append(" and ");
      append_comparison(fields.items[k], comps.items[k], value.items[k], out);
    }
    out.append(")");
  }
  out.append(")");
}

MappedText Resolver::with_exceptions(const RuleItem& rule, const MappedText& condition,
                                     std::vector<Diagnostic>& errors) {
  MappedText out;
  if (rule.exceptions.empty()) {
    out.append(condition);
    return out;
  }
  out.append("(", condition.origin());
  out.append(condition);
  out.append(")");
  for (const auto& exception : rule.exceptions) append_exception(exception, out, rule, errors);
  return out;
}

}  // namespace eunomia::lang
