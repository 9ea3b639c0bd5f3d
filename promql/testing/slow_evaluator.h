// SlowEvaluator: PromQL as its definition reads, to compare the engine with.
//
//   SlowEvaluator slow(options, data);
//   const StatusOr<QueryResult> want = slow.Execute(request);
//
// It walks the syntax tree; each node gives, for each of a list of times, one
// instant vector, made of the vectors of its children at that time.  A window is
// cut anew from the raw samples at every step, and every function is written from
// its definition.  Nothing slides, nothing is shared or kept between steps, no
// series is left out early.  With the engine it shares the parser, the annotations
// and their texts, durations, and arithmetic of one value: that of histograms
// (tsdb/model), quantiles of one histogram, dates, Go's max and min.
//
// Left out: limits, statistics of the query, and the order of an answer (series
// come in any).
//
// Threads: one.  Ownership: borrows the data.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "promql/engine.h"
#include "promql/plan/query_times.h"
#include "tsdb/model/labels.h"
#include "tsdb/model/sample.h"

namespace tidemark::promql {

using SlowHistogram = std::shared_ptr<const tsdb::FloatHistogram>;

// A float, or a histogram where `h` is not null, stale markers included.
struct SlowPoint {
  int64_t t = 0;
  double f = 0;
  SlowHistogram h;
  int64_t start = 0;  // when what it counts began; 0: not known
};

// One series: in storage, or cut to a window.
struct SlowSeries {
  tsdb::Labels labels;
  std::vector<SlowPoint> points;  // ascending in time
  bool drop_name = false;         // at the end of the query
};

// One series of an instant vector.
struct SlowSample {
  tsdb::Labels labels;
  double f = 0;
  SlowHistogram h;
  bool drop_name = false;
  int64_t t = 0;      // of selectors: the sample's own
  int64_t start = 0;  // the same
};
using SlowVector = std::vector<SlowSample>;
using SlowVectors = std::vector<SlowVector>;  // one per time
using SlowTimes = std::vector<int64_t>;

class SlowEvaluator {
 public:
  // `data` ascends in label order.
  SlowEvaluator(const EngineOptions& options, const std::vector<SlowSeries>& data)
      : options_(options), data_(data) {}

  // As Engine::Execute.
  StatusOr<QueryResult> Execute(const QueryRequest& request);

  // The largest finite number that the last Execute met, in size: what rounding
  // is measured by.
  double largest() const { return largest_; }

  // Whether the answer of the last Execute hung on the order of series that nothing
  // defines: which of equals topk takes, which annotation of several came last.
  bool ambiguous() const { return ambiguous_; }

 private:
  struct Window {
    int64_t start = 0;  // the range is (start, end]
    int64_t end = 0;
    int64_t range_ms = 0;
    int64_t step = 0;  // the time of evaluation
    bool anchored = false;
    bool smoothed = false;
  };
  // The argument of a function of ranges, at one step.
  struct Ranges {
    Window window;
    std::vector<SlowSeries> series;  // none without points
  };
  // What is above a node and says whether its histograms need buckets.
  struct Path {
    bool counts = false;   // histogram_count, histogram_sum or histogram_avg
    bool buckets = false;  // a subquery, or what looks at buckets
  };

  // slow_evaluator.cc: the walk.
  SlowVectors Eval(const Expr& expr, const SlowTimes& times);
  SlowVectors EvalNode(const Expr& expr, const SlowTimes& times);
  SlowVectors EvalUnary(const UnaryExpr& expr, const SlowTimes& times);
  std::vector<double> EvalScalar(const Expr& expr, const SlowTimes& times);
  bool IsInvariant(const Expr& expr) const;
  Value ResultOf(const Expr& expr, const SlowTimes& times, bool instant);
  Value MatrixResult(const Expr& expr, int64_t t);
  void Fail(std::string_view message);
  void See(double v);
  SlowSample Renamed(SlowSample sample) const;  // its name dropped, now or later
  void RefuseDuplicates(const SlowVectors& vectors);
  void RefuseDuplicatesOverTime(const SlowVectors& vectors);

  // slow_selectors.cc
  std::vector<const SlowSeries*> Select(const std::vector<tsdb::Matcher>& matchers) const;
  std::vector<SlowPoint> PointsOf(const SlowSeries& series) const;
  const SlowPoint* Newest(const std::vector<SlowPoint>& points, int64_t t) const;
  SlowVectors EvalSelector(const VectorSelector& selector, const SlowTimes& times);
  bool Smoothed(const SlowSeries& series, const VectorSelector& selector, int64_t t,
                SlowSample& out);
  std::vector<Ranges> EvalRanges(const Expr& expr, const SlowTimes& times, bool keep_hints);
  std::vector<Ranges> EvalMatrix(const MatrixSelector& matrix, const SlowTimes& times);
  std::vector<Ranges> EvalSubquery(const SubqueryExpr& subquery, const SlowTimes& times,
                                   bool keep_hints);

