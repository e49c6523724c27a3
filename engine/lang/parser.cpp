// SPDX-License-Identifier: Apache-2.0
#include "engine/lang/parser.h"

#include <array>

#include "engine/lang/lexer.h"
#include "engine/lang/suggest.h"

namespace eunomia::lang {
namespace {

using ast::Expr;
using ast::Term;
template <class T>
using Result = std::expected<T, ParseError>;

class Parser {
 public:
  explicit Parser(std::string_view text) : lex_(text) {}

  Result<Expr> parse() {
    auto expr = parse_logic(Expr::Kind::any, "or");
    if (!expr) return expr;
    lex_.skip_blanks();
    if (lex_.done()) return expr;
    static constexpr std::array<std::string_view, 3> expected = {"and", "or", "not"};
    return fail("expected 'and' or 'or' here", did_you_mean(lex_.here(), expected));
  }

  Result<Term> parse_term() {
    auto term = parse_transform_value();
    return term ? std::move(*term) : fail("expected a transformer here");
  }

 private:
  std::unexpected<ParseError> fail(std::string message, std::string hint = {}) const {
    const auto at = lex_.at();
    const auto length = std::max<std::size_t>(lex_.here().size(), 1);
    if (lex_.done()) message += ", but the condition ends";
    if (lex_.peek() == '#') hint = "inside a block ('>' or '|') and in quotes, '#' does not begin a comment";
    return std::unexpected(ParseError{"E0301", {at, at + length}, std::move(message), std::move(hint)});
  }

  // The keyword, if it is a word of its own.
  bool take_keyword(std::string_view keyword) {
    const auto start = lex_.at();
    const auto word = lex_.take_word();
    if (word == keyword && lex_.peek() != '.') return true;
    lex_.rewind(start);
    return false;
  }

  // Operands joined by `keyword`: or of ands, or and of nots.
  Result<Expr> parse_logic(Expr::Kind kind, std::string_view keyword) {
    lex_.skip_blanks();
    const auto start = lex_.at();
    Expr node;
    node.kind = kind;
    do {
      auto operand = kind == Expr::Kind::any ? parse_logic(Expr::Kind::all, "and") : parse_not();
      if (!operand) return operand;
      node.children.push_back(std::move(*operand));
      lex_.skip_blanks();
    } while (take_keyword(keyword));
    if (node.children.size() == 1) return std::move(node.children.front());
    node.span = {start, node.children.back().span.end};
    return node;
  }

  Result<Expr> parse_not() {
    lex_.skip_blanks();
    const auto start = lex_.at();
    bool negated = false;
    while (take_keyword("not")) {
      negated = !negated;
      lex_.skip_blanks();
    }
    auto operand = parse_primary();
    if (!operand || !negated) return operand;
    Expr node;
    node.kind = Expr::Kind::negate;
    node.span = {start, operand->span.end};
    node.children.push_back(std::move(*operand));
    return node;
  }

  Result<Expr> parse_primary() {
    const auto start = lex_.at();
    if (lex_.peek() == '(') return parse_parenthesis();
    if (auto term = parse_field_or_transform()) {
      if (!*term) return std::unexpected(term->error());
      return parse_check(std::move(**term), start);
    }
    static constexpr std::array<std::string_view, 2> misplaced = {"and", "or"};
    const auto word = lex_.take_word();
    if (!word || *word == misplaced[0] || *word == misplaced[1]) {
      lex_.rewind(start);
      return fail("expected a field, a macro or '(' here");
    }
    if (lex_.peek() == '(') {
      lex_.rewind(start);
      return fail("'" + std::string(*word) + "' is not a transformer", did_you_mean(*word, transform_spellings()));
    }
    Expr node;
    node.kind = Expr::Kind::macro;
    node.name = *word;
    node.span = {start, lex_.at()};
    return node;
  }

  Result<Expr> parse_parenthesis() {
    if (depth_ >= max_nesting) {
      auto error = fail("parentheses are nested more than " + std::to_string(max_nesting) + " deep",
                        "move parts of the condition into macros");
      error.error().code = "E0308";
      return error;
    }
    ++depth_;
    const auto start = lex_.at();
    lex_.take('(');
    auto inner = parse_logic(Expr::Kind::any, "or");
    if (!inner) return inner;
    lex_.skip_blanks();
    if (!lex_.take(')')) return fail("expected ')', 'and' or 'or' here");
    --depth_;
    inner->span = {start, lex_.at()};
    return inner;
  }

  // nullopt: neither stands here.
  std::optional<Result<Term>> parse_field_or_transform() {
    const auto start = lex_.at();
    if (auto field = lex_.take_field()) return parse_field(*field, start);
    const auto word = lex_.take_word();
    const auto transform = word ? parse_transform(*word) : std::nullopt;
    if (transform && lex_.take('(')) return parse_arguments(*transform, start);
    lex_.rewind(start);
    return std::nullopt;
  }

  Result<Term> parse_field(std::string_view name, std::size_t start) {
    Term term;
    term.kind = Term::Kind::field;
    term.text = name;
    auto argument = lex_.take_argument();
    if (!argument) return std::unexpected(argument.error());
    term.text += argument->value_or("");
    term.span = {start, lex_.at()};
    return term;
  }

