#include "tsdb/query/cut_iterator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace tidemark::tsdb {
namespace {

// Hands out times in runs of `per_run`; fails after `runs_left` runs.
class TimesIterator : public SampleIterator {
 public:
  TimesIterator(std::vector<int64_t> times, size_t per_run, size_t runs_left = SIZE_MAX)
      : t_(std::move(times)), v_(t_.begin(), t_.end()), per_run_(per_run), runs_left_(runs_left) {}

  bool Next() override {
    if (at_ == t_.size()) return false;
    if (runs_left_ == 0) {
      status_ = DataLoss("damaged");
      return false;
    }
    --runs_left_;
    const size_t n = std::min(per_run_, t_.size() - at_);
    run_.t = std::span(t_).subspan(at_, n);
    run_.v = std::span(v_).subspan(at_, n);
    at_ += n;
    return true;
  }
  bool Seek(int64_t t) override {
    while (at_ < t_.size() && t_[at_] < t) ++at_;
    return Next();
  }
  const SampleRun& run() const override { return run_; }
  Status status() const override { return status_; }

 private:
  const std::vector<int64_t> t_;
  const std::vector<double> v_;
  const size_t per_run_;
  size_t runs_left_;
  size_t at_ = 0;
  SampleRun run_;
  Status status_;
};

std::vector<int64_t> Drain(SampleIterator& it) {
  std::vector<int64_t> out;
  while (it.Next()) {
    for (size_t i = 0; i < it.run().size(); ++i) {
      EXPECT_EQ(it.run().v[i], static_cast<double>(it.run().t[i]));
      out.push_back(it.run().t[i]);
    }
  }
  return out;
}

TEST(CutIterator, RandomCutsLeaveWhatAScanLeaves) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 200; ++round) {
    SCOPED_TRACE(round);
    TimeIntervals cuts;
    for (uint64_t n = random() % 5; n > 0; --n) {
      const auto mint = static_cast<int64_t>(random() % 200);
      cuts.Add({mint, random() % 8 == 0 ? std::numeric_limits<int64_t>::max()
                                        : mint + static_cast<int64_t>(random() % 30)});
    }
    std::vector<int64_t> times;
    std::set<int64_t> left;
    for (int64_t t = 0; t < 200; t += 1 + static_cast<int64_t>(random() % 4)) {
      times.push_back(t);
      if (!cuts.Contains(t)) left.insert(t);
    }
    const size_t per_run = 1 + random() % 20;
    CutIterator whole(std::make_unique<TimesIterator>(times, per_run), cuts);
    EXPECT_EQ(Drain(whole), std::vector<int64_t>(left.begin(), left.end()));

    CutIterator seeks(std::make_unique<TimesIterator>(times, per_run), cuts);
    for (int64_t t = 0; t < 220; t += static_cast<int64_t>(random() % 40)) {
      const auto want = left.lower_bound(t);
      ASSERT_EQ(seeks.Seek(t), want != left.end()) << t;
      if (want == left.end()) break;
      ASSERT_EQ(seeks.run().t.front(), *want);
      if (random() % 3 != 0) continue;
      const int64_t last = seeks.run().t.back();
      const auto next = left.upper_bound(last);
      ASSERT_EQ(seeks.Next(), next != left.end());
      if (next == left.end()) break;
      ASSERT_EQ(seeks.run().t.front(), *next);
      t = std::max(t, seeks.run().t.front());
    }
  }
}

TEST(CutIterator, ErrorsAreTheSources) {
  TimeIntervals cuts;
  cuts.Add({2, 3});
  CutIterator it(std::make_unique<TimesIterator>(std::vector<int64_t>{1, 2, 3, 4, 5, 6}, 2, 2),
                 cuts);
  EXPECT_EQ(Drain(it), (std::vector<int64_t>{1, 4, 5}));
  EXPECT_EQ(it.status().code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace tidemark::tsdb
