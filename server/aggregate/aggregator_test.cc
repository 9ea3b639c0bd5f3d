#include "server/aggregate/aggregator.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "server/aggregate/increase.h"
#include "tsdb/model/random_histogram.h"

namespace tidemark::server {
namespace {

using tsdb::FloatHistogram;
using tsdb::Labels;

constexpr int64_t kGrid = 15'000;
constexpr int64_t kStart = 1'700'000'000'000 / kGrid * kGrid;

// What a storage would hold: points, the first value of a time stays, and records.
struct Stored {
  std::map<Labels, std::map<int64_t, double>> floats;
  std::map<Labels, std::map<int64_t, FloatHistogram>> histograms;
  std::map<std::string, std::string> records;

  void Put(FoldChanges changes) {
    for (FoldPoint& point : changes.points) {
      if (point.histogram != nullptr) {
        histograms[point.labels].try_emplace(point.t, *point.histogram);
      } else {
        floats[point.labels].try_emplace(point.t, point.v);
      }
    }
    for (const auto& record : changes.records) {
      if (record.value) {
        records[record.key] = *record.value;
      } else {
        records.erase(record.key);
      }
    }
  }
  std::vector<std::pair<std::string, std::string>> List() const {
    return {records.begin(), records.end()};
  }
};

Labels Input(const std::string& metric, int user) {
  return Labels::Must({{"__name__", metric}, {"job", "api"}, {"user_id", std::to_string(user)}});
}
Labels Output(const std::string& metric) {
  return Labels::Must({{"__name__", metric}, {"job", "api"}});
}

class AggregatorTest : public ::testing::Test {
 protected:
  AggregatorTest() { fold_.dropped = {"user_id"}; }

  FoldVerdict Send(const Labels& labels, int64_t t, double v) {
    FoldVerdict why;
    FoldInput* const input = aggregator_->Find(labels, fold_, false, now_, why);
    return input == nullptr ? why : aggregator_->Add(*input, {t, v}, now_);
  }
  FoldVerdict SendHistogram(const Labels& labels, int64_t t, const FloatHistogram& h) {
    FoldVerdict why;
    FoldInput* const input = aggregator_->Find(labels, fold_, true, now_, why);
    return input == nullptr ? why : aggregator_->AddHistogram(*input, t, h, now_);
  }
  // A request came to its end.
  void Store() {
    aggregator_->EmitDue(now_);
    stored_.Put(aggregator_->TakeChanges());
  }
  void Finish() {
    now_ += 3600'000;
    aggregator_->EmitQuiet(now_);
    Store();
  }
  // The process died: what was not stored is gone.
  void Restart() {
    aggregator_ = std::make_unique<Aggregator>(options_);
    EXPECT_EQ(aggregator_->Load(stored_.List(), now_), 0u);
  }
  const std::map<int64_t, double>& Points(const std::string& metric) {
    return stored_.floats[Output(metric)];
  }

