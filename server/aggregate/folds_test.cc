#include "server/aggregate/folds.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "server/temp_folder_for_test.h"
#include "tsdb/model/matcher.h"

namespace tidemark::server {
namespace {

using tsdb::Labels;

constexpr int64_t kGrid = 15'000;
constexpr int64_t kStart = 1'700'000'000'000 / kGrid * kGrid;

class FoldsTest : public ::testing::Test {
 protected:
  FoldsTest() {
    auto fold = std::make_shared<Fold>();
    fold->dropped = {"user_id"};
    fold_ = fold;
    options_.path = folder_.Path("data");
    options_.raw_retention_ms = 0;
    options_.min_free_disk = 0;
    options_.fsync = tsdb::FsyncMode::kInterval;
    options_.clock = &clock_;
    storage_ = *tsdb::Storage::Open(options_, metrics_);
  }

  std::unique_ptr<Folds> Make() {
    return std::make_unique<Folds>(AggregatorOptions(),
                                   *registries_.emplace_back(std::make_unique<Metrics>()), clock_);
  }
  double Gauge(const std::string& name) {
    for (const Metrics::Family& family : registries_.back()->Collect()) {
      if (family.name == name) return family.children[0].value;
    }
    return -1;
  }
  Status Take(Folds& folds, std::string_view tenant, int64_t t, double v) {
    FoldBatch batch;
    batch.Begin(Labels::Must({{"__name__", "x_total"}, {"user_id", "1"}}), fold_);
    batch.Add(tsdb::Sample{t, v});
    FoldReport report;
    return folds.Take(tenant, *storage_, batch, report);
  }
  size_t Points(std::string_view tenant) {
    const auto querier = storage_->NewQuerier(tenant, 0, INT64_MAX);
    const tsdb::Matcher named = tsdb::Matcher::Equal("__name__", "x_total");
    const auto set = (*querier)->Select({&named, 1}, {});
    size_t points = 0;
    for (size_t i = 0; i < (*set)->size(); ++i) {
      const auto it = (*set)->Samples(i);
      while (it->Next()) points += it->run().size();
    }
    return points;
  }

  TempFolder folder_;
  FakeClock clock_{kStart};
  Metrics metrics_;
  std::vector<std::unique_ptr<Metrics>> registries_;
  tsdb::StorageOptions options_;
  std::shared_ptr<const Fold> fold_;
  std::unique_ptr<tsdb::Storage> storage_;
};

TEST_F(FoldsTest, TenantsHaveSumsOfTheirOwn) {
  const auto folds = Make();
  ASSERT_TRUE(Take(*folds, "acme", kStart + 1000, 1).ok());
  ASSERT_TRUE(Take(*folds, "other", kStart + 1000, 1).ok());
  EXPECT_EQ(Gauge("tidemark_aggregate_inputs"), 2);
  EXPECT_EQ(Gauge("tidemark_aggregate_outputs"), 2);
  const Labels output = Labels::Must({{"__name__", "x_total"}});
  EXPECT_TRUE(*folds->Owns("acme", *storage_, output));
  EXPECT_FALSE(*folds->Owns("nobody", *storage_, output));
  clock_.Advance(60'000);
  folds->Tick(*storage_);
  EXPECT_EQ(Points("acme"), 1u);
  EXPECT_EQ(Points("other"), 1u);
}

// With the state of a process before it, of which no sender reminds this one.
TEST_F(FoldsTest, TheClockEmitsWhatWasLeftPending) {
  ASSERT_TRUE(Take(*Make(), "acme", kStart + 1000, 1).ok());
  const auto folds = Make();
  folds->Start([this] { return storage_.get(); });
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (Points("acme") == 0 && std::chrono::steady_clock::now() < give_up) {
    clock_.Advance(1000);
    std::this_thread::yield();
  }
  EXPECT_EQ(Points("acme"), 1u);
  folds->Stop();
}

TEST_F(FoldsTest, StoppingEmitsWhatTheClockHasPassed) {
  const auto folds = Make();
  folds->Start([this] { return storage_.get(); });
  ASSERT_TRUE(Take(*folds, "acme", kStart + 1000, 1).ok());
  ASSERT_TRUE(Take(*folds, "acme", kStart + kGrid + 1000, 2).ok());
  clock_.Advance(kGrid);
  EXPECT_EQ(Points("acme"), 0u);
  folds->Stop();
  EXPECT_EQ(Points("acme"), 1u);
}

}  // namespace
}  // namespace tidemark::server
