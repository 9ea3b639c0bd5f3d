#include "promql/parser/parser.h"

#include <fmt/format.h>

#include <algorithm>

namespace tidemark::promql {
namespace {

std::string LineAndColumn(std::string_view text, int32_t pos) {
  if (text.empty()) return "unknown position";
  if (pos < 0 || static_cast<size_t>(pos) > text.size()) return "invalid position";
  const std::string_view before = text.substr(0, pos);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t line_break = before.rfind('\n');
  const size_t column = line_break == std::string_view::npos ? pos + 1 : pos - line_break;
  return fmt::format("{}:{}", line, column);
}

bool CanEndExpr(TokenType type) {
  switch (type) {
    case TokenType::kRightBrace:
    case TokenType::kRightParen:
    case TokenType::kRightBracket:
    case TokenType::kDuration:
    case TokenType::kNumber:
      return true;
    default:
      return false;
  }
}

}  // namespace

Status ParseError(std::string_view text, int32_t pos, std::string_view message) {
  return InvalidArgument(fmt::format("{}: parse error: {}", LineAndColumn(text, pos), message));
}

const Token& Parser::Peek() {
  if (lookahead_) return *lookahead_;
  lookahead_ = lexer_.Next();
  last_read_ = lookahead_->pos;
  if (CanEndExpr(lookahead_->type)) last_closing_ = lookahead_->end();
  return *lookahead_;
}

Token Parser::Take() {
  const Token token = Peek();
  lookahead_.reset();
  return token;
}

StatusOr<Token> Parser::Expect(TokenType type) {
  if (!PeekIs(type)) return Unexpected();
  return Take();
}

Status Parser::Fail(int32_t pos, std::string_view message) {
  if (lookahead_ && lookahead_->type == TokenType::kError) {
    return ParseError(lexer_.text(), lookahead_->pos, lookahead_->text);
  }
  return ParseError(lexer_.text(), pos, message);
}

Status Parser::Unexpected() {
  if (explanations_.empty()) return Unexpected("", "");
  return Unexpected(explanations_.back().where, explanations_.back().expected);
}

Status Parser::Unexpected(std::string_view where, std::string_view expected) {
  const Token& token = Peek();
  std::string message = "unexpected " + Describe(token);
  if (!where.empty()) message += fmt::format(" in {}", where);
  if (!expected.empty()) message += fmt::format(", expected {}", expected);
  return Fail(token.pos, message);
}

Status Parser::ExpectEnd() { return PeekIs(TokenType::kEof) ? OkStatus() : Unexpected(); }

Status Parser::Grow(Expr& node, std::initializer_list<const Expr*> children) {
  for (const Expr* child : children) node.height = std::max(node.height, child->height + 1);
  if (node.height <= kMaxTreeHeight) return OkStatus();
  return Fail(node.pos.start,
              fmt::format("expression has more than {} levels of operators", kMaxTreeHeight));
}

Status Parser::Nested::Check() const {
  if (parser_.nesting_ <= kMaxNesting) return OkStatus();
  return parser_.Fail(parser_.Peek().pos,
                      fmt::format("expression is nested deeper than {} levels", kMaxNesting));
}

int PrecedenceOf(TokenType type) {
  switch (type) {
    case TokenType::kOr:
      return kAnyPrecedence;
    case TokenType::kAnd:
    case TokenType::kUnless:
      return 2;
    case TokenType::kEqualEqual:
    case TokenType::kNotEqual:
    case TokenType::kLess:
    case TokenType::kLessOrEqual:
    case TokenType::kGreater:
    case TokenType::kGreaterOrEqual:
    case TokenType::kTrimUpper:
    case TokenType::kTrimLower:
      return 3;
    case TokenType::kAdd:
    case TokenType::kSub:
      return 4;
    case TokenType::kMul:
    case TokenType::kDiv:
    case TokenType::kMod:
    case TokenType::kAtan2:
      return kUnaryPrecedence;
    case TokenType::kPow:
      return 6;
    default:
      return 0;
  }
}

bool IsMetricName(TokenType type) {
  switch (type) {
    case TokenType::kIdentifier:
    case TokenType::kMetricIdentifier:
    case TokenType::kAnd:
    case TokenType::kOr:
    case TokenType::kUnless:
    case TokenType::kBy:
    case TokenType::kWithout:
    case TokenType::kFill:
    case TokenType::kFillLeft:
    case TokenType::kFillRight:
    case TokenType::kOffset:
    case TokenType::kAnchored:
    case TokenType::kSmoothed:
      return true;
    default:
      return IsAggregator(type) || IsFunctionLike(type);
  }
}

bool StartsExpr(TokenType type) {
  switch (type) {
    case TokenType::kNumber:
    case TokenType::kDuration:
    case TokenType::kString:
    case TokenType::kLeftParen:
    case TokenType::kLeftBrace:
    case TokenType::kAdd:
    case TokenType::kSub:
      return true;
    default:
      return IsMetricName(type);
  }
}

}  // namespace tidemark::promql
