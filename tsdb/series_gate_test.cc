#include "tsdb/series_gate.h"

#include <mutex>
#include <set>

#include "tsdb/storage_for_test.h"

namespace tidemark::tsdb {
namespace {

// Admits up to a number of series.
class CountingGate : public SeriesGate {
 public:
  explicit CountingGate(size_t room) : room_(room) {}

  Status Admit(std::string_view tenant, const Labels& labels) override {
    const std::lock_guard lock(mutex_);
    ++asked;
    if (active.size() >= room_) return OutOfRange("no room");
    EXPECT_TRUE(active.insert(Key(tenant, labels)).second);
    return OkStatus();
  }
  void Note(std::string_view tenant, const Labels& labels) override {
    const std::lock_guard lock(mutex_);
    ++noted;
    EXPECT_TRUE(active.insert(Key(tenant, labels)).second);
  }
  void Forget(std::string_view tenant, const Labels& labels) override {
    const std::lock_guard lock(mutex_);
    EXPECT_EQ(active.erase(Key(tenant, labels)), 1u);
  }

  size_t asked = 0;
  size_t noted = 0;
  std::set<std::string> active;

 private:
  static std::string Key(std::string_view tenant, const Labels& labels) {
    return std::string(tenant) + labels.ToString();
  }
  std::mutex mutex_;
  const size_t room_;
};

class SeriesGateTest : public StorageTest {
 protected:
  std::shared_ptr<CountingGate> Gate(size_t room) {
    auto gate = std::make_shared<CountingGate>(room);
    options_.series_gate = gate;
    Open();
    return gate;
  }
};

TEST_F(SeriesGateTest, RefusedSeriesCostOnlyThemselves) {
  const auto gate = Gate(2);
  Batch batch;
  for (int i = 0; i < 5; ++i) batch.emplace_back(SeriesLabels(i), kNow, 1.0 + i);
  const auto report = Commit(batch);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->written, 2u);
  ASSERT_EQ(report->refused.size(), 3u);
  EXPECT_EQ(MessageOf(report->refused[0].status), "no room");
  EXPECT_EQ(gate->active.size(), 2u);

  // What is known is not asked about.
  gate->asked = 0;
  for (auto& [labels, t, value] : batch) t += 1000;
  const auto again = Commit(batch);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->written, 2u);
  EXPECT_EQ(gate->asked, 3u);
}

TEST_F(SeriesGateTest, KnownSeriesComeBackPastTheBudget) {
  Batch batch;
  for (int i = 0; i < 4; ++i) batch.emplace_back(SeriesLabels(i), kNow, 1.0);
  ASSERT_TRUE(Commit(batch).ok());
  const auto from_journal = Gate(0);
  EXPECT_EQ(from_journal->active.size(), 4u);
  EXPECT_EQ(from_journal->asked, 0u);
  ASSERT_TRUE(storage_->Flush().ok());

  // Nothing in the journal: the catalog says that they are known.
  const auto gate = Gate(0);
  EXPECT_EQ(gate->active.size(), 0u);
  for (auto& [labels, t, value] : batch) t += 1000;
  batch.emplace_back(SeriesLabels(9), kNow, 1.0);
  const auto report = Commit(batch);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->written, 4u);
  EXPECT_EQ(report->refused.size(), 1u);
  EXPECT_EQ(gate->noted, 4u);
}

TEST_F(SeriesGateTest, IdleSeriesGiveTheirPlaceBack) {
  options_.series_idle_ms = 3'600'000;
  clock_.Set(kNow);
  const auto gate = Gate(1);
  ASSERT_TRUE(Commit({{SeriesLabels(0), kNow, 1.0}}).ok());
  EXPECT_EQ(Commit({{SeriesLabels(1), kNow, 1.0}})->refused.size(), 1u);
  for (int i = 0; i < 8; ++i) {
    clock_.Advance(1'800'000);
    ASSERT_TRUE(storage_->Flush().ok());
  }
  EXPECT_EQ(gate->active.size(), 0u);
  EXPECT_EQ(Commit({{SeriesLabels(1), kNow, 1.0}})->refused.size(), 0u);
}

}  // namespace
}  // namespace tidemark::tsdb
