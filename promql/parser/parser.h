// Parser: recursive descent over the tokens of one text, behind parse.h.
//
// Which error is reported, and where, is Prometheus': its parser is generated from
// an LALR grammar, collects errors, and shows the first.  Three rules give the same
// answers here:
//
//   - The first error ends the parse.
//   - A token is read only when the grammar needs it to go on, because reading one
//     may itself be the first error, and moves `last_closing_`.  A token that
//     cannot be read wins over any error found after it was read.
//   - The grammar has places that explain what they expected.  An unexpected token
//     is explained by the innermost of those that are still open (class Within).
//
// Threads: one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "promql/parser/ast.h"
#include "promql/parser/lexer.h"
#include "promql/parser/parse.h"
#include "tsdb/base/status.h"
#include "tsdb/model/labels.h"

namespace tidemark::promql {

// "line:column: parse error: …" for the byte `pos` of `text`.
Status ParseError(std::string_view text, int32_t pos, std::string_view message);

class Parser {
 public:
  Parser(std::string_view text, const ParserOptions& options) : options_(options), lexer_(text) {}

  // Each reads the whole text; the errors are those of parse.h.  Types are not
  // checked here (type_check.h).
  StatusOr<ExprPtr> ParseWholeExpr();
  StatusOr<std::vector<tsdb::Matcher>> ParseWholeSelector();
  StatusOr<tsdb::Labels> ParseWholeMetric();

 private:
  struct Explanation {
    std::string_view where;     // "… in where"
    std::string_view expected;  // "…, expected expected"
  };
  // While it lives, an unexpected token is explained so.
  class Within;
  // While it lives, the parse is one level deeper.
  class Nested;

  struct Modifiers {
    VectorMatching matching;
    bool return_bool = false;
  };
  struct Grouping {
    std::vector<std::string> labels;
    bool without = false;
  };
  using Label = std::pair<std::string, std::string>;

  // parser.cc: tokens and errors.
  const Token& Peek();
  bool PeekIs(TokenType type) { return Peek().type == type; }
  Token Take();
  // Takes the token if it is of that type; else it is unexpected.
  StatusOr<Token> Expect(TokenType type);
  Status Fail(int32_t pos, std::string_view message);
  Status Unexpected();
  Status Unexpected(std::string_view where, std::string_view expected);
  Status ExpectEnd();
  // Sets the height of `node` from its children.
  Status Grow(Expr& node, std::initializer_list<const Expr*> children);

  // parser_expr.cc: operators, literals, parentheses.
  StatusOr<ExprPtr> ParseExpr(int min_precedence);
  StatusOr<ExprPtr> ParseOperand();
  StatusOr<ExprPtr> ParsePrimary();
  StatusOr<ExprPtr> ParseWordExpr();
  StatusOr<ExprPtr> ParseParen();
  StatusOr<ExprPtr> ParseUnary();
  StatusOr<ExprPtr> ParseString();
  StatusOr<ExprPtr> NewBinary(ExprPtr lhs, BinaryOp op, Modifiers modifiers, ExprPtr rhs);
  StatusOr<std::unique_ptr<NumberLiteral>> ParseNumberLiteral();
  // The value of a token that is a number or a duration.
  StatusOr<double> NumberOf(const Token& token);
  StatusOr<std::string> UnquoteToken(const Token& token);

  // parser_call.cc: aggregations and functions.
  StatusOr<ExprPtr> ParseAggregate(const Token& op);
  StatusOr<ExprPtr> ParseCall(const Token& name);
  StatusOr<std::vector<ExprPtr>> ParseArguments();
  StatusOr<Grouping> ParseAggregateGrouping();
  StatusOr<ExprPtr> NewAggregate(const Token& op, Grouping grouping, std::vector<ExprPtr> args,
                                 int32_t end);
  int32_t EndOfOverreadBody() const;

  // parser_matching.cc: what stands between an operator and its right side.
  StatusOr<Modifiers> ParseModifiers();
  Status ParseGroupModifier(VectorMatching& matching);
  Status ParseFillModifiers(VectorMatching& matching);
  StatusOr<double> ParseFillValue();
  StatusOr<std::vector<std::string>> ParseGroupingLabels();
  StatusOr<std::string> ParseGroupingLabel();

