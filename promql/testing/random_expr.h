// Random expressions for property tests and for comparing evaluators.
//
//   RandomExprs exprs(seed, {});
//   const std::string text = exprs.Next(ValueType::kVector, 3);
//
// They parse and have the right types; an evaluator may still refuse one (many
// series match, a label name is invalid).
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "promql/parser/functions.h"
#include "promql/parser/parse.h"
#include "promql/parser/value_type.h"

namespace tidemark::promql {

struct RandomExprOptions {
  std::vector<std::string> metrics = {"requests_total", "errors_total", "temperature"};
  std::vector<std::string> label_names = {"job", "instance", "code"};
  std::vector<std::string> label_values = {"a", "b", "200"};
  // Ranges, steps and offsets.
  std::vector<std::string> durations = {"30s", "1m", "5m", "7m30s"};
  ParserOptions features;
  // Parentheses around every operand, instead of only where precedence asks for
  // them.  The expression is the same for the same seed.
  bool all_parens = false;
};

// The same expressions for the same seed.  Threads: one.
class RandomExprs {
 public:
  RandomExprs(uint64_t seed, RandomExprOptions options);

  // An expression of type kScalar, kVector, kMatrix or kString, with at most
  // `depth` levels of operators, aggregations and functions.
  std::string Next(ValueType type, int depth);

 private:
  // How strongly the outermost operator of `text` binds; kAtom: there is none.
  struct Piece {
    std::string text;
    int precedence;
  };
  static constexpr int kAtom = 100;

  Piece Draw(ValueType type, int depth);
  Piece DrawScalar(int depth);
  Piece DrawVector(int depth);
  Piece DrawMatrix(int depth);
  Piece DrawString();
  Piece DrawNumber();
  Piece DrawSelector();
  Piece DrawUnary(ValueType type, int depth);
  Piece DrawBinary(ValueType type, int depth);
  Piece DrawAggregate(int depth);
  Piece DrawCall(ValueType type, int depth);
  std::string DrawArguments(const Function& function, int depth);
  std::string DrawMatching(bool set_operator);
  std::string DrawGrouping(const char* keyword, size_t max);
  std::string DrawFill();
  std::string DrawMatchers(bool restrict);
  std::string DrawTimeModifiers();
  std::string DrawDuration();
  // `piece` as the operand of an operator that binds like `precedence`.
  std::string Operand(const Piece& piece, int precedence, bool right);

  bool OneIn(uint64_t n) { return Below(n) == 0; }
  uint64_t Below(uint64_t n) { return random_() % n; }
  const std::string& Pick(const std::vector<std::string>& from) { return from[Below(from.size())]; }

  const RandomExprOptions options_;
  std::mt19937_64 random_;
};

}  // namespace tidemark::promql
