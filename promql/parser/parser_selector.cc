// The Parser's selectors, matchers and metrics.
#include "promql/parser/parser.h"

namespace tidemark::promql {
namespace {

using tsdb::Matcher;

std::optional<Matcher::Op> MatchOpOf(TokenType type) {
  switch (type) {
    case TokenType::kEqual:
      return Matcher::Op::kEqual;
    case TokenType::kNotEqual:
      return Matcher::Op::kNotEqual;
    case TokenType::kRegexMatch:
      return Matcher::Op::kRegex;
    case TokenType::kRegexNotMatch:
      return Matcher::Op::kNotRegex;
    default:
      return std::nullopt;
  }
}

constexpr std::string_view kMatching = "label matching";
constexpr std::string_view kLabelSet = "label set";
constexpr std::string_view kNameOrBrace = "identifier or \"}\"";
constexpr std::string_view kCommaOrBrace = "\",\" or \"}\"";

}  // namespace

StatusOr<std::vector<Matcher>> Parser::ParseWholeSelector() {
  if (!PeekIs(TokenType::kLeftBrace) && !IsMetricName(Peek().type)) return Unexpected();
  ASSIGN_OR_RETURN(const std::unique_ptr<VectorSelector> selector, ParseSelector());
  RETURN_IF_ERROR(ExpectEnd());
  return std::move(selector->matchers);
}

StatusOr<std::unique_ptr<VectorSelector>> Parser::ParseSelector() {
  if (!PeekIs(TokenType::kLeftBrace)) return ParseSelectorAfterName(Take());
  auto selector = std::make_unique<VectorSelector>();
  RETURN_IF_ERROR(ParseMatchers(*selector));
  return selector;
}

StatusOr<std::unique_ptr<VectorSelector>> Parser::ParseSelectorAfterName(const Token& name) {
  auto selector = std::make_unique<VectorSelector>();
  selector->name = name.text;
  selector->pos = name.range();
  if (PeekIs(TokenType::kLeftBrace)) {
    RETURN_IF_ERROR(ParseMatchers(*selector));
    selector->pos.start = name.pos;
  }
  selector->matchers.push_back(Matcher::Equal(tsdb::kMetricName, name.text));
  return selector;
}

Status Parser::ParseMatchers(VectorSelector& selector) {
  const int32_t start = Take().pos;
  while (!PeekIs(TokenType::kRightBrace)) {
    ASSIGN_OR_RETURN(Matcher matcher, ParseMatcher());
    selector.matchers.push_back(std::move(matcher));
    if (PeekIs(TokenType::kRightBrace)) break;
    if (!PeekIs(TokenType::kComma)) return Unexpected(kMatching, kCommaOrBrace);
    Take();
  }
  selector.pos = {start, Take().end()};
  return OkStatus();
}

StatusOr<Matcher> Parser::ParseMatcher() {
  const bool quoted = PeekIs(TokenType::kString);
  if (!quoted && !PeekIs(TokenType::kIdentifier)) return Unexpected(kMatching, kNameOrBrace);
  const Token token = Take();
  std::string name(token.text);
  if (quoted) {
    ASSIGN_OR_RETURN(name, UnquoteToken(token));
  }
  if (const auto op = MatchOpOf(Peek().type)) {
    Take();
    return ParseMatcherValue(*op, name, token.pos);
  }
  if (!quoted) return Unexpected(kMatching, "label matching operator");
  return Matcher::Equal(tsdb::kMetricName, name);
}

StatusOr<Matcher> Parser::ParseMatcherValue(Matcher::Op op, std::string_view name, int32_t start) {
  if (!PeekIs(TokenType::kString)) return Unexpected(kMatching, "string");
  ASSIGN_OR_RETURN(const std::string value, UnquoteToken(Take()));
  StatusOr<Matcher> matcher = Matcher::Make(op, name, value);
  if (matcher.ok()) return matcher;
  return Fail(start, MessageOf(matcher.status()));
}

StatusOr<tsdb::Labels> Parser::ParseWholeMetric() {
  std::vector<Label> labels;
  std::string name;
  if (IsMetricName(Peek().type)) name = Take().text;
  if (PeekIs(TokenType::kLeftBrace)) {
    ASSIGN_OR_RETURN(labels, ParseLabelSet());
  }
  RETURN_IF_ERROR(ExpectEnd());
  if (!name.empty()) {
    std::erase_if(labels, [](const Label& label) { return label.first == tsdb::kMetricName; });
    labels.emplace_back(tsdb::kMetricName, name);
  }
  StatusOr<tsdb::Labels> metric = tsdb::Labels::FromPairs(std::move(labels));
  if (!metric.ok()) return Fail(0, MessageOf(metric.status()));
  return metric;
}

StatusOr<std::vector<Parser::Label>> Parser::ParseLabelSet() {
  std::vector<Label> labels;
  Take();
  while (!PeekIs(TokenType::kRightBrace)) {
    ASSIGN_OR_RETURN(labels.emplace_back(), ParseLabel());
    if (PeekIs(TokenType::kRightBrace)) break;
    if (!PeekIs(TokenType::kComma)) return Unexpected(kLabelSet, kCommaOrBrace);
    Take();
  }
  Take();
  return labels;
}

StatusOr<Parser::Label> Parser::ParseLabel() {
  const bool quoted = PeekIs(TokenType::kString);
  if (!quoted && !PeekIs(TokenType::kIdentifier)) return Unexpected(kLabelSet, kNameOrBrace);
  const Token token = Take();
  Label label{std::string(token.text), ""};
  if (quoted) {
    ASSIGN_OR_RETURN(label.first, UnquoteToken(token));
  }
  if (!PeekIs(TokenType::kEqual)) {
    if (!quoted) return Unexpected(kLabelSet, "\"=\"");
    return Label{tsdb::kMetricName, std::move(label.first)};
  }
  Take();
  if (!PeekIs(TokenType::kString)) return Unexpected(kLabelSet, "string");
  ASSIGN_OR_RETURN(label.second, UnquoteToken(Take()));
  return label;
}

}  // namespace tidemark::promql