  // parser_selector.cc: selectors, matchers, metrics.
  StatusOr<std::unique_ptr<VectorSelector>> ParseSelector();
  StatusOr<std::unique_ptr<VectorSelector>> ParseSelectorAfterName(const Token& name);
  Status ParseMatchers(VectorSelector& selector);
  StatusOr<tsdb::Matcher> ParseMatcher();
  StatusOr<tsdb::Matcher> ParseMatcherValue(tsdb::Matcher::Op op, std::string_view name,
                                            int32_t start);
  StatusOr<std::vector<Label>> ParseLabelSet();
  StatusOr<Label> ParseLabel();

  // parser_range.cc: what follows an expression: [5m], [5m:1m], offset, @, anchored.
  bool PeekIsPostfix();
  StatusOr<ExprPtr> ParsePostfix(ExprPtr expr);
  StatusOr<ExprPtr> ParseBracket(ExprPtr expr);
  StatusOr<ExprPtr> ParseSubqueryStep(ExprPtr expr, ExprPtr range);
  StatusOr<ExprPtr> NewMatrixSelector(ExprPtr expr, int32_t bracket, ExprPtr range);
  StatusOr<ExprPtr> NewSubquery(ExprPtr expr, ExprPtr range, ExprPtr step);
  Status ParseOffset(Expr& expr);
  Status ParseAt(Expr& expr);
  Status ParseAtTime(Expr& expr, double sign);
  Status ParseAtPreprocessor(Expr& expr);
  Status SetAt(Expr& expr, AtModifier at);
  Status SetExtended(Expr& expr, const Token& keyword);
  // The TimeShift that offset and @ change; the error with `message` when `expr`
  // is nothing that has one.
  StatusOr<TimeShift*> ShiftOf(Expr& expr, std::string_view message);

  // parser_duration.cc: durations and arithmetic on them.
  StatusOr<ExprPtr> ParsePositiveDuration();
  StatusOr<ExprPtr> ParseDurationExpr(int min_precedence);
  StatusOr<ExprPtr> ParseDurationRest(ExprPtr lhs, int min_precedence);
  StatusOr<ExprPtr> ParseDurationOperand();
  StatusOr<ExprPtr> ParseDurationParen();
  StatusOr<ExprPtr> ParseDurationLiteral();
  // step(), range(), min_of(…), max_of(…); errors are at `sign`, if there is one.
  StatusOr<ExprPtr> ParseDurationCall(const Token* sign);
  StatusOr<ExprPtr> ParseStepOrRange();
  StatusOr<ExprPtr> ParseMinOrMax();
  StatusOr<ExprPtr> ParseOffsetDuration();
  StatusOr<ExprPtr> ParseSignedOffset();
  StatusOr<ExprPtr> NewDurationBinary(ExprPtr lhs, const Token& op, ExprPtr rhs);
  StatusOr<ExprPtr> NewDurationUnary(const Token& op, ExprPtr operand);
  StatusOr<ExprPtr> Negate(const Token& op, ExprPtr literal);
  StatusOr<ExprPtr> Wrap(ExprPtr expr, PositionRange range);
  Status CheckDurationExprEnabled(PositionRange range);

  const ParserOptions options_;
  Lexer lexer_;
  std::optional<Token> lookahead_;
  int32_t last_read_ = 0;     // start of the token read last
  int32_t last_closing_ = 0;  // end of the last token read that can end an expression
  std::vector<Explanation> explanations_;
  int nesting_ = 0;
};

class Parser::Within {
 public:
  Within(Parser& parser, std::string_view where, std::string_view expected) : parser_(parser) {
    parser_.explanations_.push_back({where, expected});
  }
  ~Within() { parser_.explanations_.pop_back(); }
  Within(const Within&) = delete;
  Within& operator=(const Within&) = delete;

 private:
  Parser& parser_;
};

class Parser::Nested {
 public:
  explicit Nested(Parser& parser) : parser_(parser) { ++parser_.nesting_; }
  ~Nested() { --parser_.nesting_; }
  Nested(const Nested&) = delete;
  Nested& operator=(const Nested&) = delete;

  // The error when this is one level too many.
  Status Check() const;

 private:
  Parser& parser_;
};

// How strongly an operator binds, from 1 on; 0 for what is no operator.
int PrecedenceOf(TokenType type);
inline constexpr int kAnyPrecedence = 1;
inline constexpr int kUnaryPrecedence = 5;  // that of *

// Whether a metric may have this token as its name, though it means something else
// elsewhere.
bool IsMetricName(TokenType type);
// Whether an expression may begin with it.
bool StartsExpr(TokenType type);

}  // namespace tidemark::promql