  AggregatorOptions options_;
  Fold fold_;
  std::unique_ptr<Aggregator> aggregator_ = std::make_unique<Aggregator>(options_);
  Stored stored_;
  int64_t now_ = kStart;
};

TEST_F(AggregatorTest, AddsUpIncreasesOnTheGrid) {
  for (int i = 0; i < 3; ++i) {
    now_ = kStart + 1000 + i * kGrid;
    Send(Input("x_total", 1), now_, 100 + 10 * i);
    Send(Input("x_total", 2), now_ + 1000, 5 + i);
    Store();
  }
  // The points of the two windows that are 10 s behind the newest sample at most.
  const std::map<int64_t, double> want = {{kStart + kGrid, 0}};
  EXPECT_EQ(Points("x_total"), want);
  Finish();
  const std::map<int64_t, double> all = {
      {kStart + kGrid, 0}, {kStart + 2 * kGrid, 11}, {kStart + 3 * kGrid, 22}};
  EXPECT_EQ(Points("x_total"), all);
  EXPECT_TRUE(aggregator_->Owns(Output("x_total")));
  EXPECT_FALSE(aggregator_->Owns(Input("x_total", 1)));
}

TEST_F(AggregatorTest, AFirstPointAboveZeroFollowsAZero) {
  Send(Input("x_total", 1), kStart + 1000, 7);
  Send(Input("x_total", 1), kStart + 6000, 9);
  Finish();
  const std::map<int64_t, double> want = {{kStart + kGrid - 1, 0}, {kStart + kGrid, 2}};
  EXPECT_EQ(Points("x_total"), want);
}

TEST_F(AggregatorTest, SaysWhatBecameOfASample) {
  fold_.gauges.reset();
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  struct Case {
    const char* name;
    const char* metric;
    int64_t t;
    double v;
    FoldVerdict want;
  };
  const Case cases[] = {
      {"first", "x_total", kStart + 20'000, 1, FoldVerdict::kCounted},
      {"sent again", "x_total", kStart + 20'000, 1, FoldVerdict::kRepeated},
      {"older", "x_total", kStart + 19'000, 9, FoldVerdict::kRepeated},
      {"NaN", "x_total", kStart + 21'000, kNan, FoldVerdict::kNotFinite},
      {"Inf", "x_total", kStart + 21'000, HUGE_VAL, FoldVerdict::kNotFinite},
      {"no counter by name", "x", kStart, 1, FoldVerdict::kNoFunction},
      {"ends", "x_total", kStart + 22'000, tsdb::kStaleNaN, FoldVerdict::kCounted},
      {"ends unknown", "y_total", kStart + 22'000, tsdb::kStaleNaN, FoldVerdict::kRepeated},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(Send(Input(c.metric, 1), c.t, c.v), c.want);
  }
  Finish();
  EXPECT_EQ(Send(Input("x_total", 2), kStart + 1, 1), FoldVerdict::kBehindGrid);
  FloatHistogram gauge;
  gauge.counter_reset_hint = tsdb::CounterResetHint::kGauge;
  EXPECT_EQ(SendHistogram(Input("h", 1), kStart, gauge), FoldVerdict::kGaugeHistogram);
  tsdb::RandomHistograms random(7);
  FloatHistogram exponential = random.Exponential();
  FloatHistogram custom = random.Custom();
  exponential.counter_reset_hint = custom.counter_reset_hint = tsdb::CounterResetHint::kUnknown;
  EXPECT_EQ(SendHistogram(Input("h", 1), kStart, exponential), FoldVerdict::kCounted);
  EXPECT_EQ(SendHistogram(Input("h", 2), kStart, custom), FoldVerdict::kMixedHistograms);
}

TEST_F(AggregatorTest, WhatIsBehindTheGridCountsAtTheNextPoint) {
  Send(Input("x_total", 1), kStart + 1000, 10);
  Send(Input("x_total", 2), kStart + 1000, 10);
  Finish();
  EXPECT_EQ(Send(Input("x_total", 2), kStart + 2000, 15), FoldVerdict::kBehindGrid);
  EXPECT_EQ(Send(Input("x_total", 1), kStart + kGrid + 1000, 11), FoldVerdict::kCounted);
  Finish();
  const std::map<int64_t, double> want = {{kStart + kGrid, 0}, {kStart + 2 * kGrid, 6}};
  EXPECT_EQ(Points("x_total"), want);
}

TEST_F(AggregatorTest, EndsWithItsLastInput) {
  Send(Input("x_total", 1), kStart + 1000, 10);
  Send(Input("x_total", 2), kStart + 1000, 10);
  Send(Input("x_total", 1), kStart + kGrid + 1000, tsdb::kStaleNaN);
  Send(Input("x_total", 2), kStart + kGrid + 1000, 12);
  Finish();
  EXPECT_EQ(Points("x_total").size(), 2u);
  Send(Input("x_total", 2), kStart + 2 * kGrid + 1000, tsdb::kStaleNaN);
  Finish();
  ASSERT_EQ(Points("x_total").size(), 4u);
  EXPECT_EQ(Points("x_total").at(kStart + 3 * kGrid), 2);
  EXPECT_TRUE(tsdb::IsStaleNaN(Points("x_total").at(kStart + 3 * kGrid + 1)));
}

TEST_F(AggregatorTest, GaugesAreCombinedByTheirFunction) {
  struct Case {
    FoldFunction function;
    double first, second;
  };
  const Case cases[] = {{FoldFunction::kSum, 9, 11},
                        {FoldFunction::kAvg, 3, 11.0 / 3},
                        {FoldFunction::kMin, 2, 2},
                        {FoldFunction::kMax, 4, 6},
                        {FoldFunction::kLast, 3, 6}};
  for (const Case& c : cases) {
    const std::string metric = std::string(FoldFunctionName(c.function)) + "_of_gauges";
    SCOPED_TRACE(metric);
    fold_.gauges = c.function;
    now_ = kStart;
    Send(Input(metric, 1), kStart + 1000, 2);
    Send(Input(metric, 2), kStart + 1000, 99);  // replaced within the window
    Send(Input(metric, 2), kStart + 1500, 4);
    Send(Input(metric, 3), kStart + 2000, 3);
    Send(Input(metric, 2), kStart + kGrid + 1000, 6);
    Finish();
    ASSERT_EQ(Points(metric).size(), 2u);
    EXPECT_DOUBLE_EQ(Points(metric).at(kStart + kGrid), c.first);
    EXPECT_DOUBLE_EQ(Points(metric).at(kStart + 2 * kGrid), c.second);
  }
}

TEST_F(AggregatorTest, AGaugeThatEndsOrIsOldLeavesTheSum) {
  fold_.gauges = FoldFunction::kSum;
  Send(Input("g", 1), kStart + 1000, 1);
  Send(Input("g", 2), kStart + 1000, 2);
  Send(Input("g", 1), kStart + kGrid + 1000, tsdb::kStaleNaN);
  Send(Input("g", 3), kStart + options_.lookback_ms + kGrid, 4);
  Finish();
  Restart();
  Send(Input("g", 3), kStart + options_.lookback_ms + 3 * kGrid, tsdb::kStaleNaN);
  Finish();
  const std::map<int64_t, double>& points = Points("g");
  EXPECT_EQ(points.at(kStart + kGrid), 3);
  EXPECT_EQ(points.at(kStart + 2 * kGrid), 2);
  EXPECT_EQ(points.at(kStart + options_.lookback_ms + kGrid), 4);
  EXPECT_TRUE(tsdb::IsStaleNaN(points.at(kStart + options_.lookback_ms + 3 * kGrid)));
}

TEST_F(AggregatorTest, StateIsBoundedAndKnownInputsGoOn) {
  options_.max_bytes = 4096;
  Restart();
  int known = 0;
  while (known < 1000 && Send(Input("x_total", known), kStart, 1) == FoldVerdict::kCounted) ++known;
  EXPECT_GT(known, 5);
  EXPECT_LT(known, 50);
  EXPECT_EQ(Send(Input("x_total", known), kStart, 1), FoldVerdict::kFull);
  EXPECT_EQ(Send(Input("x_total", 0), kStart + 1, 2), FoldVerdict::kCounted);
  EXPECT_EQ(aggregator_->inputs(), static_cast<size_t>(known));
}

TEST_F(AggregatorTest, IdleInputsAreForgottenWithTheirRecords) {
  for (int user = 0; user < 9; ++user) Send(Input("x_total", user), kStart + 1000, user);
  Finish();
  EXPECT_EQ(stored_.records.size(), 3u);  // seed, output, page
  Send(Input("x_total", 3), now_, 4);
  Store();
  aggregator_->Expire(now_);
  EXPECT_EQ(aggregator_->inputs(), 1u);
  Finish();
  now_ += options_.idle_ms;
  aggregator_->Expire(now_);
  Store();
  EXPECT_EQ(aggregator_->inputs(), 0u);
  EXPECT_EQ(aggregator_->outputs(), 0u);
  EXPECT_EQ(aggregator_->bytes(), 0u);
  EXPECT_EQ(stored_.records.size(), 1u);  // the seed
  EXPECT_FALSE(aggregator_->Owns(Output("x_total")));
}

TEST_F(AggregatorTest, APointThatWasRefusedIsMadeUpForFromZero) {
  Send(Input("x_total", 1), kStart + 1000, 10);
  Finish();
  Send(Input("x_total", 1), kStart + kGrid + 1000, 15);
  aggregator_->EmitQuiet(now_);
  now_ += 3600'000;
  aggregator_->EmitQuiet(now_);
  const FoldChanges refused = aggregator_->TakeChanges();
  ASSERT_EQ(refused.points.size(), 1u);
  aggregator_->NoteLost(refused.points[0].output);
  Send(Input("x_total", 1), kStart + 2 * kGrid + 1000, 16);
  Finish();
  EXPECT_EQ(Points("x_total").at(kStart + 3 * kGrid - 1), 0);
  EXPECT_EQ(Points("x_total").at(kStart + 3 * kGrid), 6);
}

TEST_F(AggregatorTest, RecordsThatCannotBeReadAreLeftOut) {
  Send(Input("x_total", 1), kStart + 1000, 10);
  Send(Input("x_total", 2), kStart + 1000, 10);
  Finish();
  for (auto& [key, value] : stored_.records) {
    SCOPED_TRACE(key[0]);
    auto broken = stored_;
    broken.records[key].resize(value.size() - 1);
    Aggregator loaded(options_);
    EXPECT_GE(loaded.Load(broken.List(), now_), 1u);
  }
}

// ---------------------------------------------------------------- the property

// Samples of counters that grow, reset, come and go, are sent again and late; a plain
// model notes each increase with the time at which it must show.
class CounterProperty : public AggregatorTest, public ::testing::WithParamInterface<int> {
 protected:
  struct Source {
    int64_t t = 0;  // newest taken by the model; 0: none
    double v = 0;
    double counter = 0;
  };
  struct Sent {
    int user;
    int64_t t;
    double v;
  };

  int64_t Below(int64_t n) { return static_cast<int64_t>(random_() % static_cast<uint64_t>(n)); }

  void SendOne(const Sent& sent) {
    const std::map<int64_t, double>& points = Points("x_total");
    const int64_t emitted = points.empty() ? 0 : points.rbegin()->first;
    const FoldVerdict verdict = Send(Input("x_total", sent.user), sent.t, sent.v);
    Source& source = sources_[sent.user];
    if (sent.t <= source.t) {
      EXPECT_EQ(verdict, FoldVerdict::kRepeated);
      return;
    }
    const int64_t shows_at = std::max(sent.t, emitted + 1);
    EXPECT_EQ(verdict, sent.t > emitted ? FoldVerdict::kCounted : FoldVerdict::kBehindGrid);
    if (source.t != 0) {
      increases_.emplace_back(shows_at, sent.v < source.v ? sent.v : sent.v - source.v);
    }
    source.t = sent.t;
    source.v = sent.v;
  }

  // What a sender makes of the time up to now: a request, now and then an old one again.
  void Round() {
    std::vector<Sent> request;
    for (int user = 0; user < users_; ++user) {
      if (Below(8) == 0) continue;
      Source& source = sources_[user];
      if (Below(30) == 0) source.counter = 0;
      source.counter += static_cast<double>(Below(1000)) / 7;
      const int64_t t = now_ - (Below(20) == 0 ? Below(60'000) : Below(5'000));
      request.push_back({user, t, source.counter});
    }
    if (Below(5) == 0) ++users_;
    std::shuffle(request.begin(), request.end(), random_);
    for (const Sent& sent : request) SendOne(sent);
    const bool dies = Below(6) == 0;
    if (dies) {
      increases_ = stored_increases_;
      sources_before_.swap(sources_);
      for (auto& [user, source] : sources_) source.counter = sources_before_[user].counter;
      Restart();
      for (const Sent& sent : request) SendOne(sent);  // there was no answer: again
    }
    Store();
    stored_increases_ = increases_;
    sources_before_ = sources_;
    if (Below(3) == 0) {
      for (const Sent& sent : request) {
        EXPECT_EQ(Send(Input("x_total", sent.user), sent.t, sent.v), FoldVerdict::kRepeated);
      }
    }
  }

  void Check() {
    const std::map<int64_t, double>& points = Points("x_total");
    ASSERT_GT(points.size(), 10u);
    auto increase = increases_;
    std::sort(increase.begin(), increase.end());
    auto next = points.begin();
    double sum = 0;
    size_t i = 0;
    for (; next != points.end(); ++next) {
      if (next->first % kGrid != 0) continue;  // the zero before the first
      for (; i < increase.size() && increase[i].first <= next->first; ++i) {
        sum += increase[i].second;
      }
      EXPECT_NEAR(next->second, sum, 1e-9 * std::max(1.0, sum)) << next->first;
    }
    EXPECT_EQ(i, increase.size());
  }

  std::mt19937_64 random_{static_cast<uint64_t>(GetParam())};
  int users_ = 5;
  std::map<int, Source> sources_, sources_before_;
  std::vector<std::pair<int64_t, double>> increases_, stored_increases_;
};

TEST_P(CounterProperty, IncreasesEqualTheSumOfTheInputs) {
  for (int round = 0; round < 200; ++round) {
    now_ += 5'000 + Below(5'000);
    Round();
    if (Below(20) == 0) {
      now_ += 40'000;
      aggregator_->EmitQuiet(now_);
      Store();
    }
  }
  Finish();
  Check();
}

INSTANTIATE_TEST_SUITE_P(Seeds, CounterProperty, ::testing::Range(1, 9));

// The same of native histograms of any layout, by their counts and sums.
TEST_F(AggregatorTest, HistogramsGrowByTheSumOfTheIncreases) {
  for (const bool custom : {false, true}) {
    SCOPED_TRACE(custom);
    const std::string metric = custom ? "custom" : "exponential";
    tsdb::RandomHistograms random(custom ? 3 : 4);
    std::map<int, FloatHistogram> newest;
    FloatHistogram want;
    now_ = kStart;
    for (int round = 0; round < 60; ++round) {
      now_ += 9'000;
      for (int user = 0; user < 4; ++user) {
        FloatHistogram h = custom ? random.Custom() : random.Exponential();
        if (!std::isfinite(h.sum)) continue;
        h.counter_reset_hint = tsdb::CounterResetHint::kUnknown;
        const auto before = newest.find(user);
        if (before != newest.end() && round % 5 != 0) {
          FloatHistogram grown = before->second;  // the layout of the increase is another
          ASSERT_TRUE(Grow(grown, h).ok());
          h = grown;
        }
        if (before == newest.end()) {
          if (want.count == 0) want = EmptyLike(h);
        } else {
          ASSERT_TRUE(Grow(want, Increase(before->second, h)).ok());
        }
        newest[user] = h;
        EXPECT_EQ(SendHistogram(Input(metric, user), now_ + user, h), FoldVerdict::kCounted);
        EXPECT_EQ(SendHistogram(Input(metric, user), now_ + user, h), FoldVerdict::kRepeated);
      }
      Store();
      if (round % 7 == 0) Restart();
    }
    Finish();
    const auto& points = stored_.histograms[Output(metric)];
    ASSERT_GT(points.size(), 20u);
    const FloatHistogram& last = points.rbegin()->second;
    EXPECT_NEAR(last.count, want.count, 1e-9 * want.count);
    EXPECT_NEAR(last.sum, want.sum, 1e-9 * std::abs(want.count));
    for (auto it = points.begin(), next = std::next(it); next != points.end(); it = next++) {
      EXPECT_FALSE(next->second.DetectReset(it->second)) << next->first;
      EXPECT_TRUE(next->second.Validate().ok());
    }
  }
}

}  // namespace
}  // namespace tidemark::server
