#include "promql/plan/planner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "promql/engine.h"
#include "promql/testing/query_harness.h"

namespace tidemark::promql {
namespace {

using ::testing::ElementsAre;

// Remembers the hints of each Select and finds nothing.
class HintRecorder : public tsdb::Queryable {
 public:
  class Nothing : public tsdb::SeriesSet {
   public:
    size_t size() const override { return 0; }
    const tsdb::Labels& labels(size_t /*i*/) const override { return labels_; }
    std::unique_ptr<tsdb::SampleIterator> Samples(size_t /*i*/) const override { return nullptr; }

   private:
    tsdb::Labels labels_;
  };

  class RecordingQuerier : public tsdb::Querier {
   public:
    explicit RecordingQuerier(std::vector<tsdb::SelectHints>& hints) : hints_(hints) {}
    StatusOr<std::unique_ptr<tsdb::SeriesSet>> Select(
        std::span<const tsdb::Matcher> /*matchers*/,
        const tsdb::SelectHints& hints) const override {
      hints_.push_back(hints);
      return std::make_unique<Nothing>();
    }
    StatusOr<std::vector<std::string>> LabelNames(std::span<const tsdb::Matcher> /*matchers*/,
                                                  size_t /*limit*/) const override {
      return std::vector<std::string>();
    }
    StatusOr<std::vector<std::string>> LabelValues(std::string_view /*name*/,
                                                   std::span<const tsdb::Matcher> /*matchers*/,
                                                   size_t /*limit*/) const override {
      return std::vector<std::string>();
    }

   private:
    std::vector<tsdb::SelectHints>& hints_;
  };

  StatusOr<std::unique_ptr<tsdb::Querier>> NewQuerier(std::string_view tenant, int64_t mint,
                                                      int64_t maxt) const override {
    tenant_ = tenant;
    mint_ = mint;
    maxt_ = maxt;
    return std::make_unique<RecordingQuerier>(hints_);
  }

  mutable std::vector<tsdb::SelectHints> hints_;
  mutable std::string tenant_;
  mutable int64_t mint_ = 0;
  mutable int64_t maxt_ = 0;
};

TEST(PlannerTest, HintsOfSelectors) {
  struct Case {
    const char* expr;
    int64_t start;
    int64_t end;
    int64_t step_ms;
    int64_t range_ms;
    const char* function;
    std::vector<std::string> grouping;
    bool by;
  };
  const std::vector<Case> cases = {
      {"x", 700'001, 2'000'000, 10'000, 0, "", {}, false},
      {"abs(x offset 5s)", 695'001, 1'995'000, 10'000, 0, "abs", {}, false},
      {"sum by (a) (x)", 700'001, 2'000'000, 10'000, 0, "sum", {"a"}, true},
      {"sum without (a) ((x))", 700'001, 2'000'000, 10'000, 0, "sum", {"a"}, false},
      {"sum by (a) (rate(x[1m]))", 940'001, 2'000'000, 10'000, 60'000, "rate", {}, false},
      {"sum(x + 1)", 700'001, 2'000'000, 10'000, 0, "", {}, false},
      {"sum by (a) (-x)", 700'001, 2'000'000, 10'000, 0, "sum", {}, false},
      {"max_over_time(x[100s:20s])", 620'001, 2'000'000, 20'000, 0, "max_over_time", {}, false},
      {"x @ 50", -249'999, 50'000, 10'000, 0, "", {}, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.expr);
    HintRecorder storage;
    Cancellation cancellation;
    const QueryRequest request{
        .expr = c.expr, .tenant = "t", .start = 1'000'000, .end = 2'000'000, .step_ms = 10'000};
    ASSERT_TRUE(Engine({}).Execute(request, storage, cancellation).ok());
    ASSERT_EQ(storage.hints_.size(), 1u);
    const tsdb::SelectHints& hints = storage.hints_[0];
    EXPECT_EQ(storage.tenant_, "t");
    EXPECT_LE(storage.mint_, hints.start);
    EXPECT_EQ(storage.maxt_, hints.end);
    EXPECT_EQ(hints.start, c.start);
    EXPECT_EQ(hints.end, c.end);
    EXPECT_EQ(hints.step_ms, c.step_ms);
    EXPECT_EQ(hints.range_ms, c.range_ms);
    EXPECT_EQ(hints.function, c.function);
    EXPECT_EQ(hints.grouping, c.grouping);
    EXPECT_EQ(hints.by, c.by);
    EXPECT_NE(hints.cancellation, nullptr);
  }
}

TEST(PlannerTest, AnchoredAndSmoothedReachBeyondTheirWindows) {
  const struct {
    const char* expr;
    int64_t start, end;  // of what is asked for
  } kCases[] = {
      {"rate(x[60s])", 940'001, 1'000'000},
      {"rate(x[60s] anchored)", 640'001, 1'000'000},
      {"rate(x[60s] smoothed)", 640'001, 1'300'000},
      {"x smoothed", 700'001, 1'300'000},
  };
  EngineOptions options;
  options.parser.extended_range_selectors = true;
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.expr);
    HintRecorder storage;
    Cancellation cancellation;
    const QueryRequest request{.expr = c.expr, .start = 1'000'000, .end = 1'000'000};
    ASSERT_TRUE(Engine(options).Execute(request, storage, cancellation).ok());
    ASSERT_EQ(storage.hints_.size(), 1U);
    EXPECT_EQ(storage.hints_[0].start, c.start);
    EXPECT_EQ(storage.hints_[0].end, c.end);
  }
}

TEST(PlannerTest, StartTimesAreReadWhereTheyAreUsed) {
  const struct {
    const char* expr;
    bool starts;
  } kCases[] = {
      {"rate(x[60s])", true},   {"increase(x[60s])", true},
      {"irate(x[60s])", true},  {"resets(x[60s])", true},
      {"delta(x[60s])", false}, {"start_timestamp(x)", true},
      {"timestamp(x)", false},  {"x", false},
  };
  EngineOptions options;
  options.parser.experimental_functions = true;
  for (const auto& c : kCases) {
    for (const bool used : {false, true}) {
      SCOPED_TRACE(c.expr);
      options.use_start_timestamps = used;
      HintRecorder storage;
      Cancellation cancellation;
      const QueryRequest request{.expr = c.expr, .start = 1'000'000, .end = 1'000'000};
      ASSERT_TRUE(Engine(options).Execute(request, storage, cancellation).ok());
      ASSERT_EQ(storage.hints_.size(), 1U);
      EXPECT_EQ(storage.hints_[0].start_times, used && c.starts);
    }
  }
}

TEST(PlannerTest, EachPartIsSelectedOnceEvenUnderAt) {
  HintRecorder storage;
  Cancellation cancellation;
  const QueryRequest request{
      .expr = "x @ 50 + y", .start = 100'000, .end = 200'000, .step_ms = 10'000};
  ASSERT_TRUE(Engine({}).Execute(request, storage, cancellation).ok());
  std::vector<int64_t> ends;
  for (const tsdb::SelectHints& hints : storage.hints_) ends.push_back(hints.end);
  EXPECT_THAT(ends, ElementsAre(50'000, 200'000));
}

}  // namespace
}  // namespace tidemark::promql
