#include "promql/eval/histogram_stats.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "promql/eval/saturate.h"

namespace tidemark::promql {
namespace {

using tsdb::CounterResetHint;
using tsdb::FloatHistogram;
using tsdb::SampleRun;

class StatsIterator : public tsdb::SampleIterator {
 public:
  StatsIterator(std::unique_ptr<tsdb::SampleIterator> it, int64_t start, int64_t lead_ms)
      : it_(std::move(it)), start_(start), lead_ms_(lead_ms) {}

  bool Next() override {
    if (!positioned_) return Seek(start_);
    KeepPrevious();
    return MoveOn() && Convert();
  }

  bool Seek(int64_t t) override {
    Forget();
    const int64_t from = SaturatingSub(t, lead_ms_);
    if (!positioned_ || stored_.t.empty() || stored_.t.back() < from) {
      positioned_ = true;
      if (!it_->Seek(from)) return false;
      stored_ = it_->run();
    }
    while (stored_.t.back() < t) {
      PassOver(stored_.size());
      KeepPrevious();
      if (!MoveOn()) return false;
    }
    const auto first = std::lower_bound(stored_.t.begin(), stored_.t.end(), t);
    PassOver(static_cast<size_t>(first - stored_.t.begin()));
    return Convert();
  }

  const SampleRun& run() const override { return run_; }
  Status status() const override { return it_->status(); }

 private:
  void Forget() {
    previous_.reset();
    newest_ = nullptr;
    led_ = true;
  }

  // The newest histogram seen may be in the run that is about to go.
  void KeepPrevious() {
    if (newest_ != nullptr) previous_ = *newest_;
    newest_ = nullptr;
  }

  bool MoveOn() {
    if (!it_->Next()) return false;
    stored_ = it_->run();
    return true;
  }

  // The first `n` samples of the run were before what is wanted.
  void PassOver(size_t n) {
    if (!stored_.is_float()) {
      for (const FloatHistogram& h : stored_.h.first(n)) {
        if (!h.IsStale()) newest_ = &h;
      }
    }
    stored_ = stored_.Part(n, stored_.size() - n);
  }

  bool Convert() {
    run_ = stored_;
    stats_.clear();
    for (const FloatHistogram& h : run_.h) stats_.push_back(StatsOf(h));
    if (!stats_.empty()) run_.h = stats_;
    return true;
  }

  FloatHistogram StatsOf(const FloatHistogram& h) {
    FloatHistogram stats;
    stats.counter_reset_hint = h.counter_reset_hint;
    stats.schema = h.schema;
    stats.count = h.count;
    stats.sum = h.sum;
    if (h.IsStale()) return stats;
    if (h.counter_reset_hint == CounterResetHint::kUnknown) stats.counter_reset_hint = HintOf(h);
    newest_ = &h;
    led_ = false;
    return stats;
  }

  CounterResetHint HintOf(const FloatHistogram& h) const {
    const FloatHistogram* before = newest_;
    if (before == nullptr && previous_.has_value()) before = &*previous_;
    if (before == nullptr) return CounterResetHint::kUnknown;
    if (!h.DetectReset(*before)) return CounterResetHint::kNotCounterReset;
    return led_ ? CounterResetHint::kUnknown : CounterResetHint::kCounterReset;
  }

  const std::unique_ptr<tsdb::SampleIterator> it_;
  const int64_t start_;
  const int64_t lead_ms_;
  bool positioned_ = false;
  SampleRun stored_;                        // what is left of the iterator's run
  SampleRun run_;                           // the same without buckets
  std::vector<FloatHistogram> stats_;       // of run_
  const FloatHistogram* newest_ = nullptr;  // in the iterator's run, not stale
  std::optional<FloatHistogram> previous_;  // in a run before
  bool led_ = false;                        // no histogram was given since Seek
};

class StatsSet : public tsdb::SeriesSet {
 public:
  StatsSet(std::unique_ptr<tsdb::SeriesSet> set, int64_t start, int64_t lead_ms)
      : set_(std::move(set)), start_(start), lead_ms_(lead_ms) {}

  size_t size() const override { return set_->size(); }
  const tsdb::Labels& labels(size_t i) const override { return set_->labels(i); }
  std::unique_ptr<tsdb::SampleIterator> Samples(size_t i) const override {
    return std::make_unique<StatsIterator>(set_->Samples(i), start_, lead_ms_);
  }

 private:
  const std::unique_ptr<tsdb::SeriesSet> set_;
  const int64_t start_;
  const int64_t lead_ms_;
};

}  // namespace

std::unique_ptr<tsdb::SeriesSet> WithoutBuckets(std::unique_ptr<tsdb::SeriesSet> set, int64_t start,
                                                int64_t lead_ms) {
  return std::make_unique<StatsSet>(std::move(set), start, lead_ms);
}

}  // namespace tidemark::promql
