// Random histories of one tenant against the plain model: appends in order, late,
// twice and in conflict with what is sealed or not; deletes; seals that succeed,
// fail, or have other things happen in their midst; restarts, crashes, retention,
// compactions, series that leave the memory and come back.  After each step or so, what is read is
// what the model has.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "tsdb/storage_for_test.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb {
namespace {

constexpr int kSeries = 6;
constexpr const char* kSealSteps[] = {"seal.frozen", "seal.merged", "seal.flushed", "seal.trimmed"};

// Rounds of each test; more of them by hand: TIDEMARK_TEST_ROUNDS=1000.
uint64_t Rounds(uint64_t usual) {
  const char* wanted = getenv("TIDEMARK_TEST_ROUNDS");
  return wanted == nullptr ? usual : strtoull(wanted, nullptr, 10);
}

class StoragePropertyTest : public StorageTest {
 protected:
  // A new database; all that follows is a function of `seed`.
  void Start(uint64_t seed, ConflictPolicy policy, int64_t retention_ms) {
    random_.seed(seed);
    storage_.reset();
    std::filesystem::remove_all(options_.path);
    clock_.Set(kNow);
    options_.raw_retention_ms = retention_ms;
    options_.series_idle_ms = 600'000;
    model_ = StorageModel();
    sent_.clear();
    newest_.assign(kSeries, kNow);
    Open(policy);
  }

  uint64_t Below(uint64_t n) { return random_() % n; }
  bool OneIn(uint64_t n) { return Below(n) == 0; }
  int64_t TimeBack(int64_t range) {
    return static_cast<int64_t>(Below(static_cast<uint64_t>(range)));
  }
  int64_t mark() const {
    return options_.raw_retention_ms == 0 ? kMin : clock_.NowMs() - options_.raw_retention_ms;
  }

