// Start times of samples, against the plain model: whatever happens between, each
// sample comes back with the start that it was stored with.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tsdb/storage_for_test.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb {
namespace {

constexpr int kSeries = 4;

struct StartedSample {
  int series;
  int64_t t;
  SampleValue value;
  int64_t start;
};

class StorageStartsTest : public StorageTest {
 protected:
  using Starts = std::map<int64_t, int64_t>;  // by the sample's time; 0: not known

  void CommitStarted(const std::vector<StartedSample>& samples) {
    // Floats before histograms, as an Appender takes them.
    for (const size_t type : {size_t{0}, size_t{1}}) {
      for (const StartedSample& sample : samples) {
        if (sample.value.index() == type) AddToModel(sample);
      }
    }
    const auto app = storage_->NewAppender("default");
    for (const StartedSample& sample : samples) {
      const auto series = app->GetSeries(SeriesLabels(sample.series));
      ASSERT_TRUE(series.ok());
      const double* v = std::get_if<double>(&sample.value);
      const Status added =
          v != nullptr ? app->Append(*series, {sample.t, *v}, sample.start)
                       : app->AppendHistogram(*series, sample.t,
                                              std::get<FloatHistogram>(sample.value), sample.start);
      ASSERT_TRUE(added.ok()) << added;
    }
    const auto report = app->Commit();
    ASSERT_TRUE(report.ok()) << report.status();
  }

  void AddToModel(const StartedSample& sample) {
    const Labels labels = SeriesLabels(sample.series);
    const auto outcome = model_.Add(labels, sample.t, sample.value);
    if (outcome == StorageModel::Outcome::kNew || outcome == StorageModel::Outcome::kReplaced) {
      starts_[labels.packed()][sample.t] = sample.start;
    }
  }

  static void DrainStarts(SampleIterator& it, Starts& out) {
    do {
      const SampleRun& run = it.run();
      ASSERT_TRUE(run.start.empty() || run.start.size() == run.size());
      for (size_t i = 0; i < run.size(); ++i) out[run.t[i]] = run.start.empty() ? 0 : run.start[i];
    } while (it.Next());
    EXPECT_TRUE(it.status().ok()) << it.status();
  }

  // From `mint` on, which is sought where `seek` says so.
  void ExpectStarts(int64_t mint = kMin, bool seek = false) {
    const auto querier = storage_->NewQuerier("default", seek ? kMin : mint, kMax);
    const Matcher job = Matcher::Equal("job", "gateway");
    SelectHints hints;
    hints.start_times = true;
    const auto set = (*querier)->Select({&job, 1}, hints);
    ASSERT_TRUE(set.ok()) << set.status();
    for (size_t i = 0; i < (*set)->size(); ++i) {
      const Labels& labels = (*set)->labels(i);
      Starts got;
      const auto it = (*set)->Samples(i);
      if (seek ? it->Seek(mint) : it->Next()) DrainStarts(*it, got);
      const Timeline& samples = model_.series[labels.packed()];
      Starts want;
      for (auto at = samples.lower_bound(mint); at != samples.end(); ++at) {
        want[at->first] = starts_[labels.packed()][at->first];
      }
      ASSERT_EQ(got, want) << labels.ToString();
    }
  }

