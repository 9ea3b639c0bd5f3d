// The Parser's aggregations and functions.
#include <fmt/format.h>

#include "promql/parser/functions.h"
#include "promql/parser/parser.h"
#include "tsdb/base/quote.h"

namespace tidemark::promql {
namespace {

bool IsExperimental(AggregateOp op) {
  return op == AggregateOp::kLimitk || op == AggregateOp::kLimitRatio;
}

}  // namespace

StatusOr<ExprPtr> Parser::ParseAggregate(const Token& op) {
  const Within within(*this, "aggregation", "");
  if (!PeekIs(TokenType::kLeftParen)) {
    ASSIGN_OR_RETURN(Grouping grouping, ParseAggregateGrouping());
    ASSIGN_OR_RETURN(std::vector<ExprPtr> args, ParseArguments());
    return NewAggregate(op, std::move(grouping), std::move(args), last_closing_);
  }
  ASSIGN_OR_RETURN(std::vector<ExprPtr> args, ParseArguments());
  if (PeekIs(TokenType::kBy) || PeekIs(TokenType::kWithout)) {
    ASSIGN_OR_RETURN(Grouping grouping, ParseAggregateGrouping());
    return NewAggregate(op, std::move(grouping), std::move(args), last_closing_);
  }
  return NewAggregate(op, {}, std::move(args), EndOfOverreadBody());
}

StatusOr<Parser::Grouping> Parser::ParseAggregateGrouping() {
  Grouping grouping;
  grouping.without = Take().type == TokenType::kWithout;
  ASSIGN_OR_RETURN(grouping.labels, ParseGroupingLabels());
  return grouping;
}

// Where the arguments ended, when the token after them has been read: if that is
// a closing parenthesis too, `last_closing_` is already past it.
int32_t Parser::EndOfOverreadBody() const {
  const std::string_view text = lexer_.text();
  const auto last = static_cast<size_t>(last_read_);
  if (last == 0 || last >= text.size() || text[last] != ')') return last_closing_;
  const size_t before = text.find_last_not_of(" \t\n\r", last - 1);
  const bool found = before != std::string_view::npos && before > 0 && text[before] == ')';
  return found ? static_cast<int32_t>(before + 1) : last_closing_;
}

StatusOr<ExprPtr> Parser::NewAggregate(const Token& op, Grouping grouping,
                                       std::vector<ExprPtr> args, int32_t end) {
  auto aggregate = std::make_unique<AggregateExpr>();
  aggregate->pos = {op.pos, end};
  aggregate->op = AggregateOpOf(op.type);
  aggregate->grouping = std::move(grouping.labels);
  aggregate->without = grouping.without;
  if (args.empty()) return Fail(op.pos, "no arguments for aggregate expression provided");
  if (IsExperimental(aggregate->op) && !options_.experimental_functions) {
    return Fail(op.pos, fmt::format("{}() is experimental and must be enabled with "
                                    "--enable-feature=promql-experimental-functions",
                                    AggregateOpName(aggregate->op)));
  }
  const size_t wanted = TakesParam(aggregate->op) ? 2 : 1;
  if (args.size() != wanted) {
    return Fail(op.pos, fmt::format("wrong number of arguments for aggregate expression provided, "
                                    "expected {}, got {}",
                                    wanted, args.size()));
  }
  aggregate->expr = std::move(args.back());
  RETURN_IF_ERROR(Grow(*aggregate, {aggregate->expr.get()}));
  if (wanted == 2) {
    aggregate->param = std::move(args.front());
    RETURN_IF_ERROR(Grow(*aggregate, {aggregate->param.get()}));
  }
  return aggregate;
}

StatusOr<ExprPtr> Parser::ParseCall(const Token& name) {
  auto call = std::make_unique<Call>();
  ASSIGN_OR_RETURN(call->args, ParseArguments());
  call->function = FindFunction(name.text);
  if (call->function == nullptr) {
    return Fail(name.pos, fmt::format("unknown function with name {}", Quoted(name.text)));
  }
  if (call->function->experimental && !options_.experimental_functions) {
    return Fail(name.pos, fmt::format("function {} is not enabled", Quoted(name.text)));
  }
  call->pos = {name.pos, last_closing_};
  for (const ExprPtr& arg : call->args) RETURN_IF_ERROR(Grow(*call, {arg.get()}));
  return call;
}

StatusOr<std::vector<ExprPtr>> Parser::ParseArguments() {
  std::vector<ExprPtr> args;
  RETURN_IF_ERROR(Expect(TokenType::kLeftParen).status());
  if (PeekIs(TokenType::kRightParen)) {
    Take();
    return args;
  }
  while (true) {
    ASSIGN_OR_RETURN(args.emplace_back(), ParseExpr(kAnyPrecedence));
    if (!PeekIs(TokenType::kComma)) break;
    const Token comma = Take();
    if (!StartsExpr(Peek().type)) {
      return Fail(comma.pos, "trailing commas not allowed in function call args");
    }
  }
  RETURN_IF_ERROR(Expect(TokenType::kRightParen).status());
  return args;
}

}  // namespace tidemark::promql