  int64_t RandomTime(size_t series) {
    int64_t& newest = newest_[series];
    if (!OneIn(5)) return newest += 1 + static_cast<int64_t>(Below(90'000));
    return std::max(newest - TimeBack(3 * kBlockMs), mark());
  }

  Batch RandomBatch() {
    Batch batch;
    for (size_t i = 0; i < kSeries; ++i) {
      for (uint64_t n = Below(8); n > 0; --n) {
        batch.emplace_back(SeriesLabels(static_cast<int>(i)), RandomTime(i),
                           RandomValue(static_cast<int>(i), random_));
      }
    }
    for (uint64_t n = sent_.empty() ? 0 : Below(8); n > 0; --n) {
      auto again = sent_[Below(sent_.size())];
      if (std::get<1>(again) < mark()) continue;
      if (OneIn(2)) std::get<2>(again) = RandomValue(static_cast<int>(Below(2)), random_);
      batch.push_back(std::move(again));
    }
    return batch;
  }

  void RandomCommit() {
    const Batch batch = RandomBatch();
    CommitToBoth(batch);
    if (sent_.size() < 5000) sent_.insert(sent_.end(), batch.begin(), batch.end());
  }

  Matcher RandomMatcher() {
    const std::string gateway = "gw-" + std::to_string(Below(kSeries));
    switch (Below(4)) {
      case 0:
        return Matcher::Equal(kMetricName, OneIn(2) ? "requests_total" : "latency_seconds");
      case 1:
        return *Matcher::Make(Matcher::Op::kRegex, "instance", gateway + "|gw-[01]");
      default:
        return Matcher::Equal("instance", gateway);
    }
  }

  // Around the newest samples, mostly; sometimes all of it.
  std::pair<int64_t, int64_t> RandomRange() {
    if (OneIn(6)) return {kMin, kMax};
    const int64_t newest = newest_[Below(kSeries)];
    const int64_t mint = newest - TimeBack(OneIn(3) ? 3 * kBlockMs : 600'000);
    return {mint, OneIn(3) ? kMax : mint + TimeBack(2 * kBlockMs)};
  }

  void RandomDelete() {
    const auto [mint, maxt] = RandomRange();
    DeleteFromBoth(RandomMatcher(), mint, maxt);
  }

  // What was deleted is sent again, some of it with other values.
  void DeleteAndBackfill() {
    if (sent_.empty()) return;
    Batch again = {sent_[Below(sent_.size())], sent_[Below(sent_.size())]};
    for (auto& [labels, t, value] : again) {
      if (t < mark()) return;
      DeleteFromBoth(Matcher::Equal("instance", labels.Get("instance")), t - 1000, t);
      if (OneIn(2)) value = RandomValue(static_cast<int>(Below(2)), random_);
    }
    if (OneIn(3)) Crash();
    CommitToBoth(again);
  }

  void Flush() { ASSERT_TRUE(storage_->Flush().ok()); }

  // A seal in which something else happens at one of its steps.
  void FlushBesides() {
    const std::string_view step = kSealSteps[Below(std::size(kSealSteps))];
    bool happened = false;
    SetFaultHookForTest([&, step](std::string_view at) {
      if (at != step || std::exchange(happened, true)) return OkStatus();
      OneIn(2) ? RandomDelete() : DeleteAndCommit();
      if (OneIn(2)) RandomCommit();
      return OkStatus();
    });
    Flush();
    SetFaultHookForTest({});
  }
  // No restarts in the midst of a seal.
  void DeleteAndCommit() {
    RandomDelete();
    RandomCommit();
  }

  // A seal that fails at one of its steps; sometimes the process dies there.
  void FailingFlush() {
    const std::string_view step = kSealSteps[Below(std::size(kSealSteps))];
    SetFaultHookForTest([step](std::string_view at) {
      return at == step ? Unavailable("disk on fire") : OkStatus();
    });
    storage_->Flush().IgnoreError();
    SetFaultHookForTest({});
    if (OneIn(2)) RandomDelete();
    if (OneIn(2)) Crash();
  }

  // Twice, mostly: then series leave the memory.
  void MoveClock() {
    for (uint64_t n = 1 + Below(3); n > 0; --n) {
      clock_.Advance(60'000 * (1 + static_cast<int64_t>(Below(60))));
      Flush();
    }
    if (options_.raw_retention_ms > 0) model_.DropBefore(mark());
  }

  void Step() {
    switch (Below(24)) {
      case 0:
      case 1:
        return Flush();
      case 2:
        return FlushBesides();
      case 3:
        return FailingFlush();
      case 4:
      case 5:
      case 6:
        return RandomDelete();
      case 7:
      case 8:
        return DeleteAndBackfill();
      case 9:
        return Open();
      case 10:
        return Crash();
      case 11:
        return MoveClock();
      case 12:
        if (OneIn(3)) {
          ASSERT_TRUE(storage_->CleanTombstones().ok());
        }
        return;
      default:
        return RandomCommit();
    }
  }

  std::unique_ptr<SampleIterator> SamplesOf(const Querier& querier, int series,
                                            std::unique_ptr<SeriesSet>& set) {
    const Matcher matcher = Matcher::Equal("instance", "gw-" + std::to_string(series));
    auto selected = querier.Select({&matcher, 1}, {});
    EXPECT_TRUE(selected.ok()) << selected.status();
    set = *std::move(selected);
    return set->size() == 0 ? nullptr : set->Samples(0);
  }

  // A random range of a series, whole and by seeks.
  void ExpectRange() {
    const int series = static_cast<int>(Below(kSeries));
    const Timeline& all = model_.series[SeriesLabels(series).packed()];
    const auto [mint, maxt] = RandomRange();
    const auto querier = storage_->NewQuerier("default", mint, maxt);
    ASSERT_TRUE(querier.ok());
    std::unique_ptr<SeriesSet> set;
    const auto whole = SamplesOf(**querier, series, set);
    const auto got = whole == nullptr ? Timeline() : Drain(*whole);
    ASSERT_TRUE(got.ok()) << got.status();
    ASSERT_EQ(Difference(*got, Timeline(all.lower_bound(mint), all.upper_bound(maxt))), "");
    const auto it = SamplesOf(**querier, series, set);
    if (it != nullptr) ExpectSeeks(*it, all, std::max(mint, kNow - 4 * kBlockMs), maxt);
  }

  void ExpectSeeks(SampleIterator& it, const Timeline& all, int64_t from, int64_t maxt) {
    for (int i = 0; i < 6; ++i) {
      from += TimeBack(kBlockMs);
      const auto want = all.lower_bound(from);
      const bool found = it.Seek(from);
      ASSERT_TRUE(it.status().ok()) << it.status();
      ASSERT_EQ(found, want != all.end() && want->first <= maxt) << from;
      if (!found) return;
      ASSERT_EQ(it.run().t.front(), want->first);
    }
  }

  void Run(uint64_t seed, ConflictPolicy policy, int64_t retention_ms) {
    Start(seed, policy, retention_ms);
    for (int step = 0; step < 60 && !HasFailure(); ++step) {
      SCOPED_TRACE("step " + std::to_string(step));
      Step();
      if (OneIn(3)) ExpectRange();
      if (OneIn(6)) ExpectModel();
    }
    ExpectModel();
    Crash();
    ExpectModel();
    Flush();
    ExpectModel();
  }

  void RunAll(ConflictPolicy policy, uint64_t first_seed, int64_t retention_ms) {
    for (uint64_t round = 0; round < Rounds(4) && !HasFailure(); ++round) {
      SCOPED_TRACE("seed " + std::to_string(first_seed + round));
      Run(first_seed + round, policy, retention_ms);
    }
  }

  std::mt19937_64 random_;
  Batch sent_;
  std::vector<int64_t> newest_;  // by series
};

TEST_F(StoragePropertyTest, FirstValueWins) { RunAll(ConflictPolicy::kFirst, 1'000'000, 0); }

TEST_F(StoragePropertyTest, LastValueWins) { RunAll(ConflictPolicy::kLast, 2'000'000, 0); }

TEST_F(StoragePropertyTest, ConflictsAreRefused) { RunAll(ConflictPolicy::kRefuse, 3'000'000, 0); }

TEST_F(StoragePropertyTest, RetentionMoves) {
  RunAll(ConflictPolicy::kLast, 4'000'000, 2 * kBlockMs);
}

// What was acknowledged under one policy stays as it is under the next one.
TEST_F(StoragePropertyTest, ThePolicyChangesWithARestart) {
  constexpr ConflictPolicy kPolicies[] = {ConflictPolicy::kFirst, ConflictPolicy::kLast,
                                          ConflictPolicy::kRefuse};
  for (uint64_t round = 0; round < Rounds(2) && !HasFailure(); ++round) {
    SCOPED_TRACE("seed " + std::to_string(5'000'000 + round));
    Start(5'000'000 + round, ConflictPolicy::kFirst, 0);
    for (int part = 0; part < 8 && !HasFailure(); ++part) {
      for (int step = 0; step < 8; ++step) Step();
      ExpectModel();
      Open(kPolicies[Below(std::size(kPolicies))]);
    }
    ExpectModel();
  }
}

}  // namespace
}  // namespace tidemark::tsdb
