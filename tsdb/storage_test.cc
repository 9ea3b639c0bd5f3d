#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/storage_for_test.h"
#include "tsdb/store/keys.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {
namespace {

TEST_F(StorageTest, SamplesComeBackUnsealedSealedAndReopened) {
  CommitToBoth({{SeriesLabels(0), kNow, 1.5},
                {SeriesLabels(1), kNow, SmallHistogram(4)},
                {SeriesLabels(0), kNow + 1000, kStaleNaN}});
  ExpectModel();
  ASSERT_TRUE(storage_->Flush().ok());
  ExpectModel();
  Open();
  ExpectModel();
  CommitToBoth({{SeriesLabels(0), kNow + 2000, 2.5}, {SeriesLabels(2), kNow, 7.0}});
  Open();
  ExpectModel();
}

TEST_F(StorageTest, AnyTimeIsAPlaceToStore) {
  Batch batch;
  for (const int64_t t : {kMin, kMin + 1, -kPartitionMs, -kBlockMs, -kBlockMs + 1, int64_t{-1},
                          int64_t{0}, int64_t{1}, kBlockMs - 1, kBlockMs, kBlockMs + 1,
                          kPartitionMs, kPartitionMs + 1, kMax - kBlockMs, kMax - 1, kMax}) {
    batch.emplace_back(SeriesLabels(0), t, static_cast<double>(t));
    batch.emplace_back(SeriesLabels(1), t, SmallHistogram(3));
  }
  CommitToBoth(batch);
  ExpectModel();
  ASSERT_TRUE(storage_->Flush().ok());
  ExpectModel();
  CommitToBoth(batch);  // all of them duplicates
  Open();
  CommitToBoth(batch);
  ExpectModel();
}

TEST_F(StorageTest, LateSamplesAreCountedAndInOrderWhenRead) {
  const auto report = Commit({{SeriesLabels(0), kNow, 1.0},
                              {SeriesLabels(0), kNow - 1000, 2.0},
                              {SeriesLabels(0), kNow + 1000, 3.0}});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->written, 3u);
  EXPECT_EQ(report->late, 1u);
  const auto conflict = Commit({{SeriesLabels(3), kNow, 1.0}, {SeriesLabels(0), kNow, 5.0}});
  ASSERT_TRUE(conflict.ok());
  ASSERT_EQ(conflict->conflicts.size(), 1u);
  EXPECT_EQ(conflict->conflicts[0].series, 1u);
  EXPECT_EQ(conflict->conflicts[0].t, kNow);
}

TEST_F(StorageTest, SeriesComeInLabelOrderAndByMatcher) {
  Batch batch;
  for (int i = 9; i >= 0; --i) batch.emplace_back(SeriesLabels(i), kNow, 1.0);
  ASSERT_TRUE(Commit(batch).ok());
  const auto querier = storage_->NewQuerier("default", kMin, kMax);
  const Matcher job = Matcher::Equal("job", "gateway");
  const auto set = (*querier)->Select({&job, 1}, {});
  ASSERT_TRUE(set.ok());
  ASSERT_EQ((*set)->size(), 10u);
  for (size_t i = 1; i < 10; ++i) EXPECT_LT((*set)->labels(i - 1), (*set)->labels(i));
  SelectHints hints;
  hints.limit = 3;
  EXPECT_EQ((*(*querier)->Select({&job, 1}, hints))->size(), 3u);
  const Matcher empty = Matcher::Equal("absent", "");
  EXPECT_EQ((*querier)->Select({&empty, 1}, {}).status().code(), StatusCode::kInvalidArgument);
  Cancellation cancelled;
  cancelled.Cancel();
  hints.cancellation = &cancelled;
  EXPECT_EQ((*querier)->Select({&job, 1}, hints).status().code(), StatusCode::kCancelled);
}

