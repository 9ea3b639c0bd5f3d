// FloatHistogram: one native histogram at one time.
//
// Model and formulas are Prometheus' (model/histogram, "Native Histograms"
// specification).  Counts are doubles; a histogram that came with integer
// counts holds whole numbers.
//
//   schema -4..8   bucket i covers (base^(i-1), base^i], base = 2^(2^-schema),
//                  and its mirror image for negative values
//   schema -53     custom buckets: bucket i covers (custom_values[i-1],
//                  custom_values[i]], the first from -Inf, one more to +Inf;
//                  no zero bucket, no negative buckets
//
// Buckets are sparse: a span says how many indices lie between the end of the
// span before it (the first: 0) and its start, and how many consecutive buckets
// follow; counts are absolute, not deltas.
//
// A histogram whose sum is StaleNaN ends the series.
//
// Threads: like a std::vector.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "tsdb/base/status.h"

namespace tidemark::tsdb {

// What the sender says about the counter before this sample.  Only kGauge is
// trusted from outside.
enum class CounterResetHint : uint8_t {
  kUnknown = 0,
  kCounterReset = 1,
  kNotCounterReset = 2,
  kGauge = 3,
};

struct BucketSpan {
  int32_t offset = 0;
  uint32_t length = 0;
  bool operator==(const BucketSpan&) const = default;
};

// One bucket as an interval of observed values.
struct Bucket {
  double lower = 0;
  double upper = 0;
  bool lower_inclusive = false;
  bool upper_inclusive = false;
  double count = 0;
  int32_t index = 0;  // of the schema; 0 for the zero bucket
};

struct FloatHistogram {
  static constexpr int32_t kMinSchema = -4;
  static constexpr int32_t kMaxSchema = 8;
  static constexpr int32_t kCustomBucketsSchema = -53;

  CounterResetHint counter_reset_hint = CounterResetHint::kUnknown;
  int32_t schema = 0;
  double zero_threshold = 0;
  double zero_count = 0;
  double count = 0;
  double sum = 0;
  std::vector<BucketSpan> positive_spans;
  std::vector<BucketSpan> negative_spans;
  std::vector<double> positive_buckets;
  std::vector<double> negative_buckets;
  std::vector<double> custom_values;  // upper bounds, ascending; schema -53 only

  bool UsesCustomBuckets() const { return schema == kCustomBucketsSchema; }
  bool IsStale() const;

  // kInvalidArgument  a schema other than -4..8 and -53, spans and buckets that
  //                   disagree, a negative count, bounds out of order, or parts
  //                   that do not go with the schema
  // What Prometheus takes, but for zero thresholds that are NaN and bucket
  // indices beyond 2^30.  Senders may use schemas 9..52: ReduceResolution(8) first.
  Status Validate() const;
  // The rule for histograms that were sent with integer counts, beside Validate:
  //   kInvalidArgument  the count is not the sum of the buckets, or, where the
  //                     sum is NaN, is less than that
  Status ValidateIntegerCount() const;

  // What Add and Sub have to tell.
  struct Combined {
    bool counter_reset_collision = false;  // one hint says reset, the other not
    bool bounds_reconciled = false;        // custom bounds differed: their intersection is used
  };
  // *this += other, *this -= other; the resolution is the lower of the two.
  //   kInvalidArgument  exponential and custom buckets together
  StatusOr<Combined> Add(const FloatHistogram& other);
  StatusOr<Combined> Sub(const FloatHistogram& other);
  // *this += other with Neumaier's compensation kept in `c`, a histogram of the
  // same layout (start with NewCompensation()); the sum is *this + c.  After an
  // error both are as they were.
  StatusOr<Combined> KahanAdd(const FloatHistogram& other, FloatHistogram& c);
  FloatHistogram NewCompensation() const;

  void Mul(double factor);
  void Div(double divisor);  // by zero: all buckets are dropped, as in Prometheus

  // The same observations at a lower (or equal) exponential schema, from any
  // schema up to 52.
  //   kInvalidArgument  a higher schema, custom buckets, or spans and buckets
  //                     that disagree
  Status ReduceResolution(int32_t target_schema);

  // Leaves out empty buckets at the ends of spans, and inside them where more
  // than `max_empty` lie together; joins and drops spans accordingly.
  void Compact(int max_empty);

  // Whether this, coming after `previous`, must be a counter that was reset:
  // a bucket, the zero bucket or the count went down, or resolution went up.
  // The hints kCounterReset and kNotCounterReset of *this decide alone.
  bool DetectReset(const FloatHistogram& previous) const;

  // By layout and by bits of the numbers; the hint does not count.
  bool Equals(const FloatHistogram& other) const;

  // All buckets from the lowest to the highest value, the zero bucket in its
  // place where its count is above 0; empty buckets inside spans are among them.
  // Buckets that reach into the zero bucket are cut at its threshold.
  std::vector<Bucket> AllBuckets() const;
  std::vector<Bucket> PositiveBuckets() const;  // ascending index
  std::vector<Bucket> NegativeBuckets() const;  // ascending index: away from zero
  Bucket ZeroBucket() const;

  // The operators `</` (upper) and `>/` (lower): removes what lies above, or
  // below, `value`, interpolating inside the bucket it falls into.
  void TrimBuckets(double value, bool upper);

  bool HasOverflow() const;  // an infinite count, sum or custom bound

  // {count:3, sum:4.2, [-1,-0.5):1, (0.5,1]:2} as Prometheus prints it.
  std::string ToString() const;

  // Bytes in memory, for budgets; by Prometheus' arithmetic, so that the limit
  // on a query's samples weighs histograms alike.
  size_t SizeBytes() const;
};

}  // namespace tidemark::tsdb
