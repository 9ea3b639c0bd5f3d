// The aggregates that a storage keeps, against those of the samples of a plain model.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tsdb/storage_for_test.h"
#include "tsdb/tier/tiers_for_test.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kHour = 3'600'000;
constexpr int64_t kDay = 24 * kHour;

class StorageTiersTest : public StorageTest {
 protected:
  void SetUp() override {
    options_.rollup_open_day_ms = 1000 * kDay;  // only when the test says so
    StorageTest::SetUp();
  }

  static std::map<int64_t, Agg> Want(const Timeline& timeline, Tier tier) {
    std::map<int64_t, Agg> out;
    for (const auto& [t, value] : timeline) {
      Agg& agg = out[TierWindowEnd(tier, t)];
      if (const double* v = std::get_if<double>(&value)) {
        agg.Add(Sample{t, *v});
      } else {
        agg.Add(t, std::get<FloatHistogram>(value));
      }
    }
    return out;
  }

  struct Read {
    TierCoverage coverage;
    std::map<int64_t, Agg> aggs;  // by end
  };

  StatusOr<std::map<std::string, Read>> ReadTiers(Tier tier, int64_t from, int64_t to) {
    ASSIGN_OR_RETURN(const auto querier, storage_->NewQuerier("default", from, to));
    ASSIGN_OR_RETURN(const Matcher any, Matcher::Make(Matcher::Op::kRegex, kMetricName, ".+"));
    ASSIGN_OR_RETURN(const auto set, querier->Select({&any, 1}, {}));
    std::map<std::string, Read> out;
    for (size_t i = 0; i < set->size(); ++i) {
      Read& read = out[set->labels(i).packed()];
      ASSIGN_OR_RETURN(read.coverage, set->tiers()->Coverage(i, tier, from, to));
      const auto it = set->tiers()->Aggs(i, tier, from, to);
      while (it->Next()) read.aggs[it->end()] = it->agg();
      RETURN_IF_ERROR(it->status());
    }
    return out;
  }

  // Every window that is called exact is what the model's samples come to.  `all`:
  // all windows with samples are.
  void ExpectTiers(int64_t from, int64_t to, bool all) {
    for (const Tier tier : {Tier::kHour, Tier::kDay}) {
      SCOPED_TRACE(tier == Tier::kHour ? "hours" : "days");
      const auto got = ReadTiers(tier, from, to);
      ASSERT_TRUE(got.ok()) << got.status();
      for (const auto& [packed, timeline] : model_.series) {
        SCOPED_TRACE(Labels::FromPacked(packed)->ToString());
        const auto read = got->find(packed);
        if (read == got->end()) {
          EXPECT_TRUE(timeline.empty());
          continue;
        }
        std::map<int64_t, Agg> want = Want(timeline, tier);
        for (const auto& [end, agg] : read->second.aggs) want.try_emplace(end);
        for (const auto& [end, agg] : want) {
          if (end - TierWindowMs(tier) < from || end > to) continue;
          const bool exact = IsExact(read->second.coverage, tier, end);
          EXPECT_TRUE(exact || !all) << "the window that ends at " << end << " is not exact";
          if (!exact) continue;
          const auto found = read->second.aggs.find(end);
          const Agg made = found == read->second.aggs.end() ? Agg() : found->second;
          EXPECT_EQ(Difference(made, agg), "") << "of the window that ends at " << end;
        }
      }
    }
  }

  void Flush() {
    const Status status = storage_->Flush();
    ASSERT_TRUE(status.ok()) << status;
  }
};

TEST_F(StorageTiersTest, SamplesOnBordersBelongToWhatEnds) {
  Batch batch;
  for (const int64_t border : {kNow - kDay, kNow - kHour, kNow}) {
    for (const int64_t off : {-1, 0, 1}) {
      batch.emplace_back(SeriesLabels(0), border + off, static_cast<double>(off + 5));
      batch.push_back(
          {SeriesLabels(1), border + off, SmallHistogram(static_cast<double>(off + 5))});
    }
  }
  CommitToBoth(batch);
  ExpectTiers(kNow - 3 * kDay, kNow + 2 * kDay, false);
  Flush();
  ExpectTiers(kNow - 3 * kDay, kNow + 2 * kDay, true);
}

