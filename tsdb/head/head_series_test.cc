#include "tsdb/head/head_series.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "tsdb/chunk/encoded_run.h"
#include "tsdb/head/block_runs.h"
#include "tsdb/head/tenants.h"
#include "tsdb/query/head_iterator.h"
#include "tsdb/storage_model.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

// Raw as a map.
class MapView : public SealedView {
 public:
  explicit MapView(uint32_t hand_overs) : hand_overs_(hand_overs) {}
  bool Covers(int64_t, uint32_t hand_overs) const override { return hand_overs == hand_overs_; }
  const SampleValue* Find(int64_t t) const override {
    const auto found = samples.find(t);
    return found == samples.end() ? nullptr : &found->second;
  }
  std::map<int64_t, SampleValue> samples;

 private:
  const uint32_t hand_overs_;
};

class HeadSeriesTest : public testing::Test {
 protected:
  Outcome Add(int64_t t, double v, const SealedView* sealed = nullptr) {
    return series_.AddFloat(t, v, sealed);
  }
  Timeline Read(int64_t mint = kMin, int64_t maxt = kMax) {
    HeadIterator it(series_.Snapshot(mint, maxt), mint, maxt);
    auto got = Drain(it);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() ? *got : Timeline();
  }

  HeadSeries series_{0, 0, 0, 0, kNothingSealed};
};

TEST_F(HeadSeriesTest, TellsNewFromLateDuplicateAndConflict) {
  const struct {
    const char* name;
    int64_t t;
    double v;
    Outcome outcome;
  } cases[] = {
      {"first", 1000, 1, Outcome::kNew},
      {"in order", 2000, 2, Outcome::kNew},
      {"newest again", 2000, 2, Outcome::kUnsealed},
      {"newest, other value", 2000, 3, Outcome::kConflict},
      {"before all", 500, 5, Outcome::kNewLate},
      {"between", 1500, 6, Outcome::kNewLate},
      {"late again", 1500, 6, Outcome::kUnsealed},
      {"late, other value", 1500, 7, Outcome::kConflict},
      {"in the chunk again", 1000, 1, Outcome::kUnsealed},
      {"in the chunk, other value", 1000, 9, Outcome::kConflict},
      {"-0 is not 0", 3000, 0.0, Outcome::kNew},
      {"by bits", 3000, -0.0, Outcome::kConflict},
      {"next block", 2 * kBlockMs, 1, Outcome::kNew},
      {"NaN", 2 * kBlockMs + 1, kStaleNaN, Outcome::kNew},
      {"NaN again", 2 * kBlockMs + 1, kStaleNaN, Outcome::kUnsealed},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(Add(c.t, c.v), c.outcome);
  }
  EXPECT_EQ(Read().size(), 7u);
  EXPECT_EQ(Read(1000, 2000).size(), 3u);
  EXPECT_EQ(series_.min_t(), 500);
  EXPECT_EQ(series_.max_t(), 2 * kBlockMs + 1);
}

TEST_F(HeadSeriesTest, AfterAHandOverOnlyOlderSamplesNeedARead) {
  Add(1000, 1);
  Add(2000, 2);
  const auto piece = series_.Freeze();
  ASSERT_NE(piece, nullptr);
  EXPECT_EQ(Add(2000, 2), Outcome::kUnsealed);  // frozen, not yet in raw
  EXPECT_EQ(Add(1000, 9), Outcome::kConflict);
  EXPECT_EQ(Read().size(), 2u);
  series_.HandOver(piece, 2000);
  EXPECT_FALSE(series_.has_samples());
  EXPECT_EQ(series_.sample_bytes(), 0u);
  EXPECT_TRUE(Read().empty());

  EXPECT_EQ(Add(2000, 2), Outcome::kSealed);  // the newest one is remembered
  EXPECT_EQ(Add(2000, 3), Outcome::kConflict);
  EXPECT_EQ(Add(1500, 3), Outcome::kNeedsRead);
  MapView raw(series_.hand_overs());
  raw.samples = {{1000, 1.0}, {2000, 2.0}};
  EXPECT_EQ(Add(1000, 1, &raw), Outcome::kSealed);
  EXPECT_EQ(Add(1000, 4, &raw), Outcome::kConflict);
  EXPECT_EQ(Add(1500, 3, &raw), Outcome::kNewLate);
  EXPECT_EQ(Add(3000, 3), Outcome::kNew);  // in order: no read
  EXPECT_EQ(Read().size(), 2u);
  const MapView outdated(series_.hand_overs() - 1);
  EXPECT_EQ(Add(1700, 3, &outdated), Outcome::kNeedsRead);
}

TEST_F(HeadSeriesTest, AnEmptySeriesFreezesToNothing) { EXPECT_EQ(series_.Freeze(), nullptr); }

TEST_F(HeadSeriesTest, ManyLateSamplesStayInOrderAndSealIntoTheirBlocks) {
  std::mt19937_64 random(8);
  Timeline want;
  for (int i = 0; i < 5000; ++i) {
    const auto t = static_cast<int64_t>(random() % static_cast<uint64_t>(6 * kBlockMs)) - kBlockMs;
    const auto v = static_cast<double>(random() % 100);
    if (want.emplace(t, v).second) {
      const Outcome outcome = Add(t, v);
      ASSERT_TRUE(outcome == Outcome::kNew || outcome == Outcome::kNewLate);
    }
  }
  EXPECT_EQ(Difference(Read(), want), "");
  const std::vector<std::shared_ptr<const Piece>> pieces = {series_.Freeze()};
  EXPECT_EQ(Difference(Read(), want), "");
  Timeline sealed;
  int64_t last_end = kMin;
  for (BlockRuns& block : ToBlockRuns(pieces, {}, 1)) {
    EXPECT_GT(block.block_end, last_end);
    last_end = block.block_end;
    RunListIterator it(std::move(block.runs));
    const auto samples = Drain(it);
    ASSERT_TRUE(samples.ok()) << samples.status();
    for (const auto& [t, value] : *samples) {
      EXPECT_EQ(BlockEnd(t), block.block_end);
      sealed.emplace(t, value);
    }
  }
  EXPECT_EQ(Difference(sealed, want), "");
}

}  // namespace
}  // namespace tidemark::tsdb