TEST_F(StorageTest, TenantsDoNotSeeEachOther) {
  ASSERT_TRUE(Commit({{SeriesLabels(0), kNow, 1.0}}, "a").ok());
  ASSERT_TRUE(Commit({{SeriesLabels(0), kNow, 2.0}}, "b").ok());
  Open();
  EXPECT_EQ(std::get<double>(ReadAll(*storage_, "a", kMin, kMax)->begin()->second[kNow]), 1.0);
  EXPECT_EQ(std::get<double>(ReadAll(*storage_, "b", kMin, kMax)->begin()->second[kNow]), 2.0);
  EXPECT_TRUE(ReadAll(*storage_, "c", kMin, kMax)->empty());
  const auto stats = storage_->Stats();
  ASSERT_EQ(stats.size(), 2u);
  EXPECT_EQ(stats[1].tenant, "b");
  EXPECT_EQ(stats[1].series, 1u);
  EXPECT_EQ(stats[1].head_series, 1u);
  EXPECT_EQ(stats[1].max_time, kNow);
}

TEST_F(StorageTest, WhatIsRefusedCostsNothingElse) {
  options_.max_label_names = 4;
  options_.max_label_value_bytes = 20;
  Open();
  const auto app = storage_->NewAppender("default");
  const Labels refused[] = {
      Labels::Must({{"job", "x"}}),
      Labels::Must({{kMetricName, "m"}, {"a", "1"}, {"b", "1"}, {"c", "1"}, {"d", "1"}}),
      Labels::Must({{kMetricName, "m"}, {"a", std::string(21, 'x')}}),
  };
  for (const Labels& labels : refused) {
    EXPECT_EQ(app->GetSeries(labels).status().code(), StatusCode::kInvalidArgument);
  }
  const auto series = app->GetSeries(SeriesLabels(0));
  ASSERT_TRUE(series.ok());
  FloatHistogram bad = SmallHistogram(1);
  bad.positive_buckets.push_back(1);
  EXPECT_EQ(app->AppendHistogram(*series, kNow, bad).code(), StatusCode::kInvalidArgument);
  EXPECT_TRUE(app->Append(*series, {kNow, 1}).ok());
  EXPECT_EQ(app->Commit()->written, 1u);
}

TEST_F(StorageTest, RetentionRefusesHidesAndDrops) {
  options_.raw_retention_ms = 10 * kPartitionMs;
  Open();
  EXPECT_EQ(Commit({{SeriesLabels(0), kNow - 10 * kPartitionMs - 1, 1.0}}).status().code(),
            StatusCode::kOutOfRange);
  Batch batch;
  for (int day = 0; day < 10; ++day) {
    batch.emplace_back(SeriesLabels(0), kNow - day * kPartitionMs, 1.0 * day);
  }
  ASSERT_TRUE(Commit(batch).ok());
  clock_.Advance(5 * kPartitionMs - 1);
  ASSERT_TRUE(storage_->Flush().ok());
  for (int i = 0; i < 2; ++i) {
    const auto got = ReadAll(*storage_, "default", kMin, kMax);
    ASSERT_TRUE(got.ok());
    EXPECT_EQ(got->begin()->second.size(), 6u);
    clock_.Set(kNow);  // a clock that goes back brings nothing back
    Open();
  }
}

TEST_F(StorageTest, ExemplarsAndMetadataAreKept) {
  const auto app = storage_->NewAppender("default");
  const auto series = app->GetSeries(SeriesLabels(0));
  for (const int64_t t : {kNow + 5, kNow, kNow}) {
    ASSERT_TRUE(app->AppendExemplar(*series, {Labels::Must({{"trace_id", "abc"}}), 0.25, t}).ok());
  }
  const Metadata metadata{MetricType::kCounter, "Requests.", "requests"};
  ASSERT_TRUE(app->SetMetadata("requests_total", metadata).ok());
  ASSERT_TRUE(app->Commit().ok());
  Open();
  EXPECT_EQ(storage_->MetricMetadata("default"),
            (std::map<std::string, Metadata>{{"requests_total", metadata}}));
  EXPECT_TRUE(storage_->MetricMetadata("other").empty());
  const Matcher job = Matcher::Equal("job", "gateway");
  const auto got = storage_->Exemplars("default", {&job, 1}, kNow - 1, kNow + 9);
  ASSERT_TRUE(got.ok()) << got.status();
  ASSERT_EQ(got->size(), 1u);
  EXPECT_EQ((*got)[0].labels, SeriesLabels(0));
  ASSERT_EQ((*got)[0].exemplars.size(), 2u);
  EXPECT_EQ((*got)[0].exemplars[0].t, kNow);
  EXPECT_EQ((*got)[0].exemplars[1].labels.Get("trace_id"), "abc");
  EXPECT_TRUE(storage_->Exemplars("default", {&job, 1}, kNow + 6, kMax)->empty());
}