TEST_F(StorageTiersTest, WhatIsUnsealedIsNotExact) {
  CommitToBoth({{SeriesLabels(0), kNow - 3 * kHour, 1.0}, {SeriesLabels(2), kNow - 1, 1.0}});
  Flush();
  CommitToBoth({{SeriesLabels(0), kNow - 3 * kHour - 1, 2.0}});
  const auto got = ReadTiers(Tier::kHour, kNow - 6 * kHour, kNow);
  ASSERT_TRUE(got.ok()) << got.status();
  const auto late = got->at(SeriesLabels(0).packed()).coverage;
  EXPECT_EQ(late.exact, (std::vector<TierSpan>{{kNow - 6 * kHour, kNow - 4 * kHour},
                                               {kNow - 3 * kHour, kNow}}));
  const auto other = got->at(SeriesLabels(2).packed()).coverage;
  EXPECT_EQ(other.exact, (std::vector<TierSpan>{{kNow - 6 * kHour, kNow}}));
  ExpectTiers(kNow - kDay, kNow, false);
  Flush();
  ExpectTiers(kNow - kDay, kNow, true);
}

TEST_F(StorageTiersTest, DeletesTakeSamplesOutOfAggregates) {
  Batch batch;
  for (int64_t t = kNow - 2 * kDay; t <= kNow; t += kHour / 4) {
    batch.emplace_back(SeriesLabels(0), t, static_cast<double>(t % 1000));
  }
  CommitToBoth(batch);
  Flush();
  DeleteFromBoth(Matcher::Equal(kMetricName, "requests_total"), kNow - kDay - kHour,
                 kNow - kDay + 3 * kHour);
  ExpectTiers(kNow - 3 * kDay, kNow, false);
  Flush();
  ExpectTiers(kNow - 3 * kDay, kNow, true);
  DeleteFromBoth(Matcher::Equal(kMetricName, "requests_total"), kMin, kMax);
  Flush();
  ExpectTiers(kNow - 3 * kDay, kNow, true);
}

TEST_F(StorageTiersTest, SurviveARestart) {
  CommitToBoth({{SeriesLabels(0), kNow - 40 * kDay, 1.0}, {SeriesLabels(0), kNow - kHour, 2.0}});
  Flush();
  CommitToBoth({{SeriesLabels(0), kNow - 40 * kDay + 1, 5.0}});
  Open();
  ExpectTiers(kNow - 50 * kDay, kNow, false);
  Flush();
  ExpectTiers(kNow - 50 * kDay, kNow, true);
}

// A late sample is committed and sealed while its day is being made: after the marks
// were read, and before the aggregates are written.
TEST_F(StorageTiersTest, LateSamplesDuringARollupAreNotLost) {
  const struct {
    const char* step;
    int64_t days_ago;
  } cases[] = {{"rollup.made", 5}, {"rollup.kept", 7}, {"rollup.written", 3}};
  for (const auto& c : cases) {
    SCOPED_TRACE(c.step);
    const int64_t day = kNow - c.days_ago * kDay;
    CommitToBoth({{SeriesLabels(0), day, 1.0}, {SeriesLabels(0), day + 2 * kHour, 3.0}});
    bool done = false;
    const std::string_view wanted(c.step);
    SetFaultHookForTest([&](std::string_view at) {
      if (done || at != wanted) return OkStatus();
      done = true;
      CommitToBoth({{SeriesLabels(0), day + kHour, 2.0}, {SeriesLabels(2), day + kHour, 2.0}});
      return storage_->Snapshot().status();  // which seals
    });
    Flush();
    SetFaultHookForTest({});
    EXPECT_TRUE(done);
    ExpectTiers(day - kDay, day + 2 * kDay, false);
    Flush();
    ExpectTiers(day - kDay, day + 2 * kDay, true);
  }
}

// A pass that fails leaves its marks, and queries read samples meanwhile.
TEST_F(StorageTiersTest, AFailedRollupIsMadeUpFor) {
  CommitToBoth({{SeriesLabels(0), kNow - 2 * kDay, 1.0}, {SeriesLabels(1), kNow, 2.0}});
  int64_t offset = 5;
  for (const char* step : {"rollup.made", "rollup.kept", "rollup.written"}) {
    SCOPED_TRACE(step);
    CommitToBoth({{SeriesLabels(0), kNow - 2 * kDay + offset++, 1.0}});
    SetFaultHookForTest([step](std::string_view at) {
      return at == step ? Unavailable("no space left") : OkStatus();
    });
    EXPECT_EQ(storage_->Flush().code(), StatusCode::kUnavailable);
    ExpectTiers(kNow - 4 * kDay, kNow + kDay, false);
    SetFaultHookForTest({});
    Open();
    Flush();
    ExpectTiers(kNow - 4 * kDay, kNow + kDay, true);
  }
}

