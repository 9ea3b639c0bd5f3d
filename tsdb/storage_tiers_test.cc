// The aggregates that a storage keeps, against those of the samples of a plain model.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tsdb/storage_for_test.h"
#include "tsdb/tier/tier_reader.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kHour = 3'600'000;
constexpr int64_t kDay = 24 * kHour;

bool Near(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return a == b || std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

// "" or what differs, of what functions can tell.
std::string Difference(const Agg& got, const Agg& want) {
  const FloatAgg& g = got.floats;
  const FloatAgg& w = want.floats;
  if (g.n != w.n) return "counts " + std::to_string(g.n) + ", want " + std::to_string(w.n);
  if (got.histograms.n != want.histograms.n) return "counts of histograms";
  if (got.stale_t != want.stale_t) return "stale markers";
  if (got.resets != want.resets || got.changes != want.changes) return "resets or changes";
  if (w.n > 0) {
    if (!SameSample(g.first, w.first) || !SameSample(g.last, w.last)) return "first or last";
    if (!Near(g.Increase(), w.Increase())) return "increases";
    if (g.min != w.min && !std::isnan(w.min)) return "minima";
    if (g.max_t != w.max_t) return "times of maxima";
    if (!g.overflowed && !Near(g.Sum(), w.Sum())) return "sums";
    if (!g.overflowed && !Near(g.Variance(), w.Variance())) return "variances";
  }
  if (want.histograms.n > 0) {
    if (!got.histograms.first.h.Equals(want.histograms.first.h)) return "first histograms";
    if (!got.histograms.last.h.Equals(want.histograms.last.h)) return "last histograms";
    if (got.histograms.raw_only != want.histograms.raw_only) return "what only raw tells";
    const auto g_increase = got.histograms.Increase();
    const auto w_increase = want.histograms.Increase();
    if (g_increase.ok() != w_increase.ok()) return "increases of histograms";
    if (w_increase.ok() && !g_increase->Equals(*w_increase)) return "increases of histograms";
  }
  return "";
}

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

  static bool IsExact(const TierCoverage& coverage, Tier tier, int64_t end) {
    for (const TierSpan& span : coverage.exact) {
      if (span.from <= end - TierWindowMs(tier) && end <= span.to) return true;
    }
    return false;
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
