// The engine against the slow evaluator, on random expressions and data.
//
//   TIDEMARK_SLOW_ROUNDS=20000 build/release/promql_test --gtest_filter='SlowEvaluator*'
//   TIDEMARK_SLOW_SEED=7 …       the rounds from that one on

#include "promql/testing/slow_evaluator.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "promql/testing/random_series.h"
#include "promql/testing/same_answer.h"

namespace tidemark::promql {
namespace {

constexpr int kQueriesPerRound = 20;  // about the same data

uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// What came of many queries.
struct Tally {
  int answered = 0;
  int empty = 0;
  int refused = 0;
  int ambiguous = 0;
};

bool IsEmpty(const Value& value) {
  const auto* vector = std::get_if<Vector>(&value);
  const auto* matrix = std::get_if<Matrix>(&value);
  return (vector != nullptr && vector->series.empty()) ||
         (matrix != nullptr && matrix->series.empty());
}

QueryRequest RandomRequest(std::mt19937_64& random, RandomExprs& exprs) {
  QueryRequest request;
  const bool instant = random() % 3 == 0;
  const ValueType type = instant && random() % 8 == 0   ? ValueType::kMatrix
                         : instant && random() % 8 == 0 ? ValueType::kScalar
                                                        : ValueType::kVector;
  request.expr = exprs.Next(type, 1 + static_cast<int>(random() % 3));
  constexpr int64_t kSteps[] = {15'000, 60'000, 150'000, 1'000'000};
  request.start = static_cast<int64_t>(random() % 25) * 60'000 + (random() % 2 == 0 ? 0 : 4'321);
  request.end = request.start;
  if (!instant) {
    request.step_ms = kSteps[random() % std::size(kSteps)];
    request.end += static_cast<int64_t>(random() % 8) * request.step_ms;
  }
  return request;
}

void Compare(uint64_t seed, EngineOptions options, Tally& tally) {
  std::mt19937_64 random(seed);
  const std::vector<SlowSeries> data = RandomSeries(seed).Next();
  MemoryStorage storage(1 + random() % 7);
  Load(data, storage);
  RandomExprs exprs(seed, ExprsAboutRandomSeries());
  options.parser = ExprsAboutRandomSeries().features;
  options.use_start_timestamps = random() % 4 == 0;
  const Engine engine(options);
  SlowEvaluator slow(options, data);
  for (int i = 0; i < kQueriesPerRound; ++i) {
    const QueryRequest request = RandomRequest(random, exprs);
    const StatusOr<QueryResult> want = slow.Execute(request);
    Cancellation never;
    const StatusOr<QueryResult> got = engine.Execute(request, storage, never);
    if (slow.ambiguous()) {
      ++tally.ambiguous;
      continue;
    }
    ++(!want.ok() ? tally.refused : IsEmpty(want->value) ? tally.empty : tally.answered);
    const std::string difference = Difference(want, got, request.expr, slow.largest());
    if (difference.empty()) continue;
    ADD_FAILURE() << "seed " << seed << (options.use_start_timestamps ? " with start times" : "")
                  << ", from " << request.start << " to " << request.end << " step "
                  << request.step_ms << "\n"
                  << request.expr << "\n"
                  << difference;
  }
}

class SlowEvaluatorTest : public testing::TestWithParam<bool> {};

TEST_P(SlowEvaluatorTest, AnswersAsTheEngineDoes) {
  const uint64_t first = FromEnvironment("TIDEMARK_SLOW_SEED", 1);
  const uint64_t rounds = FromEnvironment("TIDEMARK_SLOW_ROUNDS", 1000);
  EngineOptions options;
  options.delayed_name_removal = GetParam();
  Tally tally;
  for (uint64_t seed = first; seed < first + rounds; ++seed) Compare(seed, options, tally);
  RecordProperty("answered", tally.answered);
  RecordProperty("empty", tally.empty);
  RecordProperty("refused", tally.refused);
  RecordProperty("ambiguous", tally.ambiguous);
  EXPECT_GT(tally.answered, static_cast<int>(rounds) * kQueriesPerRound / 5);
}

INSTANTIATE_TEST_SUITE_P(Names, SlowEvaluatorTest, testing::Bool(), [](const auto& info) {
  return info.param ? "DroppedAtTheEnd" : "DroppedAtOnce";
});

}  // namespace
}  // namespace tidemark::promql
