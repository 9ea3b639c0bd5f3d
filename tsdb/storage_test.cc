#include "tsdb/storage.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <limits>
#include <random>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "tsdb/base/varint.h"
#include "tsdb/model/random_histogram.h"
#include "tsdb/storage_model.h"
#include "tsdb/store/fault.h"
#include "tsdb/store/keys.h"
#include "tsdb/store/store.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kNow = 1'767'225'600'000;  // 2026-01-01

Labels SeriesLabels(int i) {
  return Labels::Must({{kMetricName, i % 2 == 0 ? "requests_total" : "latency_seconds"},
                       {"instance", "gw-" + std::to_string(i)},
                       {"job", "gateway"}});
}

FloatHistogram SmallHistogram(double count) {
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
    EXPECT_EQ(got->conflicts.size(), want.conflicts.size());
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

TEST_F(StorageTest, TheFirstValueWinsWhereverItIs) {
  const Batch first = {{SeriesLabels(0), kNow, 1.0},
                       {SeriesLabels(0), kNow + 1000, 2.0},
                       {SeriesLabels(1), kNow, SmallHistogram(1)},
                       {SeriesLabels(1), kNow + 1000, SmallHistogram(2)}};
  const Batch other = {{SeriesLabels(0), kNow, 9.0},
                       {SeriesLabels(0), kNow + 1000, SmallHistogram(9)},
                       {SeriesLabels(1), kNow, SmallHistogram(9)},
                       {SeriesLabels(1), kNow + 1000, 9.0}};
  CommitToBoth(first);
  for (const char* where : {"head", "sealed", "reopened"}) {
    SCOPED_TRACE(where);
    CommitToBoth(first);
    CommitToBoth(other);
    ExpectModel();
    if (std::string_view(where) == "head") {
      ASSERT_TRUE(storage_->Flush().ok());
    } else {
      Open();
    }
  }
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

// A random value; histograms for odd series mostly, sometimes the other type.
SampleValue RandomValue(int series, std::mt19937_64& random) {
  const bool histogram = (series % 2 == 1) != (random() % 10 == 0);
  const bool stale = random() % 20 == 0;
  if (!histogram) return stale ? kStaleNaN : static_cast<double>(random() % 1000);
  FloatHistogram h = RandomHistograms(random()).Any();
  if (stale) h.sum = kStaleNaN;
  return h;
}

TEST_F(StorageTest, RandomAppendsSealsAndRestartsEqualTheModel) {
  std::mt19937_64 random(20260101);
  std::vector<int64_t> now(6, kNow);
  Batch sent;
  for (int step = 0; step < 400; ++step) {
    SCOPED_TRACE(step);
    Batch batch;
    for (int i = 0; i < 6; ++i) {
      for (uint64_t n = random() % 8; n > 0; --n) {
        const bool late = random() % 5 == 0;
        const int64_t back = static_cast<int64_t>(random() % (3 * kBlockMs));
        const int64_t t =
            late ? now[i] - back : (now[i] += static_cast<int64_t>(random() % 90'000));
        batch.emplace_back(SeriesLabels(i), t, RandomValue(i, random));
      }
    }
    for (uint64_t n = sent.empty() ? 0 : random() % 8; n > 0; --n) {
      auto again = sent[random() % sent.size()];
      if (random() % 3 == 0) std::get<2>(again) = RandomValue(0, random);
      batch.push_back(again);
    }
    CommitToBoth(batch);
    if (sent.size() < 5000) sent.insert(sent.end(), batch.begin(), batch.end());
    if (random() % 20 == 0) {
      ASSERT_TRUE(storage_->Flush().ok());
    }
    if (random() % 40 == 0) Open();
    if (random() % 10 == 0) ExpectModel();
  }
  ExpectModel();
}

TEST_F(StorageTest, SeeksAndRangesEqualTheModel) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 4; ++round) {
    Batch batch;
    for (int i = 0; i < 800; ++i) {
      const int64_t t = kNow + static_cast<int64_t>(random() % (5 * kBlockMs)) / 1000 * 1000;
      batch.emplace_back(SeriesLabels(0), t, RandomValue(0, random));
    }
    CommitToBoth(batch);
    if (round % 2 == 0) {
      ASSERT_TRUE(storage_->Flush().ok());
    }
  }
  const Timeline& all = model_.series[SeriesLabels(0).packed()];
  const Matcher matcher = Matcher::Equal("instance", "gw-0");
  for (int i = 0; i < 200; ++i) {
    SCOPED_TRACE(i);
    const auto time = [&] { return kNow + static_cast<int64_t>(random() % (5 * kBlockMs)); };
    int64_t mint = time();
    int64_t maxt = time();
    if (mint > maxt) std::swap(mint, maxt);
    auto querier = storage_->NewQuerier("default", mint, maxt);
    ASSERT_TRUE(querier.ok());
    auto set = (*querier)->Select({&matcher, 1}, {});
    ASSERT_TRUE(set.ok());
    ASSERT_EQ((*set)->size(), 1u);
    const auto it = (*set)->Samples(0);
    int64_t from = mint;
    for (int seek = 0; seek < 5; ++seek) {
      from = std::max(from, time());
      const auto want = all.lower_bound(from);
      const bool found = it->Seek(from);
      ASSERT_EQ(found, want != all.end() && want->first <= maxt);
      if (!found) break;
      ASSERT_EQ(it->run().t.front(), want->first);
    }
    EXPECT_TRUE(it->status().ok());
    const auto whole = (*set)->Samples(0);
    const auto got = Drain(*whole);
    ASSERT_TRUE(got.ok()) << got.status();
    EXPECT_EQ(Difference(*got, Timeline(all.lower_bound(mint), all.upper_bound(maxt))), "");
  }
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

TEST_F(StorageTest, ASeriesOfWhichNothingWasTakenIsNotCreated) {
  options_.raw_retention_ms = kPartitionMs;
  Open();
  const auto app = storage_->NewAppender("default");
  const SeriesRef old = *app->GetSeries(SeriesLabels(0));
  const SeriesRef taken = *app->GetSeries(SeriesLabels(1));
  EXPECT_EQ(app->Append(old, {kNow - 2 * kPartitionMs, 1}).code(), StatusCode::kOutOfRange);
  ASSERT_TRUE(app->Append(taken, {kNow, 1}).ok());
  ASSERT_TRUE(app->Commit().ok());
  ASSERT_EQ(storage_->Stats().size(), 1u);
  EXPECT_EQ(storage_->Stats()[0].series, 1u);
}

// Labels as remote write has them: "a=1,b=2" in the order given.
std::string EncodeLabels(const std::vector<std::pair<std::string, std::string>>& labels) {
  std::string out;
  for (const auto& [name, value] : labels) {
    std::string label;
    label.push_back(0x0a);
    AppendLengthPrefixed(label, name);
    label.push_back(0x12);
    AppendLengthPrefixed(label, value);
    out.push_back(0x0a);
    AppendLengthPrefixed(out, label);
  }
  return out;
}

// Takes apart what EncodeLabels made; counts how often.
class TestDecoder : public LabelDecoder {
 public:
  StatusOr<Labels> Decode(std::string_view encoded) override {
    ++calls;
    std::vector<LabelView> views;
    std::string_view label;
    while (!encoded.empty()) {
      encoded.remove_prefix(1);
      LabelView& view = views.emplace_back();
      const bool ok = ReadLengthPrefixed(encoded, label) && (label.remove_prefix(1), true) &&
                      ReadLengthPrefixed(label, view.name) && (label.remove_prefix(1), true) &&
                      ReadLengthPrefixed(label, view.value);
      if (!ok) return InvalidArgument("no labels");
      if (view.name == "bad") return InvalidArgument("a bad label");
    }
    return Labels::FromViews(std::move(views));
  }
  int calls = 0;
};

TEST_F(StorageTest, SeriesAreFoundByTheBytesOfTheirLabels) {
  const Labels labels =
      Labels::Must({{kMetricName, "m"}, {"a", "1"}, {"b", std::string(300, 'x')}});
  const std::string sorted =
      EncodeLabels({{"__name__", "m"}, {"a", "1"}, {"b", std::string(300, 'x')}});
  const std::string unsorted =
      EncodeLabels({{"b", std::string(300, 'x')}, {"__name__", "m"}, {"empty", ""}, {"a", "1"}});
  const struct {
    const char* name;
    const std::string& encoded;
    int decoded;
    bool restart;
  } kCases[] = {
      {"new", sorted, 1, false},
      {"known", sorted, 0, false},
      {"not sorted", unsorted, 1, false},
      {"again not sorted", unsorted, 1, false},
      {"from the catalog", sorted, 0, true},
  };
  int64_t t = kNow;
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    if (c.restart) Open();
    TestDecoder decoder;
    const auto app = storage_->NewAppender("default");
    const auto series = app->GetEncodedSeries(c.encoded, decoder);
    ASSERT_TRUE(series.ok());
    ASSERT_TRUE(app->Append(*series, {++t, 1}).ok());
    ASSERT_TRUE(app->AppendHistogram(*series, ++t, SmallHistogram(2)).ok());
    ASSERT_TRUE(app->AppendExemplar(*series, {Labels::Must({{"id", "1"}}), 1, t}).ok());
    const auto report = app->Commit();
    ASSERT_TRUE(report.ok());
    EXPECT_EQ(report->written, 2u);
    EXPECT_TRUE(report->refused.empty());
    EXPECT_EQ(decoder.calls, c.decoded);
    model_.Add(labels, t - 1, 1.0);
    model_.Add(labels, t, SmallHistogram(2));
    ExpectModel();
  }
  const Matcher all = Matcher::Equal("a", "1");
  EXPECT_EQ(storage_->Exemplars("default", {&all, 1}, kMin, kMax)->at(0).exemplars.size(), 5u);
  EXPECT_EQ(storage_->Stats()[0].series, 1u);
}

TEST_F(StorageTest, EncodedSeriesThatAreRefusedCostNoOther) {
  options_.max_label_names = 2;
  Open();
  TestDecoder decoder;
  const std::string encoded[] = {
      EncodeLabels({{"__name__", "good"}}),
      EncodeLabels({{"__name__", "m"}, {"bad", "1"}}),
      EncodeLabels({{"__name__", "m"}, {"a", "1"}, {"b", "1"}}),
      EncodeLabels({{"__name__", "m"}, {"b", "1"}}),
  };
  const auto app = storage_->NewAppender("default");
  for (const std::string& one : encoded) {
    const SeriesRef series = *app->GetEncodedSeries(one, decoder);
    ASSERT_TRUE(app->Append(series, {kNow, 1}).ok());
    ASSERT_TRUE(app->AppendHistogram(series, kNow + 1, SmallHistogram(2)).ok());
    ASSERT_TRUE(app->AppendExemplar(series, {Labels::Must({{"id", "1"}}), 1, kNow}).ok());
  }
  const auto report = app->Commit();
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->written, 4u);
  std::map<SeriesRef, std::string> refused;
  for (const RefusedSeries& one : report->refused) refused[one.series] = MessageOf(one.status);
  EXPECT_EQ(refused,
            (std::map<SeriesRef, std::string>{
                {1, "a bad label"}, {2, "series of metric m has 3 labels, at most 2 are taken"}}));
  for (const Labels& labels :
       {Labels::Must({{kMetricName, "good"}}), Labels::Must({{kMetricName, "m"}, {"b", "1"}})}) {
    model_.Add(labels, kNow, 1.0);
    model_.Add(labels, kNow + 1, SmallHistogram(2));
  }
  ExpectModel();
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

// ---------------------------------------------------------------- threads

// Writers, readers and seals at once.  A reader must see, at every moment, all
// samples of a series up to the last one that was acknowledged before it asked.
TEST_F(StorageTest, ReadersSeeWhatWasAcknowledgedWhileSealsRun) {
  constexpr int kWriters = 3;
  constexpr int kCommits = 150;
  std::array<std::atomic<int>, kWriters> acknowledged{};
  std::atomic<int> running{kWriters};
  const auto write = [&](int writer) {
    for (int n = 0; n < kCommits; ++n) {
      const int64_t t = kNow + n * 600'000LL;
      Batch batch;
      for (int i = 0; i < 5; ++i) batch.emplace_back(SeriesLabels(writer * 10 + i), t, 1.0 * n);
      // A late one beside the first series' samples, and a duplicate.
      batch.emplace_back(SeriesLabels(writer * 10), t - 1'000'000'000, 1.0 * n);
      if (n > 0) batch.emplace_back(SeriesLabels(writer * 10 + 1), t - 600'000, n - 1.0);
      const auto report = Commit(batch);
      ASSERT_TRUE(report.ok()) << report.status();
      ASSERT_TRUE(report->conflicts.empty());
      acknowledged[static_cast<size_t>(writer)].store(n + 1);
    }
    running.fetch_sub(1);
  };
  const auto read = [&] {
    while (running.load() > 0) {
      for (size_t writer = 0; writer < kWriters; ++writer) {
        const int expected = acknowledged[writer].load();
        const auto got = ReadAll(*storage_, "default", kNow, kMax);
        ASSERT_TRUE(got.ok()) << got.status();
        const auto found = got->find(SeriesLabels(static_cast<int>(writer) * 10 + 2).packed());
        const size_t seen = found == got->end() ? 0 : found->second.size();
        ASSERT_GE(seen, static_cast<size_t>(expected));
      }
    }
  };
  const auto seal = [&] {
    while (running.load() > 0) ASSERT_TRUE(storage_->Flush().ok());
  };
  std::vector<std::thread> threads;
  for (int writer = 0; writer < kWriters; ++writer) threads.emplace_back(write, writer);
  threads.emplace_back(read);
  threads.emplace_back(seal);
  for (std::thread& thread : threads) thread.join();
  for (int writer = 0; writer < kWriters; ++writer) {
    for (int n = 0; n < kCommits; ++n) {
      const int64_t t = kNow + n * 600'000LL;
      for (int i = 0; i < 5; ++i) model_.Add(SeriesLabels(writer * 10 + i), t, 1.0 * n);
      model_.Add(SeriesLabels(writer * 10), t - 1'000'000'000, 1.0 * n);
    }
  }
  ExpectModel();
  Open();
  ExpectModel();
}

// ---------------------------------------------------------------- faults

TEST_F(StorageTest, AFailedCommitIsWrittenBeforeTheNextOneBegins) {
  bool fail = true;
  SetFaultHookForTest([&fail](std::string_view step) {
    return fail && step == "store.write" ? Unavailable("disk on fire") : OkStatus();
  });
  const Batch batch = {{SeriesLabels(0), kNow, 1.0}, {SeriesLabels(1), kNow, SmallHistogram(2)}};
  EXPECT_EQ(Commit(batch).status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(Commit(batch).status().code(), StatusCode::kUnavailable);
  EXPECT_EQ(storage_->WriteHealth().code(), StatusCode::kUnavailable);
  EXPECT_FALSE(storage_->Flush().ok());
  fail = false;
  const auto again = Commit(batch);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->duplicates, 2u);
  EXPECT_TRUE(storage_->WriteHealth().ok());
  for (const auto& [labels, t, value] : batch) model_.Add(labels, t, value);
  Open();
  ExpectModel();
  ASSERT_TRUE(storage_->Flush().ok());
  Open();
  ExpectModel();
}

TEST_F(StorageTest, ADamagedBlockIsSaidAndCostsNoOtherSeries) {
  ASSERT_TRUE(Commit({{SeriesLabels(0), kNow, 1.0}}).ok());
  ASSERT_TRUE(Commit({{SeriesLabels(2), kNow, 2.0}}).ok());
  ASSERT_TRUE(storage_->Flush().ok());
  storage_.reset();
  {
    auto store = *Store::Open({options_.path + "/db", 64 << 20}, metrics_);
    const auto batch = store->NewBatch();
    // The first series of the first metric of the first tenant.
    batch->Merge(Family::kRaw, EncodeRawKey(RawKeyOf(0, 0, BlockEnd(kNow))), "no run");
    ASSERT_TRUE(store->Write(*batch, WriteMode::kSync).ok());
  }
  Open();
  EXPECT_EQ(ReadAll(*storage_, "default", kMin, kMax).status().code(), StatusCode::kDataLoss);
  const auto querier = storage_->NewQuerier("default", kMin, kMax);
  const Matcher other = Matcher::Equal("instance", "gw-2");
  const auto set = (*querier)->Select({&other, 1}, {});
  const auto it = (*set)->Samples(0);
  EXPECT_TRUE(it->Next());
  EXPECT_FALSE(it->Next());
  EXPECT_TRUE(it->status().ok());
  // Late samples are taken nevertheless.
  EXPECT_TRUE(Commit({{SeriesLabels(0), kNow - 1, 3.0}}).ok());
}

TEST_F(StorageTest, ASealThatFailsAtAnyStepIsRepeated) {
  int64_t t = kNow;
  for (const std::string_view step :
       {"seal.frozen", "store.write", "seal.merged", "seal.flushed", "seal.trimmed"}) {
    SCOPED_TRACE(step);
    CommitToBoth({{SeriesLabels(0), t, 1.0}, {SeriesLabels(1), t, SmallHistogram(2)}});
    SetFaultHookForTest([step](std::string_view at) {
      return at == step ? Unavailable("disk on fire") : OkStatus();
    });
    EXPECT_FALSE(storage_->Flush().ok());
    SetFaultHookForTest({});
    ExpectModel();
    CommitToBoth({{SeriesLabels(0), t, 1.0}, {SeriesLabels(0), t + 1, 5.0}});
    if (t % 2000 == 0) Open();
    ExpectModel();
    EXPECT_TRUE(storage_->Flush().ok());
    ExpectModel();
    CommitToBoth({{SeriesLabels(0), t, 7.0}, {SeriesLabels(1), t, SmallHistogram(2)}});
    t += 1000;
  }
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

// Commits go on while shards are sealed one after the other.
TEST_F(StorageTest, SealsBesideCommitsLoseNothing) {
  std::atomic<bool> done = false;
  std::thread sealing([&] {
    while (!done) EXPECT_TRUE(storage_->Flush().ok());
  });
  for (int64_t t = kNow; t < kNow + 150'000; t += 1000) {
    Batch batch;
    for (int i = 0; i < 40; ++i) {
      // Some late, some in an earlier block, most in order.
      const int64_t late = (t / 1000 + i) % 10 == 0 ? 7'000 * i : 0;
      batch.emplace_back(SeriesLabels(i), t - late, static_cast<double>(t + i));
    }
    CommitToBoth(batch);
  }
  done = true;
  sealing.join();
  ExpectModel();
  Open();
  ExpectModel();
}

}  // namespace
}  // namespace tidemark::tsdb