  // slow_binary.cc
  SlowVectors EvalBinary(const BinaryExpr& expr, const SlowTimes& times);
  SlowVector SetOperation(const BinaryExpr& expr, const SlowVector& lhs, const SlowVector& rhs);
  SlowVector VectorScalar(const BinaryExpr& expr, const SlowVector& vector, double scalar,
                          bool scalar_left);
  SlowVector VectorVector(const BinaryExpr& expr, SlowVector lhs, SlowVector rhs);
  bool Combine(const BinaryExpr& expr, const SlowSample& lhs, const SlowSample& rhs,
               SlowSample& out, bool& keep, Annotation& note);

  // slow_aggregate.cc
  SlowVectors EvalAggregate(const AggregateExpr& expr, const SlowTimes& times);
  SlowVector AggregateAt(const AggregateExpr& expr, const SlowVector& input, double param);
  bool AggregateGroup(const AggregateExpr& expr, const SlowVector& group, double param,
                      SlowSample& out);
  bool SumOrAverage(const AggregateExpr& expr, const SlowVector& group, SlowSample& out);
  void Choose(const AggregateExpr& expr, const SlowVector& group, double param, size_t inputs,
              SlowVector& out);
  SlowVector CountValues(const AggregateExpr& expr, const SlowVector& input);
  bool CheckParams(const AggregateExpr& expr, const std::vector<double>& params);

  // slow_functions.cc: of scalars and instant vectors.
  SlowVectors EvalCall(const Call& call, const SlowTimes& times);
  SlowVectors EvalVectorCall(const Call& call, const SlowTimes& times);
  SlowVector CallAt(const Call& call, int64_t t, const std::vector<SlowVector>& args);
  SlowVector MapFloat(const Call& call, int64_t t, const std::vector<SlowVector>& args);
  SlowVector MapHistogram(const Call& call, const SlowVector& input);
  SlowVectors EvalTimestamp(const Call& call, const SlowTimes& times);
  SlowVectors EvalLabels(const Call& call, const SlowTimes& times);
  SlowVector HistogramGroups(const Call& call, int64_t t, const std::vector<SlowVector>& args);
  SlowVectors Merged(SlowVectors vectors);

  // slow_info.cc
  SlowVectors EvalInfo(const Call& call, const SlowTimes& times);

  // slow_ranges.cc: of ranges.
  SlowVectors EvalRangeCall(const Call& call, const SlowTimes& times);
  bool RangeCall(const Call& call, const Window& window, const SlowSeries& series,
                 const std::vector<double>& scalars, SlowSample& out);
  bool FloatsOverTime(std::string_view name, const std::vector<SlowPoint>& floats,
                      const Window& window, const std::vector<double>& scalars, double& out);
  bool SumOverTime(bool average, const SlowSeries& series, PositionRange pos, SlowSample& out);
  double CountSwitches(bool resets, const Window& window, const SlowSeries& series, bool& found);

  // slow_rate.cc
  bool Rate(const Window& window, const SlowSeries& series, bool counter, bool per_second,
            PositionRange pos, SlowSample& out);
  bool ExtrapolatedRate(const Window& window, const SlowSeries& series, bool counter,
                        bool per_second, PositionRange pos, SlowSample& out);
  SlowHistogram HistogramIncrease(const SlowSeries& series, bool counter, PositionRange pos);
  bool InstantRate(const SlowSeries& series, bool per_second, PositionRange pos, SlowSample& out);
  bool ExtendedFloats(const Window& window, const SlowSeries& series, bool counter, bool per_second,
                      SlowSample& out);
  bool ExtendedHistograms(const Window& window, const SlowSeries& series, bool counter,
                          bool per_second, PositionRange pos, SlowSample& out);
  // Anchored and smoothed: with the value at both ends; false where there is none.
  bool WithEnds(const Window& window, SlowSeries& series);
  bool StartsAnew(const SlowPoint& previous, const SlowPoint& point) const;
  SlowHistogram Interpolated(const SlowPoint& a, const SlowPoint& b, int64_t t, bool counter,
                             std::string_view metric, PositionRange pos);
  bool AddTo(tsdb::FloatHistogram& sum, const tsdb::FloatHistogram& h, bool subtract,
             std::string_view metric, PositionRange pos);

  const EngineOptions options_;
  const std::vector<SlowSeries>& data_;
  QueryTimes query_;
  int64_t lookback_ms_ = 0;
  Annotations annotations_;
  Status error_;
  double largest_ = 0;
  bool ambiguous_ = false;
  Path path_;
  bool at_sample_times_ = false;  // selectors are asked when, not what: no interpolation
  bool is_range_ = false;         // the times being evaluated end after they start
};

}  // namespace tidemark::promql