  std::map<std::string, Starts> starts_;  // by Labels::packed()
};

TEST_F(StorageStartsTest, ComeBackUnsealedSealedAndReopened) {
  CommitStarted({{0, kNow, 1.0, kNow - 60'000},
                 {0, kNow + 1000, 2.0, kNow - 60'000},
                 {0, kNow - 500, 0.5, kNow - 70'000},  // late
                 {0, kNow + 2000, 3.0, 0},
                 {1, kNow, SmallHistogram(4), kNow + 5},  // after the sample: the sender's word
                 {1, kNow - 9000, SmallHistogram(2), kMin},
                 {2, kNow, 1.0, 0}});
  for (const char* where : {"head", "replayed", "sealed", "reopened"}) {
    SCOPED_TRACE(where);
    ExpectStarts();
    ExpectModel();
    if (std::string_view(where) == "replayed") {
      ASSERT_TRUE(storage_->Flush().ok());
    } else {
      Open();
    }
  }
}

TEST_F(StorageStartsTest, NobodyPaysWhoDoesNotAsk) {
  CommitStarted({{0, kNow, 1.0, 5}, {0, kNow - 500, 0.5, 5}});
  for (const bool sealed : {false, true}) {
    if (sealed) {
      ASSERT_TRUE(storage_->Flush().ok());
    }
    const auto querier = storage_->NewQuerier("default", kMin, kMax);
    const Matcher job = Matcher::Equal("job", "gateway");
    const auto set = (*querier)->Select({&job, 1}, {});
    const auto it = (*set)->Samples(0);
    ASSERT_TRUE(it->Next());
    EXPECT_EQ(it->run().size(), 2u);
    EXPECT_TRUE(it->run().start.empty());
  }
}

TEST_F(StorageStartsTest, ADuplicateAndAConflictBringNone) {
  CommitStarted({{0, kNow, 1.0, 100}, {0, kNow + 1000, 2.0, 0}});
  for (const char* where : {"head", "sealed", "reopened"}) {
    SCOPED_TRACE(where);
    CommitStarted({{0, kNow, 1.0, 200}, {0, kNow + 1000, 2.0, 300}});
    CommitStarted({{0, kNow, 7.0, 200}, {0, kNow + 1000, 8.0, 300}});
    ExpectStarts();
    Crash();
    ExpectStarts();
    if (std::string_view(where) == "head") {
      ASSERT_TRUE(storage_->Flush().ok());
    }
  }
}

TEST_F(StorageStartsTest, AReplacementBringsItsOwn) {
  Open(ConflictPolicy::kLast);
  CommitStarted({{0, kNow, 1.0, 100}, {0, kNow + 1000, 2.0, 100}, {0, kNow + 2000, 3.0, 100}});
  CommitStarted({{0, kNow + 1000, 9.0, 0}, {0, kNow, 1.0, 50}});
  ExpectStarts();
  ASSERT_TRUE(storage_->Flush().ok());
  CommitStarted({{0, kNow + 2000, 8.0, 700}, {0, kNow - 1, 1.0, 10}});
  ExpectStarts();
  Crash();
  ExpectStarts();
  ASSERT_TRUE(storage_->Flush().ok());
  ExpectStarts();
}

// A constant start costs some bytes a block, no more.
TEST_F(StorageStartsTest, AreSmall) {
  const auto bytes_of = [this](int64_t start) {
    std::vector<StartedSample> samples;
    for (int64_t i = 1; i < 900; ++i) {
      samples.push_back({0, kNow + i * 15'000, static_cast<double>(i), start});
    }
    CommitStarted(samples);
    EXPECT_TRUE(storage_->Flush().ok());
    Counter* sealed = metrics_.AddCounter("tidemark_storage_sealed_bytes_total",
                                          "Bytes of encoded samples written to blocks.");
    return sealed->value();
  };
  const uint64_t without = bytes_of(0);
  DeleteFromBoth(Matcher::Equal("job", "gateway"), kMin, kMax);
  EXPECT_LT(bytes_of(kNow) - without, without + 100);
}

class StorageStartsPropertyTest : public StorageStartsTest {
 protected:
  uint64_t Below(uint64_t n) { return random_() % n; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }

  int64_t RandomStart(int64_t t, int64_t before) {
    switch (Below(8)) {
      case 0:
        return 0;
      case 1:
        return static_cast<int64_t>(random_());
      case 2:
        return before;
      case 3:
        return t - static_cast<int64_t>(Below(1000));
      default:
        return kNow / 3'600'000 * 3'600'000;
    }
  }

  void RandomCommit() {
    std::vector<StartedSample> samples;
    for (int series = 0; series < kSeries; ++series) {
      int64_t& newest = newest_[static_cast<size_t>(series)];
      for (uint64_t n = Below(8); n > 0; --n) {
        const int64_t before = newest;
        const bool late = OneIn(5);
        const int64_t t = late ? newest - static_cast<int64_t>(Below(3 * kBlockMs))
                               : newest += 1 + static_cast<int64_t>(Below(90'000));
        // Series 3 has starts but rarely.
        const int64_t start = series == 3 && !OneIn(20) ? 0 : RandomStart(t, before);
        samples.push_back({series, t, RandomValue(series, random_), start});
      }
    }
    for (uint64_t n = sent_.empty() ? 0 : Below(8); n > 0; --n) {
      StartedSample again = sent_[Below(sent_.size())];
      if (OneIn(2)) again.start = RandomStart(again.t, again.t - 1);
      if (OneIn(2)) again.value = RandomValue(static_cast<int>(Below(2)), random_);
      samples.push_back(std::move(again));
    }
    CommitStarted(samples);
    sent_.insert(sent_.end(), samples.begin(), samples.end());
  }

  void RandomDelete() {
    const int64_t newest = newest_[Below(kSeries)];
    const int64_t mint = newest - static_cast<int64_t>(Below(OneIn(3) ? 3 * kBlockMs : 600'000));
    DeleteFromBoth(Matcher::Equal("instance", "gw-" + std::to_string(Below(kSeries))), mint,
                   mint + static_cast<int64_t>(Below(kBlockMs)));
  }

  void Step() {
    switch (Below(16)) {
      case 0:
      case 1:
        ASSERT_TRUE(storage_->Flush().ok());
        return;
      case 2:
        return Open();
      case 3:
        return Crash();
      case 4:
      case 5:
        return RandomDelete();
      case 6:
        ASSERT_TRUE(storage_->CleanTombstones().ok());
        return;
      default:
        return RandomCommit();
    }
  }

  void Run(uint64_t seed, ConflictPolicy policy) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    random_.seed(seed);
    storage_.reset();
    std::filesystem::remove_all(options_.path);
    model_ = StorageModel();
    starts_.clear();
    sent_.clear();
    newest_.assign(kSeries, kNow);
    Open(policy);
    for (int step = 0; step < 60 && !HasFailure(); ++step) {
      SCOPED_TRACE("step " + std::to_string(step));
      Step();
      if (OneIn(4)) {
        ExpectStarts(newest_[0] - static_cast<int64_t>(Below(4 * kBlockMs)), OneIn(2));
      }
      if (OneIn(8)) ExpectStarts();
    }
    Crash();
    ExpectStarts();
    ExpectModel();
  }

  std::mt19937_64 random_;
  std::vector<StartedSample> sent_;
  std::vector<int64_t> newest_;  // by series
};

TEST_F(StorageStartsPropertyTest, FirstValueWins) {
  for (uint64_t seed = 0; seed < 2 && !HasFailure(); ++seed) Run(seed, ConflictPolicy::kFirst);
}

TEST_F(StorageStartsPropertyTest, LastValueWins) {
  for (uint64_t seed = 10; seed < 12 && !HasFailure(); ++seed) Run(seed, ConflictPolicy::kLast);
}

}  // namespace
}  // namespace tidemark::tsdb
