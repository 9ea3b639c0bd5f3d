#include "promql/eval/sample_tally.h"

#include <algorithm>

namespace tidemark::promql {
namespace {

class QueryTally : public SampleTally {
 public:
  QueryTally(QueryStats& stats, size_t steps, bool by_step)
      : stats_(stats), steps_(steps), by_step_(by_step) {
    if (!by_step) return;
    stats.total_samples_per_step.assign(steps, 0);
    stats.samples_read_per_step.assign(steps, 0);
  }

  bool by_step() const override { return by_step_; }

  void Add(size_t step, uint64_t total, uint64_t read) override {
    stats_.total_samples += total;
    stats_.samples_read += read;
    if (!by_step_) return;
    stats_.total_samples_per_step[step] += total;
    stats_.samples_read_per_step[step] += read;
  }

  void AddToEach(uint64_t total, uint64_t read) override {
    stats_.total_samples += total * steps_;
    stats_.samples_read += read;
    if (!by_step_) return;
    for (uint64_t& at_step : stats_.total_samples_per_step) at_step += total;
    stats_.samples_read_per_step[0] += read;
  }

 private:
  QueryStats& stats_;
  const size_t steps_;
  const bool by_step_;
};

class OnceTally : public SampleTally {
 public:
  explicit OnceTally(SampleTally& outer) : outer_(outer) {}

  bool by_step() const override { return false; }
  void Add(size_t /*step*/, uint64_t total, uint64_t read) override {
    outer_.AddToEach(total, read);
  }
  void AddToEach(uint64_t total, uint64_t read) override { outer_.AddToEach(total, read); }

 private:
  SampleTally& outer_;
};

class SubqueryTally : public SampleTally {
 public:
  SubqueryTally(SampleTally& outer, const SubqueryTimes& times) : outer_(outer), times_(times) {}

  bool by_step() const override { return times_.outer.count > 1; }

  void Add(size_t step, uint64_t /*total*/, uint64_t read) override {
    if (read == 0) return;
    if (!by_step()) return outer_.Add(0, 0, read);
    const int64_t t = times_.inner.At(step) + times_.offset_ms;
    const size_t outer_step = FirstAtOrAfter(t);
    // Between two windows: nobody uses it.
    if (t <= times_.outer.At(outer_step) - times_.range_ms) return;
    outer_.Add(outer_step, 0, read);
  }

  void AddToEach(uint64_t /*total*/, uint64_t read) override { Add(0, 0, read); }

 private:
  // The last step when all are before `t`.
  size_t FirstAtOrAfter(int64_t t) const {
    const Steps& outer = times_.outer;
    if (t <= outer.start) return 0;
    const int64_t step = (t - outer.start + outer.step_ms - 1) / outer.step_ms;
    return std::min(static_cast<size_t>(step), outer.count - 1);
  }

  SampleTally& outer_;
  const SubqueryTimes times_;
};

// All of it at the one step that such a query has.
class RootSubqueryTally : public SampleTally {
 public:
  RootSubqueryTally(SampleTally& outer, size_t inner_steps)
      : outer_(outer), inner_steps_(inner_steps) {}

  bool by_step() const override { return false; }
  void Add(size_t /*step*/, uint64_t total, uint64_t read) override { outer_.Add(0, total, read); }
  void AddToEach(uint64_t total, uint64_t read) override {
    outer_.Add(0, total * inner_steps_, read);
  }

 private:
  SampleTally& outer_;
  const size_t inner_steps_;
};

}  // namespace

std::unique_ptr<SampleTally> MakeQueryTally(QueryStats& stats, size_t steps, bool by_step) {
  return std::make_unique<QueryTally>(stats, steps, by_step);
}

std::unique_ptr<SampleTally> MakeOnceTally(SampleTally& outer) {
  return std::make_unique<OnceTally>(outer);
}

std::unique_ptr<SampleTally> MakeSubqueryTally(SampleTally& outer, const SubqueryTimes& times) {
  return std::make_unique<SubqueryTally>(outer, times);
}

std::unique_ptr<SampleTally> MakeRootSubqueryTally(SampleTally& outer, size_t inner_steps) {
  return std::make_unique<RootSubqueryTally>(outer, inner_steps);
}

}  // namespace tidemark::promql
