// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/resolver.h"

#include <algorithm>

#include "engine/lang/parser.h"
#include "engine/lang/suggest.h"

namespace eunomia::lang {
namespace {

Finding finding_at(const MappedText& text, ast::Span span, std::string_view code, std::string message,
                   std::string hint) {
  return {code, text.origin(std::min(span.begin, text.size())), std::move(message), std::move(hint),
          std::max<std::size_t>(span.size(), 1)};
}

Location locate(const MappedText& text, std::size_t at) {
  const auto origin = text.origin(at);
  return origin.file ? origin.file->locate(origin.offset) : Location{};
}

}  // namespace

std::optional<Resolver::Resolved> Resolver::resolve(const RuleItem& rule) {
  std::vector<Diagnostic> errors;
  auto out = resolve_rule(rule, errors);
  const bool skip = rule.skip_if_unknown && !errors.empty() &&
                    std::ranges::all_of(errors, [](const auto& e) { return is_unknown_name(e.code); });
  for (auto& error : errors) {
    if (skip) {
      error.severity = Severity::warning;
      error.message += "; the rule '" + rule.name + "' is skipped";
    }
    report_.add(std::move(error));
  }
  if (!errors.empty()) return std::nullopt;
  return out;
}

ir::NodePtr Resolver::build(const MappedText& condition, Job job) {
  const auto expanded = expander_.expand(condition);
  if (!expanded) {
    job.errors.push_back(make_diagnostic(Severity::error, expanded.error(), job.item));
    return nullptr;
  }
  Job inner{*expanded, job.item, job.visibility, job.errors, false};
  const auto tree = parse_condition(expanded->text());
  if (!tree) {
    const auto& e = tree.error();
    job.errors.push_back(
        make_diagnostic(Severity::error, finding_at(*expanded, e.span, e.code, e.message, e.hint), job.item));
    return nullptr;
  }
  return build(*tree, inner);
}

ir::NodePtr Resolver::build(const ast::Expr& expr, Job& job) {
  if (depth_ >= max_condition_depth) return too_large(expr, job, "the condition is more than 500 levels deep");
  ++depth_;
  auto out = expr.kind == ast::Expr::Kind::check   ? build_check(expr, job)
             : expr.kind == ast::Expr::Kind::macro ? build_macro(expr, job)
                                                   : build_logic(expr, job);
  --depth_;
  return out;
}

ir::NodePtr Resolver::build_logic(const ast::Expr& expr, Job& job) {
  ir::Node node;
  node.kind = expr.kind == ast::Expr::Kind::all   ? ir::Node::Kind::all
              : expr.kind == ast::Expr::Kind::any ? ir::Node::Kind::any
                                                  : ir::Node::Kind::negate;
  node.size = node.depth = 0;
  bool complete = true;
  for (const auto& child : expr.children) {
    auto built = build(child, job);
    complete = complete && built;
    if (!built) continue;
    node.size = std::min(node.size + built->size, max_condition_size + 1);
    node.depth = std::max(node.depth, built->depth + 1);
    node.children.push_back(std::move(built));
  }
  return complete ? finish_node(std::move(node), expr, job) : nullptr;
}

ir::NodePtr Resolver::too_large(const ast::Expr& expr, Job& job, std::string_view what) {
  const auto finding = finding_at(job.text, {expr.span.begin, expr.span.begin + 1}, "E0308",
                                  std::string(what) + " once its macros are put in", "use fewer or simpler macros");
  job.errors.push_back(make_diagnostic(Severity::error, finding, job.item));
  return nullptr;
}

ir::NodePtr Resolver::finish_node(ir::Node node, const ast::Expr& expr, Job& job) {
  if (node.size > max_condition_size) return too_large(expr, job, "the condition has more than 1,000,000 checks");
  if (node.depth > max_condition_depth) return too_large(expr, job, "the condition is more than 500 levels deep");
  node.where = locate(job.text, expr.span.begin);
  return std::make_shared<const ir::Node>(std::move(node));
}

ir::NodePtr Resolver::build_check(const ast::Expr& expr, Job& job) {
  auto check = type_check(expr);
  if (!check) {
    const auto& e = check.error();
    job.errors.push_back(
        make_diagnostic(Severity::error, finding_at(job.text, e.span, e.code, e.message, e.hint), job.item));
    return nullptr;
  }
  ir::Node node;
  node.check = std::move(*check);
  return finish_node(std::move(node), expr, job);
}

std::string Resolver::unknown_macro_hint(const std::string& name, Origin where, const Items& items,
                                         std::size_t visibility) {
  const auto stands_here = [&](const MappedText& item) {
    return item.origin().file == where.file && item.origin().offset == where.offset;
  };
  for (const auto& list : items.lists.all())
    if (std::ranges::any_of(list.items, stands_here))
      return "the list '" + list.name + "' is used like a macro: write 'field in (" + list.name + ")'";
  if (const auto* macro = items.macros.find(name); macro && macro->index >= visibility)
    return "the macro is defined further down: move it before its first use";
  std::vector<std::string_view> names;
  for (const auto& macro : items.macros.all()) names.push_back(macro.name);
  return did_you_mean(name, names);
}

ir::NodePtr Resolver::build_macro(const ast::Expr& expr, Job& job) {
  const auto* item = items_.macros.find(expr.name);
  if (!item || item->index >= job.visibility) {
    if (!item && items_.broken.contains(expr.name)) {
      // Its own error is reported already; the rule cannot be built all the same.
      job.errors.push_back(make_diagnostic(
          Severity::error,
          finding_at(job.text, expr.span, "E0303", "uses the macro '" + expr.name + "', which has an error", ""),
          job.item));
      return nullptr;
    }
    job.errors.push_back(make_diagnostic(
        Severity::error,
        finding_at(job.text, expr.span, "E0303", "no macro named '" + expr.name + "'",
                   unknown_macro_hint(expr.name, job.text.origin(expr.span.begin), items_, job.visibility)),
        job.item));
    return nullptr;
  }
  auto& macro = resolve_macro(*item);
  macro.used = true;
  if (macro.state == Macro::State::open) {
    job.errors.push_back(make_diagnostic(
        Severity::error,
        finding_at(job.text, expr.span, "E0304", "the macro '" + expr.name + "' refers to itself", "remove the cycle"),
        job.item));
    return nullptr;
  }
  job.errors.insert(job.errors.end(), macro.errors.begin(), macro.errors.end());
  return macro.node;
}

Resolver::Macro& Resolver::resolve_macro(const MacroItem& item) {
  auto& macro = macros_[item.name];
  if (macro.state != Macro::State::fresh) return macro;
  macro.state = Macro::State::open;
  MappedText unused;
  auto node = build(item.condition, {unused, "macro '" + item.name + "'", item.visibility, macro.errors, false});
  if (node) {
    auto named = *node;
    named.macro = item.name;
    macro.node = std::make_shared<const ir::Node>(std::move(named));
  }
  macro.state = Macro::State::done;
  return macro;
}

void Resolver::finish() {
  for (const auto& item : items_.macros.all()) {
    auto& macro = resolve_macro(item);
    for (auto error : macro.errors) {
      // Falco looks a field up only when a rule needs it.
      if (!macro.used && is_unknown_name(error.code)) error.severity = Severity::warning;
      if (!macro.used || !is_unknown_name(error.code)) report_.add(std::move(error));
    }
  }
  for (const auto& item : items_.macros.all())
    if (!macros_[item.name].used)
      report_.warning("macro '" + item.name + "'",
                      {"W0506", item.where, "no rule or macro uses it", "", item.name.size()});
  for (const auto& item : items_.lists.all())
    if (!expander_.used().contains(item.name))
      report_.warning("list '" + item.name + "'",
                      {"W0507", item.where, "no rule, macro or list uses it", "", item.name.size()});
}

}  // namespace eunomia::lang