TEST_F(StorageTest, OneProcessAtATime) {
  const auto second = Storage::Open(options_, metrics_);
  EXPECT_EQ(second.status().code(), StatusCode::kFailedPrecondition);
  EXPECT_NE(MessageOf(second.status()).find("in use by another process"), std::string::npos)
      << second.status();
}

TEST_F(StorageTest, BudgetsRefuseBeforeAnythingIsChanged) {
  options_.min_free_disk = 1.01;
  Open();
  EXPECT_EQ(Commit({{SeriesLabels(0), kNow, 1.0}}).status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(storage_->WriteHealth().code(), StatusCode::kUnavailable);
  EXPECT_TRUE(storage_->Stats().empty());
  options_.min_free_disk = 0;
  options_.memory_bytes = 1000;
  Open();
  EXPECT_TRUE(Commit({{SeriesLabels(0), kNow, 1.0}}).ok());
  EXPECT_EQ(Commit({{SeriesLabels(1), kNow, 1.0}}).status().code(), StatusCode::kUnavailable);
}

TEST_F(StorageTest, PastItsMemoryItRefusesBeforeItAllocates) {
  options_.memory_bytes = 8 << 20;
  Open();
  StatusOr<CommitReport> refused = CommitReport();
  int n = 0;
  for (; refused.ok() && n < 50'000; n += 100) {
    Batch batch;
    for (int i = n; i < n + 100; ++i) batch.emplace_back(SeriesLabels(i), kNow, 1.0);
    refused = Commit(batch);
  }
  ASSERT_EQ(refused.status().code(), StatusCode::kUnavailable);
  EXPECT_NE(refused.status().message().find("raise storage.memory"), std::string::npos)
      << refused.status();
  EXPECT_EQ(storage_->WriteHealth().code(), StatusCode::kUnavailable);
  EXPECT_EQ(storage_->Stats()[0].series, static_cast<uint64_t>(n - 100));
  const auto got = ReadAll(*storage_, "default", kMin, kMax);
  ASSERT_TRUE(got.ok());
  EXPECT_EQ(got->size(), static_cast<size_t>(n - 100));

  options_.memory_bytes = 256 << 20;
  Open();
  EXPECT_TRUE(Commit({{SeriesLabels(n), kNow, 1.0}}).ok());
}

TEST_F(StorageTest, TenantsMayKeepLongerOrShorter) {
  options_.raw_retention_ms = 10 * kPartitionMs;
  options_.raw_retention_ms_by_tenant = {
      {"short", 2 * kPartitionMs}, {"for_ever", 0}, {"absent", 20 * kPartitionMs}};
  Open();
  const char* const tenants[] = {"first", "for_ever", "short", "last"};
  const auto age = [](int day) { return kNow - day * kPartitionMs; };
  EXPECT_EQ(Commit({{SeriesLabels(0), age(2) - 1, 1.0}}, "short").status().code(),
            StatusCode::kOutOfRange);
  const Matcher all = Matcher::Equal("job", "gateway");
  for (const std::string_view tenant : tenants) {
    for (int day = 0; day < (tenant == "short" ? 2 : 10); ++day) {
      ASSERT_TRUE(Commit({{SeriesLabels(0), age(day), 1.0}}, tenant).ok());
      const auto app = storage_->NewAppender(tenant);
      const auto series = app->GetSeries(SeriesLabels(0));
      ASSERT_TRUE(app->AppendExemplar(*series, {Labels(), 0.5, age(day)}).ok());
      ASSERT_TRUE(app->Commit().ok());
    }
  }
  ASSERT_TRUE(storage_->Flush().ok());
  for (const int days : {5, 5}) {
    SCOPED_TRACE(days);
    clock_.Advance(days * kPartitionMs);
    ASSERT_TRUE(storage_->Flush().ok());
    const auto left = static_cast<size_t>((clock_.NowMs() - kNow) / kPartitionMs);
    for (const std::string_view tenant : tenants) {
      SCOPED_TRACE(tenant);
      const size_t want = tenant == "for_ever" ? 10 : tenant == "short" ? 0 : 11 - left;
      const auto got = ReadAll(*storage_, tenant, kMin, kMax);
      ASSERT_TRUE(got.ok());
      ASSERT_EQ(got->size(), want > 0 ? 1u : 0u);
      if (want > 0) {
        EXPECT_EQ(got->begin()->second.size(), want);
      }
      const auto exemplars = storage_->Exemplars(tenant, {&all, 1}, kMin, kMax);
      ASSERT_TRUE(exemplars.ok()) << exemplars.status();
      EXPECT_EQ(exemplars->empty() ? 0u : (*exemplars)[0].exemplars.size(), want);
    }
  }
  // What is hidden is gone, too.
  storage_.reset();
  Metrics metrics;
  StoreOptions store_options;
  store_options.path = options_.path + "/db";
  const auto store = Store::Open(store_options, metrics);
  ASSERT_TRUE(store.ok()) << store.status();
  const auto count = [&store](Family family, std::string_view first) {
    size_t n = 0;
    const auto it = (*store)->NewIterator(family);
    for (it->Seek(first); it->Valid(); it->Next()) ++n;
    return n;
  };
  EXPECT_EQ(count(Family::kRaw, ""), 10u + 2u);
  EXPECT_EQ(count(Family::kMeta, "x"), 10u + 2u);
}

TEST_F(StorageTest, AFlushLeavesNothingButBlocksOnDisk) {
  for (int64_t t = kNow; t < kNow + 200'000; t += 1000) {
    Batch batch;
    for (int i = 0; i < 20; ++i) batch.emplace_back(SeriesLabels(i), t, static_cast<double>(t / 7));
    ASSERT_TRUE(Commit(batch).ok());
  }
  ASSERT_TRUE(storage_->Flush().ok());
  uint64_t log = 0;
  uint64_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(options_.path + "/db")) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".log") log += entry.file_size();
    if (extension == ".sst") files += entry.file_size();
  }
  EXPECT_LT(log, 1000u);
  EXPECT_LT(files, 30'000u);  // 4,000 samples, catalog and filters
}