  Result<Term> parse_arguments(Transform transform, std::size_t start) {
    if (depth_ >= max_nesting) return fail("transformers are nested too deeply");
    ++depth_;
    Term term;
    term.kind = Term::Kind::transform;
    term.transform = transform;
    do {
      lex_.skip_blanks();
      auto nested = parse_field_or_transform();
      auto argument = nested ? std::move(*nested) : parse_value("a field, a transformer or a value");
      if (!argument) return argument;
      term.args.push_back(std::move(*argument));
      lex_.skip_blanks();
    } while (lex_.take(','));
    if (!lex_.take(')')) return fail("expected ')' after the arguments of '" + std::string(spelling(transform)) + "'");
    --depth_;
    if (transform == Transform::getopt) {
      auto option = lex_.take_argument();  // getopt(proc.args, "nt:")[t]: the value of -t
      if (!option) return std::unexpected(option.error());
      if (*option) term.args.push_back(literal((*option)->substr(1, (*option)->size() - 2), start));
    }
    term.span = {start, lex_.at()};
    return term;
  }

  Term literal(std::string text, std::size_t start) const {
    Term term;
    term.text = std::move(text);
    term.span = {start, lex_.at()};
    return term;
  }

  Result<Expr> parse_check(Term left, std::size_t start) {
    Expr node;
    node.left = std::move(left);
    lex_.skip_blanks();
    node.op_span.begin = lex_.at();
    auto op = parse_operator();
    if (!op) return std::unexpected(op.error());
    node.op_span.end = lex_.at();
    node.comparison.op = *op;
    lex_.skip_blanks();
    if (is_string_op(*op)) node.comparison.modifier = parse_modifier_word();
    if (*op != Op::exists)
      if (auto values = parse_values(node); !values) return std::unexpected(values.error());
    node.span = {start, lex_.at()};
    return node;
  }

  Result<Op> parse_operator() {
    const auto start = lex_.at();
    if (const auto symbol = lex_.take_symbol()) return *parse_op(*symbol);
    const auto word = lex_.take_word();
    const auto op = word ? parse_op(*word) : std::nullopt;
    if (op) return *op;
    lex_.rewind(start);
    return fail("expected an operator here", did_you_mean(lex_.here(), op_spellings()));
  }

  // "anyof (": a modifier only if a list follows, else it is a value.
  Modifier parse_modifier_word() {
    const auto start = lex_.at();
    const auto word = lex_.take_word();
    const auto modifier = word ? parse_modifier(*word) : std::nullopt;
    lex_.skip_blanks();
    if (modifier && lex_.peek() == '(') return *modifier;
    lex_.rewind(start);
    return Modifier::none;
  }

  Result<bool> parse_values(Expr& node) {
    const bool wants_list = is_list_op(node.comparison.op) || node.comparison.modifier != Modifier::none;
    if (wants_list && lex_.peek() == '(') return parse_list(node);
    if (auto term = parse_transform_value()) {
      if (!*term) return std::unexpected(term->error());
      node.values.push_back(std::move(**term));
      return true;
    }
    if (wants_list && lex_.peek() != '"' && lex_.peek() != '\'' && !is_word_next())
      return fail("expected a list in parentheses here");
    auto value = is_order_op(node.comparison.op) ? parse_number() : parse_value("a value");
    if (!value) return std::unexpected(value.error());
    node.values.push_back(std::move(*value));
    return true;
  }

  bool is_word_next() {
    const auto start = lex_.at();
    const bool word = lex_.take_word().has_value();
    lex_.rewind(start);
    return word;
  }

  // A transformer on the right-hand side; a bare field there is text.
  std::optional<Result<Term>> parse_transform_value() {
    const auto start = lex_.at();
    const auto word = lex_.take_word();
    const auto transform = word ? parse_transform(*word) : std::nullopt;
    if (transform && lex_.take('(')) return parse_arguments(*transform, start);
    lex_.rewind(start);
    return std::nullopt;
  }

  Result<bool> parse_list(Expr& node) {
    node.list = true;
    lex_.take('(');
    lex_.skip_blanks();
    if (lex_.take(')')) return true;
    do {
      lex_.skip_blanks();
      auto value = parse_value("a value");
      if (!value) return std::unexpected(value.error());
      node.values.push_back(std::move(*value));
      lex_.skip_blanks();
    } while (lex_.take(','));
    if (lex_.take(')')) return true;
    return fail("expected ',' or ')' in the list");
  }

  Result<Term> parse_number() {
    const auto start = lex_.at();
    Term term;
    const auto number = lex_.take_number();
    if (!number) return fail("expected a number here");
    term.text = *number;
    term.span = {start, lex_.at()};
    return term;
  }

  Result<Term> parse_value(std::string_view what) {
    const auto start = lex_.at();
    Term term;
    auto quoted = lex_.take_quoted();
    if (!quoted) return std::unexpected(quoted.error());
    if (*quoted) {
      term.text = std::move(**quoted);
      term.quoted = true;
    } else if (const auto bare = lex_.take_bare()) {
      term.text = *bare;
    } else {
      return fail("expected " + std::string(what) + " here");
    }
    term.span = {start, lex_.at()};
    return term;
  }

  Lexer lex_;
  std::size_t depth_ = 0;
};

}  // namespace

std::expected<ast::Expr, ParseError> parse_condition(std::string_view text) { return Parser(text).parse(); }
std::expected<ast::Term, ParseError> parse_transformer(std::string_view text) { return Parser(text).parse_term(); }

}  // namespace eunomia::lang