// Of a day that retention drops while late samples of it are still unsealed, and one
// that was never aggregated before.
TEST_F(StorageTiersTest, StayWhenTheirSamplesAreDropped) {
  options_.raw_retention_ms = 10 * kDay;
  options_.hour_retention_ms = 100 * kDay;
  Open();
  Batch batch;
  for (int64_t t = kNow - 9 * kDay; t <= kNow; t += kHour / 3) {
    batch.emplace_back(SeriesLabels(0), t, static_cast<double>(t % 977));
    batch.emplace_back(SeriesLabels(1), t, SmallHistogram(static_cast<double>(t % 977)));
  }
  CommitToBoth(batch);
  Flush();
  CommitToBoth({{SeriesLabels(0), kNow - 9 * kDay + 1, 5.0}});
  for (int day = 0; day < 15; ++day) {
    clock_.Advance(kDay);
    if (day % 3 == 0) Open();
    Flush();
    ExpectTiers(kNow - 20 * kDay, kNow, true);
  }
  const auto samples = ReadAll(*storage_, "default", kMin, kMax);
  ASSERT_TRUE(samples.ok()) << samples.status();
  EXPECT_TRUE(samples->empty());
  // Nothing is made again from what comes too late.
  const auto got = ReadTiers(Tier::kDay, kNow - 20 * kDay, kNow);
  ASSERT_TRUE(got.ok()) << got.status();
  EXPECT_EQ(got->at(SeriesLabels(0).packed()).coverage.raw_gone_until,
            clock_.NowMs() - 10 * kDay - 1);
}

// The last retention drops aggregates, and the series.
TEST_F(StorageTiersTest, GoWithTheirRetention) {
  options_.raw_retention_ms = kDay;
  options_.hour_retention_ms = 40 * kDay;
  options_.day_retention_ms = 80 * kDay;
  options_.series_idle_ms = kHour;
  Open();
  CommitToBoth({{SeriesLabels(0), kNow, 1.0}});
  Flush();
  for (int day = 10; day <= 130; day += 10) {
    SCOPED_TRACE(day);
    clock_.Advance(10 * kDay);
    CommitToBoth({{SeriesLabels(2), clock_.NowMs(), 1.0}});
    Flush();
    const auto hours = ReadTiers(Tier::kHour, kNow - kDay, kNow);
    const auto days = ReadTiers(Tier::kDay, kNow - kDay, kNow);
    ASSERT_TRUE(hours.ok() && days.ok());
    EXPECT_EQ(days->count(SeriesLabels(0).packed()), day <= 80 ? 1u : 0u);
    if (day > 80) continue;
    EXPECT_EQ(hours->at(SeriesLabels(0).packed()).aggs.size(), day < 40 ? 1u : 0u);
    EXPECT_EQ(days->at(SeriesLabels(0).packed()).aggs.size(), day < 80 ? 1u : 0u);
  }
}

// Random commits, late and on borders, deletes, restarts, crashes and flushes.
TEST_F(StorageTiersTest, AreWhatSamplesComeTo) {
  std::mt19937_64 random(7);
  const auto below = [&random](uint64_t n) { return static_cast<int64_t>(random() % n); };
  for (int round = 0; round < 60; ++round) {
    SCOPED_TRACE(round);
    Batch batch;
    const int64_t base = kNow - below(3) * kDay + below(4) * kHour;
    for (int64_t i = below(200); i >= 0; --i) {
      const int64_t t = base + (below(8) == 0 ? -below(40) * kHour : i * 60'000);
      const int series = static_cast<int>(below(4));
      batch.emplace_back(SeriesLabels(series), t, RandomValue(series, random));
    }
    CommitToBoth(batch);
    switch (below(6)) {
      case 0:
        DeleteFromBoth(Matcher::Equal(kMetricName, "latency_seconds"), base - below(10) * kHour,
                       base + below(3) * kHour);
        break;
      case 1:
        Open();
        break;
      case 2:
        Crash();
        break;
      case 3:
        Flush();
        ExpectTiers(kNow - 6 * kDay, kNow + 2 * kDay, true);
        break;
      default:
        break;
    }
    ExpectTiers(kNow - 6 * kDay, kNow + 2 * kDay, false);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace tidemark::tsdb