TEST_F(StorageTest, StatesAreWrittenWithTheSamplesOrNotAtAll) {
  using States = std::vector<std::pair<std::string, std::string>>;
  const auto set = [this](std::vector<std::pair<std::string, std::optional<std::string>>> states,
                          std::string_view tenant = "default") {
    const auto app = storage_->NewAppender(tenant);
    for (auto& [key, value] : states) EXPECT_TRUE(app->SetState(key, value).ok());
    return app->Commit().status();
  };
  ASSERT_TRUE(set({{"b", "1"}, {"a", "2"}, {"b", "3"}, {"c", "4"}}).ok());
  ASSERT_TRUE(set({{"a", "other"}}, "acme").ok());
  ASSERT_TRUE(set({{"c", std::nullopt}}).ok());
  const States want = {{"a", "2"}, {"b", "3"}};
  EXPECT_EQ(*storage_->States("default"), want);
  EXPECT_EQ(*storage_->States("nobody"), States());
  std::vector<std::string> tenants = storage_->TenantsWithStates();
  std::sort(tenants.begin(), tenants.end());
  EXPECT_EQ(tenants, (std::vector<std::string>{"acme", "default"}));
  Crash();
  EXPECT_EQ(*storage_->States("default"), want);
  EXPECT_EQ(storage_->States("acme")->at(0).second, "other");
  ASSERT_TRUE(storage_->Flush().ok());
  SetFaultHookForTest([](std::string_view step) {
    return step == "store.write" ? Unavailable("disk on fire") : OkStatus();
  });
  EXPECT_EQ(set({{"a", "5"}}).code(), StatusCode::kUnavailable);
  Crash();
  EXPECT_EQ(*storage_->States("default"), want);
}

}  // namespace
}  // namespace tidemark::tsdb
