#include "promql/script/memory_storage.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace tidemark::promql {
namespace {

using tsdb::FloatHistogram;
using tsdb::HistogramSample;
using tsdb::Labels;
using tsdb::Matcher;
using tsdb::Sample;

using Times = std::vector<int64_t>;

std::vector<Times> RunsOf(tsdb::SampleIterator& it) {
  std::vector<Times> runs;
  while (it.Next()) runs.emplace_back(it.run().t.begin(), it.run().t.end());
  return runs;
}

class MemoryStorageTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(storage_.Add(b_, {{10, 1}, {20, 2}, {30, 3}, {40, 4}, {50, 5}}).ok());
    ASSERT_TRUE(storage_.Add(a_, {{15, 7}}).ok());
    std::vector<HistogramSample> histograms(1);
    histograms[0].t = 60;
    histograms[0].h.count = 3;
    ASSERT_TRUE(storage_.AddHistograms(b_, histograms).ok());
  }

  std::unique_ptr<tsdb::SeriesSet> Select(int64_t mint, int64_t maxt,
                                          std::vector<Matcher> matchers) {
    querier_ = *storage_.NewQuerier("any", mint, maxt);
    return *querier_->Select(matchers, {});
  }

  const Labels a_ = Labels::Must({{"__name__", "x"}, {"job", "a"}});
  const Labels b_ = Labels::Must({{"__name__", "x"}, {"job", "b"}});
  MemoryStorage storage_{2};
  std::unique_ptr<tsdb::Querier> querier_;
};

TEST_F(MemoryStorageTest, GivesSeriesInLabelOrderAndRunsOfOneType) {
  auto set = Select(0, 100, {Matcher::Equal("__name__", "x")});
  ASSERT_EQ(set->size(), 2u);
  EXPECT_EQ(set->labels(0), a_);
  EXPECT_EQ(set->labels(1), b_);
  EXPECT_EQ(RunsOf(*set->Samples(0)), (std::vector<Times>{{15}}));
  EXPECT_EQ(RunsOf(*set->Samples(1)), (std::vector<Times>{{10, 20}, {30, 40}, {50}, {60}}));

  auto it = set->Samples(1);
  ASSERT_TRUE(it->Seek(60));
  EXPECT_FALSE(it->run().is_float());
  EXPECT_EQ(it->run().h[0].count, 3);
  EXPECT_FALSE(it->Next());
  EXPECT_TRUE(it->status().ok());
}

TEST_F(MemoryStorageTest, RangeHasBothEnds) {
  auto set = Select(20, 50, {Matcher::Equal("__name__", "x")});
  ASSERT_EQ(set->size(), 1u) << "a series without samples in the range is not there";
  EXPECT_EQ(RunsOf(*set->Samples(0)), (std::vector<Times>{{20}, {30, 40}, {50}}));
}

TEST_F(MemoryStorageTest, SeekGoesForwardOnly) {
  auto set = Select(0, 100, {Matcher::Equal("job", "b")});
  auto it = set->Samples(0);
  struct {
    int64_t seek;
    int64_t first;  // of the run that it comes to; -1: none
  } const cases[] = {{11, 20}, {11, 20}, {5, 20}, {35, 40}, {31, 40}, {50, 50}, {55, 60}, {61, -1}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.seek);
    ASSERT_EQ(it->Seek(c.seek), c.first >= 0);
    if (c.first >= 0) {
      EXPECT_EQ(it->run().t.front(), c.first);
    }
  }
}

TEST_F(MemoryStorageTest, NamesAndValues) {
  auto querier = *storage_.NewQuerier("any", 0, 100);
  const std::vector<Matcher> only_b = {Matcher::Equal("job", "b")};
  EXPECT_EQ(*querier->LabelNames({}, 0), (std::vector<std::string>{"__name__", "job"}));
  EXPECT_EQ(*querier->LabelNames({}, 1), (std::vector<std::string>{"__name__"}));
  EXPECT_EQ(*querier->LabelValues("job", {}, 0), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(*querier->LabelValues("job", only_b, 0), (std::vector<std::string>{"b"}));
  EXPECT_TRUE(querier->LabelValues("region", {}, 0)->empty());
}

TEST_F(MemoryStorageTest, RefusesWhatCannotBe) {
  EXPECT_EQ(storage_.Add(a_, {{15, 8}}).code(), StatusCode::kOutOfRange);
  EXPECT_EQ(storage_.Add(a_, {{14, 8}}).code(), StatusCode::kOutOfRange);
  auto querier = *storage_.NewQuerier("any", 0, 100);
  const std::vector<Matcher> all = {Matcher::Equal("region", "")};
  EXPECT_EQ(querier->Select(all, {}).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(MemoryStorageTest, ClearForgets) {
  storage_.Clear();
  EXPECT_EQ(storage_.size(), 0u);
  EXPECT_EQ(Select(0, 100, {Matcher::Equal("__name__", "x")})->size(), 0u);
}

}  // namespace
}  // namespace tidemark::promql
