// SPDX-License-Identifier: Apache-2.0
//
// Items → resolved conditions (ir.h): lists substituted, text parsed, macros put in place in order of definition,
// checks typed. Every error of every rule is reported, each once; a macro that several rules use is resolved once and
// its tree shared. Not thread-safe.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/lang/correlation.h"
#include "engine/lang/expand.h"
#include "engine/lang/ir.h"
#include "engine/lang/items.h"
#include "engine/lang/report.h"
#include "engine/lang/typing.h"

namespace eunomia::lang {

constexpr std::size_t max_condition_size = 1'000'000;  // checks, those of shared macros counted each time
constexpr std::size_t max_condition_depth = 500;       // nesting, macros included

class Resolver {
 public:
  Resolver(const Items& items, Report& report) : items_(items), report_(report), expander_(items.lists) {}

  struct Resolved {
    ir::NodePtr condition;                     // exceptions included; of a sequence: any of its steps
    std::shared_ptr<Correlation> correlation;  // null: the condition is all there is
  };
  // nullopt if there is an error, or the rule is to be skipped (both reported).
  std::optional<Resolved> resolve(const RuleItem& rule);
  // To be called once all rules are resolved: errors in macros no rule uses, and warnings about unused items.
  void finish();

 private:
  struct Macro {
    enum class State : std::uint8_t { fresh, open, done };
    State state = State::fresh;
    ir::NodePtr node;  // null: it has errors
    std::vector<Diagnostic> errors;
    bool used = false;
  };
  // One condition on its way to a tree.
  struct Job {
    const MappedText& text;  // lists substituted
    std::string item;
    std::size_t visibility;
    std::vector<Diagnostic>& errors;
    bool broken = false;  // failed for a reason reported elsewhere
  };

  ir::NodePtr build(const MappedText& condition, Job job);
  ir::NodePtr build(const ast::Expr& expr, Job& job);
  ir::NodePtr build_logic(const ast::Expr& expr, Job& job);
  ir::NodePtr build_macro(const ast::Expr& expr, Job& job);
  ir::NodePtr build_check(const ast::Expr& expr, Job& job);
  static ir::NodePtr too_large(const ast::Expr& expr, Job& job, std::string_view what);
  static ir::NodePtr finish_node(ir::Node node, const ast::Expr& expr, Job& job);
  Macro& resolve_macro(const MacroItem& item);
  // resolver_correlation.cpp:
  Resolved resolve_rule(const RuleItem& rule, std::vector<Diagnostic>& errors);
  ir::NodePtr resolve_text(const RuleItem& rule, const MappedText& condition, std::vector<Diagnostic>& errors);
  Sequence resolve_sequence(const RuleItem& rule, std::vector<Diagnostic>& errors);
  MappedText with_exceptions(const RuleItem& rule, const MappedText& condition, std::vector<Diagnostic>& errors);
  void append_exception(const ExceptionItem& exception, MappedText& out, const RuleItem& rule,
                        std::vector<Diagnostic>& errors);
  void check_fields(const ExceptionItem& exception, const RuleItem& rule, std::vector<Diagnostic>& errors);
  static std::string unknown_macro_hint(const std::string& name, Origin where, const Items& items,
                                        std::size_t visibility);

  const Items& items_;
  Report& report_;
  ListExpander expander_;
  std::map<std::string, Macro, std::less<>> macros_;
  std::size_t depth_ = 0;  // of the expression being built, macros around it included
};

}  // namespace eunomia::lang
