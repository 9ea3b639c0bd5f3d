// StorageTest: a Storage in a folder of its own, beside the model of what it must
// answer.
//
//   TEST_F(StorageTest, …) {
//     CommitToBoth({{SeriesLabels(0), kNow, 1.5}});
//     Open();  // again
//     ExpectModel();
//   }
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <limits>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "tsdb/model/random_histogram.h"
#include "tsdb/storage.h"
#include "tsdb/storage_model.h"
#include "tsdb/store/fault.h"

namespace tidemark::tsdb {

inline constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
inline constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
inline constexpr int64_t kNow = 1'767'225'600'000;  // 2026-01-01

inline Labels SeriesLabels(int i) {
  return Labels::Must({{kMetricName, i % 2 == 0 ? "requests_total" : "latency_seconds"},
                       {"instance", "gw-" + std::to_string(i)},
                       {"job", "gateway"}});
}

inline FloatHistogram SmallHistogram(double count) {
  FloatHistogram h;
  h.schema = 2;
  h.count = count;
  h.sum = count / 2;
  h.positive_spans = {{0, 1}};
  h.positive_buckets = {count};
  return h;
}

class StorageTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "storage_test_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    options_.path = pattern;
    options_.raw_retention_ms = 0;
    options_.min_free_disk = 0;
    options_.memory_bytes = 256 << 20;
    options_.fsync = FsyncMode::kInterval;
    options_.clock = &clock_;
    Open();
  }
  void TearDown() override {
    SetFaultHookForTest({});
    storage_.reset();
    std::filesystem::remove_all(options_.path);
  }
  void Open() {
    storage_.reset();
    auto opened = Storage::Open(options_, metrics_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    storage_ = *std::move(opened);
  }

  // Goes on with the files as they are at this moment, as after a kill -9.
  void Crash() {
    const std::string after = options_.path + ".crashed";
    // RocksDB may make or remove a file while it is copied: then once more.
    std::error_code error;
    std::set<std::string> files;
    do {
      files = FileNames();
      std::filesystem::remove_all(after);
      std::filesystem::copy(options_.path, after, std::filesystem::copy_options::recursive, error);
    } while (error || files != FileNames());
    storage_.reset();
    std::filesystem::remove_all(options_.path);
    std::filesystem::rename(after, options_.path);
    Open();
  }
  std::set<std::string> FileNames() const {
    std::set<std::string> names;
    std::error_code error;
    const std::filesystem::recursive_directory_iterator end;
    std::filesystem::recursive_directory_iterator it(options_.path, error);
    for (; !error && it != end; it.increment(error)) names.insert(it->path().string());
    return names;
  }
  void Open(ConflictPolicy policy) {
    options_.conflicts.all = policy;
    model_.policy = policy;
    Open();
  }

  using Batch = std::vector<std::tuple<Labels, int64_t, SampleValue>>;
  StatusOr<CommitReport> Commit(const Batch& batch, std::string_view tenant = "default") {
    const auto app = storage_->NewAppender(tenant);
    for (const auto& [labels, t, value] : batch) {
      ASSIGN_OR_RETURN(const SeriesRef series, app->GetSeries(labels));
      if (const double* v = std::get_if<double>(&value)) {
        RETURN_IF_ERROR(app->Append(series, Sample{t, *v}));
      } else {
        RETURN_IF_ERROR(app->AppendHistogram(series, t, std::get<FloatHistogram>(value)));
      }
    }
    return app->Commit();
  }

  static void Expect(StorageModel::Outcome outcome, int64_t t, CommitReport& want) {
    switch (outcome) {
      case StorageModel::Outcome::kNew:
        ++want.written;
        break;
      case StorageModel::Outcome::kDuplicate:
        ++want.duplicates;
        break;
      case StorageModel::Outcome::kConflict:
        want.conflicts.push_back({0, t});
        break;
      case StorageModel::Outcome::kReplaced:
        ++want.replaced;
        break;
    }
  }

  // Commits, and compares the report with the model's.
  void CommitToBoth(const Batch& batch) {
    CommitReport want;
    // Floats before histograms, as an Appender takes them.
    for (const size_t type : {size_t{0}, size_t{1}}) {
      for (const auto& [labels, t, value] : batch) {
        if (value.index() == type) Expect(model_.Add(labels, t, value), t, want);
      }
    }
    const auto got = Commit(batch);
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(got->written, want.written);
    EXPECT_EQ(got->duplicates, want.duplicates);
    EXPECT_EQ(got->replaced, want.replaced);
    EXPECT_EQ(got->conflicts.size(), want.conflicts.size());
  }

  void DeleteFromBoth(const Matcher& matcher, int64_t mint, int64_t maxt) {
    const auto deleted = storage_->Delete("default", {&matcher, 1}, mint, maxt);
    ASSERT_TRUE(deleted.ok()) << deleted.status();
    model_.Delete(matcher, mint, maxt);
  }

  void ExpectModel() {
    const auto got = ReadAll(*storage_, "default", kMin, kMax);
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(Difference(*got, model_.series), "");
  }

  FakeClock clock_{kNow};
  Metrics metrics_;
  StorageOptions options_;
  std::unique_ptr<Storage> storage_;
  StorageModel model_;
};

// A random value; histograms for odd series mostly, sometimes the other type.
inline SampleValue RandomValue(int series, std::mt19937_64& random) {
  const bool histogram = (series % 2 == 1) != (random() % 10 == 0);
  const bool stale = random() % 20 == 0;
  if (!histogram) return stale ? kStaleNaN : static_cast<double>(random() % 1000);
  FloatHistogram h = RandomHistograms(random()).Any();
  if (stale) h.sum = kStaleNaN;
  return h;
}

}  // namespace tidemark::tsdb
