// HistogramGroups: an instant vector as the histograms that are in it.
//
// A group is what becomes one series of the answer: the classic buckets that
// differ in `le` only, and the native histogram with the same labels.  (At one
// step only one of the two may be there.)  Groups come in the order in which the
// input completes them, so that of the input only incomplete groups are held.
//
//   RETURN_IF_ERROR(groups.Open());
//   for (size_t g = 0; g < groups.size(); ++g) {
//     RETURN_IF_ERROR(groups.Load(g));
//     for (size_t step = 0; step < steps.count; ++step) {
//       const FloatHistogram* native = groups.At(g, step, buckets);
//       …
//     }
//     groups.Release(g);
//   }
//
// Annotations (bad bucket labels, classic and native at once) are Prometheus'.
//
// Threads: one.  Ownership: owns the input, borrows the context.
#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "promql/eval/operator.h"
#include "promql/functions/histogram_classic.h"

namespace tidemark::promql {

class HistogramGroups {
 public:
  // `pos` is that of the input's expression.
  HistogramGroups(EvalContext& context, Steps steps, std::unique_ptr<VectorOperator> input,
                  PositionRange pos)
      : context_(context), steps_(steps), input_(std::move(input)), pos_(pos) {}

  // Reads the labels of the input.  Once, before all else.
  Status Open();

  size_t size() const { return groups_.size(); }
  // Without the `le` of classic buckets; the metric's name is still there.
  const tsdb::Labels& labels(size_t group) const { return groups_[group].labels; }

  // What annotations call the metric of a group's or an input's labels; may be empty.
  std::string_view MetricOf(const tsdb::Labels& labels) const;

  // Reads the input up to the group's last series.  In ascending order.
  Status Load(size_t group);

  // The native histogram of a loaded group at a step, or null; then `buckets` are
  // the classic ones, by upper bound, none when there is nothing.
  const tsdb::FloatHistogram* At(size_t group, size_t step, std::vector<ClassicBucket>& buckets);

  void Release(size_t group);

 private:
  static constexpr size_t kNone = std::numeric_limits<size_t>::max();

  struct Bound {
    double upper;
    size_t input;
  };
  struct Group {
    tsdb::Labels labels;
    std::vector<Bound> classic;  // ascending
    size_t native = kNone;       // the input with exactly these labels
    size_t last = 0;             // of its inputs
  };
  struct Input {
    tsdb::Labels labels;
    bool has_bound = false;
    int users = 0;  // groups that have not released it
    uint64_t held = 0;
    StepSeries data;
  };

  Status ReadNext();
  void ReleaseInput(size_t i);

  EvalContext& context_;
  const Steps steps_;
  const std::unique_ptr<VectorOperator> input_;
  const PositionRange pos_;
  std::vector<Input> inputs_;
  std::vector<Group> groups_;
  size_t read_ = 0;  // inputs read so far
};

}  // namespace tidemark::promql
