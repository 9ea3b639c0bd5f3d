#include "promql/testing/random_expr.h"

#include <fmt/format.h>

#include "promql/parser/ast.h"
#include "tsdb/base/quote.h"

namespace tidemark::promql {
namespace {

struct Operator {
  BinaryOp op;
  int precedence;
};

// ^ is the only one that groups to the right.
constexpr int kPowPrecedence = 6;
constexpr int kUnaryPrecedence = 5;
constexpr Operator kOperators[] = {
    {BinaryOp::kPow, kPowPrecedence},
    {BinaryOp::kMul, 5},
    {BinaryOp::kDiv, 5},
    {BinaryOp::kMod, 5},
    {BinaryOp::kAtan2, 5},
    {BinaryOp::kAdd, 4},
    {BinaryOp::kSub, 4},
    {BinaryOp::kEqual, 3},
    {BinaryOp::kNotEqual, 3},
    {BinaryOp::kLess, 3},
    {BinaryOp::kLessOrEqual, 3},
    {BinaryOp::kGreater, 3},
    {BinaryOp::kGreaterOrEqual, 3},
    // From here on between vectors only.
    {BinaryOp::kAnd, 2},
    {BinaryOp::kUnless, 2},
    {BinaryOp::kOr, 1},
};
constexpr size_t kScalarOperators = 13;

constexpr AggregateOp kAggregations[] = {
    AggregateOp::kSum,     AggregateOp::kAvg,        AggregateOp::kCount,
    AggregateOp::kMin,     AggregateOp::kMax,        AggregateOp::kGroup,
    AggregateOp::kStddev,  AggregateOp::kStdvar,     AggregateOp::kTopk,
    AggregateOp::kBottomk, AggregateOp::kQuantile,   AggregateOp::kCountValues,
    AggregateOp::kLimitk,  AggregateOp::kLimitRatio,
};
constexpr size_t kStableAggregations = 12;

std::vector<const Function*> FunctionsOf(ValueType type, const ParserOptions& features) {
  std::vector<const Function*> wanted;
  for (const Function* f : AllFunctions()) {
    const bool enabled = features.experimental_functions || !f->experimental;
    if (f->return_type == type && enabled) wanted.push_back(f);
  }
  return wanted;
}

}  // namespace

RandomExprs::RandomExprs(uint64_t seed, RandomExprOptions options)
    : options_(std::move(options)), random_(seed) {}

std::string RandomExprs::Next(ValueType type, int depth) { return Draw(type, depth).text; }

RandomExprs::Piece RandomExprs::Draw(ValueType type, int depth) {
  switch (type) {
    case ValueType::kScalar:
      return DrawScalar(depth);
    case ValueType::kMatrix:
      return DrawMatrix(depth);
    case ValueType::kString:
      return DrawString();
    default:
      return DrawVector(depth);
  }
}

RandomExprs::Piece RandomExprs::DrawScalar(int depth) {
  if (depth <= 0) return DrawNumber();
  switch (Below(5)) {
    case 0:
      return DrawNumber();
    case 1:
      return DrawCall(ValueType::kScalar, depth - 1);
    case 2:
      return DrawUnary(ValueType::kScalar, depth - 1);
    default:
      return DrawBinary(ValueType::kScalar, depth - 1);
  }
}

RandomExprs::Piece RandomExprs::DrawVector(int depth) {
  if (depth <= 0) return DrawSelector();
  switch (Below(9)) {
    case 0:
      return DrawSelector();
    case 1:
    case 2:
      return DrawAggregate(depth - 1);
    case 3:
    case 4:
      return DrawCall(ValueType::kVector, depth - 1);
    case 5:
      return DrawUnary(ValueType::kVector, depth - 1);
    default:
      return DrawBinary(ValueType::kVector, depth - 1);
  }
}

RandomExprs::Piece RandomExprs::DrawMatrix(int depth) {
  if (depth > 0 && OneIn(3)) {
    // A subquery belongs to what is right before it: an operand of the strongest kind.
    const Piece inner = DrawVector(depth - 1);
    const std::string step = OneIn(2) ? DrawDuration() : "";
    std::string text = fmt::format("{}[{}:{}]", Operand(inner, kAtom, false), DrawDuration(), step);
    return {text + DrawTimeModifiers(), kAtom};
  }
  std::string text = Pick(options_.metrics) + DrawMatchers(false);
  text += fmt::format("[{}]", DrawDuration());
  if (options_.features.extended_range_selectors && OneIn(6)) {
    text += OneIn(2) ? " anchored" : " smoothed";
  }
  return {text + DrawTimeModifiers(), kAtom};
}

RandomExprs::Piece RandomExprs::DrawString() {
  static const auto& texts = *new std::vector<std::string>{"(.*)", "$1", "-", "é\n", "a\\b"};
  return {Quoted(OneIn(2) ? Pick(options_.label_names) : Pick(texts)), kAtom};
}

RandomExprs::Piece RandomExprs::DrawNumber() {
  static const auto& numbers = *new std::vector<std::string>{
      "0", "1", "2", "0.5", "1e3", "1e-7", "100", "1_000", "0x1F", "NaN", "Inf", "90s", "1h30m"};
  return {Pick(numbers), kAtom};
}

RandomExprs::Piece RandomExprs::DrawSelector() {
  const bool named = !OneIn(5);
  const std::string name = named ? Pick(options_.metrics) : "";
  return {name + DrawMatchers(!named) + DrawTimeModifiers(), kAtom};
}

std::string RandomExprs::DrawMatchers(bool restrict) {
  static const auto& operators = *new std::vector<std::string>{"=", "!=", "=~", "!~"};
  if (!restrict && OneIn(2)) return "";
  std::string text = "{";
  // Not empty, so that it restricts the selection.
  if (restrict) text += Pick(options_.label_names) + "=" + Quoted(Pick(options_.label_values));
  for (uint64_t i = Below(3); i > 0; --i) {
    if (text.size() > 1) text += ", ";
    text += Pick(options_.label_names) + Pick(operators) + Quoted(Pick(options_.label_values));
  }
  return text + "}";
}

std::string RandomExprs::DrawTimeModifiers() {
  static const auto& times =
      *new std::vector<std::string>{"@ start()", "@ end()", "@ 60", "@ 90.5", "@ -1"};
  const std::string at = OneIn(6) ? " " + Pick(times) : "";
  if (!OneIn(5)) return at;
  const std::string offset =
      fmt::format(" offset {}{}", OneIn(3) ? "-" : "", Pick(options_.durations));
  return OneIn(2) ? at + offset : offset + at;
}

std::string RandomExprs::DrawDuration() {
  if (!options_.features.duration_expressions || !OneIn(4)) return Pick(options_.durations);
  static const auto& formats = *new std::vector<std::string>{
      "{} + {}", "({} + {}) * 2", "max_of({}, {})",     "{} + step() * 2",
      "-(-{})",  "{} / 2 ^ 2",    "min_of(range(), {})"};
  const std::string a = Pick(options_.durations);
  const std::string b = Pick(options_.durations);
  return fmt::format(fmt::runtime(Pick(formats)), a, b);
}

std::string RandomExprs::Operand(const Piece& piece, int precedence, bool right) {
  const bool right_associative = precedence == kPowPrecedence;
  const bool equal_needs_parens = right != right_associative;
  const bool needs_parens =
      piece.precedence < precedence || (piece.precedence == precedence && equal_needs_parens);
  const bool wrap = options_.all_parens ? true : needs_parens;
  return wrap ? "(" + piece.text + ")" : piece.text;
}

RandomExprs::Piece RandomExprs::DrawUnary(ValueType type, int depth) {
  Piece operand = Draw(type, depth);
  // A signed number is a number: nothing that parentheses leave as it is.
  if (type == ValueType::kScalar) operand = {"(" + operand.text + ")", kAtom};
  return {(OneIn(4) ? "+" : "-") + Operand(operand, kUnaryPrecedence + 1, true), kUnaryPrecedence};
}

RandomExprs::Piece RandomExprs::DrawBinary(ValueType type, int depth) {
  const bool scalar = type == ValueType::kScalar;
  const uint64_t sides = scalar ? 0 : 1 + Below(4);  // 1: scalar left, 2: scalar right
  const ValueType left = sides <= 1 ? ValueType::kScalar : ValueType::kVector;
  const ValueType right = scalar || sides == 2 ? ValueType::kScalar : ValueType::kVector;
  const bool vectors = left == ValueType::kVector && right == ValueType::kVector;
  const size_t choices = vectors ? std::size(kOperators) : kScalarOperators;
  const Operator& op = kOperators[Below(choices)];
  std::string modifiers;
  if (IsComparison(op.op) && (scalar || OneIn(2))) modifiers = " bool";
  if (vectors && OneIn(2)) modifiers += DrawMatching(IsSetOperator(op.op));
  const Piece lhs = Draw(left, depth);
  const Piece rhs = Draw(right, depth);
  return {fmt::format("{} {}{} {}", Operand(lhs, op.precedence, false), BinaryOpName(op.op),
                      modifiers, Operand(rhs, op.precedence, true)),
          op.precedence};
}

std::string RandomExprs::DrawGrouping(const char* keyword, size_t max) {
  std::string text = fmt::format(" {} (", keyword);
  const uint64_t count = Below(max + 1);
  for (uint64_t i = 0; i < count; ++i) {
    if (i > 0) text += ", ";
    text += options_.label_names[i];
  }
  return text + ")";
}

std::string RandomExprs::DrawMatching(bool set_operator) {
  std::string text = DrawGrouping(OneIn(2) ? "on" : "ignoring", options_.label_names.size() - 1);
  if (set_operator) return text;
  if (OneIn(3)) {
    // Not one of those above, which are taken from the front.
    const std::string include = OneIn(2) ? options_.label_names.back() : "";
    text += fmt::format(" group_{} ({})", OneIn(2) ? "left" : "right", include);
  }
  return text + DrawFill();
}

std::string RandomExprs::DrawFill() {
  if (!options_.features.binary_fill_modifiers || !OneIn(4)) return "";
  static const auto& fills = *new std::vector<std::string>{
      " fill (0)", " fill_left (-1)", " fill_right (2.5)", " fill_left (1) fill_right (2)"};
  return Pick(fills);
}

RandomExprs::Piece RandomExprs::DrawAggregate(int depth) {
  const bool experimental = options_.features.experimental_functions;
  const AggregateOp op =
      kAggregations[Below(experimental ? std::size(kAggregations) : kStableAggregations)];
  std::string args;
  if (op == AggregateOp::kCountValues)
    args = Quoted(Pick(options_.label_names)) + ", ";
  else if (TakesParam(op))
    args = DrawScalar(depth).text + ", ";
  args += DrawVector(depth).text;
  std::string grouping;
  if (OneIn(2)) {
    grouping = DrawGrouping(OneIn(2) ? "by" : "without", options_.label_names.size());
  }
  const bool in_front = OneIn(2);
  return {fmt::format("{}{} ({}){}", AggregateOpName(op), in_front ? grouping : "", args,
                      in_front ? "" : grouping),
          kAtom};
}

RandomExprs::Piece RandomExprs::DrawCall(ValueType type, int depth) {
  const std::vector<const Function*> functions = FunctionsOf(type, options_.features);
  const Function& function = *functions[Below(functions.size())];
  return {fmt::format("{}({})", function.name, DrawArguments(function, depth)), kAtom};
}

std::string RandomExprs::DrawArguments(const Function& function, int depth) {
  const auto& types = function.arg_types;
  size_t count = types.size();
  if (function.variadic != 0) {
    const uint64_t most = function.variadic < 0 ? 3 : function.variadic;
    count = types.size() - 1 + Below(most + 1);
  }
  std::string args;
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) args += ", ";
    if (function.name == "info" && i == 1) {
      args += DrawMatchers(true);  // not an expression, though it looks like one
    } else {
      args += Draw(types[std::min(i, types.size() - 1)], depth).text;
    }
  }
  return args;
}

}  // namespace tidemark::promql
