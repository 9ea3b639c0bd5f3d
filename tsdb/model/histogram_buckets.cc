// Buckets as intervals of values, and the text of a histogram.
#include <algorithm>

#include "tsdb/base/go_float.h"
#include "tsdb/model/histogram.h"
#include "tsdb/model/histogram_bounds.h"
#include "tsdb/model/histogram_side.h"

namespace tidemark::tsdb {
namespace {

double UpperBound(const FloatHistogram& h, int64_t index) {
  return h.UsesCustomBuckets() ? CustomBound(index, h.custom_values)
                               : ExponentialBound(index, h.schema);
}

Bucket MakeBucket(const FloatHistogram& h, const SideReader& at, bool positive) {
  Bucket bucket;
  bucket.count = at.count();
  bucket.index = static_cast<int32_t>(at.index());
  const double outer = UpperBound(h, at.index());
  const double inner = UpperBound(h, at.index() - 1);
  bucket.lower = positive ? inner : -outer;
  bucket.upper = positive ? outer : -inner;
  if (h.UsesCustomBuckets()) {
    bucket.lower_inclusive = at.index() == 0;
    bucket.upper_inclusive = true;
  } else {
    bucket.lower_inclusive = bucket.lower < 0;
    bucket.upper_inclusive = bucket.upper > 0;
  }
  return bucket;
}

// Cuts off what the zero bucket covers.
Bucket OutsideZero(Bucket bucket, double threshold) {
  if (bucket.upper < 0 && bucket.upper > -threshold) bucket.upper = -threshold;
  if (bucket.lower > 0 && bucket.lower < threshold) bucket.lower = threshold;
  return bucket;
}

void AppendBucket(std::string& out, const Bucket& bucket) {
  if (bucket.count == 0) return;
  out += bucket.lower_inclusive ? ", [" : ", (";
  out += GoFloat(bucket.lower);
  out += ',';
  out += GoFloat(bucket.upper);
  out += bucket.upper_inclusive ? "]:" : "):";
  out += GoFloat(bucket.count);
}

}  // namespace

std::vector<Bucket> FloatHistogram::PositiveBuckets() const {
  std::vector<Bucket> buckets;
  buckets.reserve(positive_buckets.size());
  for (SideReader at(positive_spans, positive_buckets); at.Next();) {
    buckets.push_back(MakeBucket(*this, at, true));
  }
  return buckets;
}

std::vector<Bucket> FloatHistogram::NegativeBuckets() const {
  std::vector<Bucket> buckets;
  buckets.reserve(negative_buckets.size());
  for (SideReader at(negative_spans, negative_buckets); at.Next();) {
    buckets.push_back(MakeBucket(*this, at, false));
  }
  return buckets;
}

Bucket FloatHistogram::ZeroBucket() const {
  return {-zero_threshold, zero_threshold, true, true, zero_count, 0};
}

std::vector<Bucket> FloatHistogram::AllBuckets() const {
  std::vector<Bucket> buckets;
  buckets.reserve(negative_buckets.size() + 1 + positive_buckets.size());
  for (SideReader at(negative_spans, negative_buckets); at.Next();) {
    buckets.push_back(OutsideZero(MakeBucket(*this, at, false), zero_threshold));
  }
  std::reverse(buckets.begin(), buckets.end());
  if (zero_count > 0) buckets.push_back(ZeroBucket());
  for (SideReader at(positive_spans, positive_buckets); at.Next();) {
    buckets.push_back(OutsideZero(MakeBucket(*this, at, true), zero_threshold));
  }
  return buckets;
}

std::string FloatHistogram::ToString() const {
  std::string out = "{count:" + GoFloat(count) + ", sum:" + GoFloat(sum);
  std::vector<Bucket> negative = NegativeBuckets();
  std::reverse(negative.begin(), negative.end());
  for (const Bucket& bucket : negative) AppendBucket(out, bucket);
  AppendBucket(out, ZeroBucket());
  for (const Bucket& bucket : PositiveBuckets()) AppendBucket(out, bucket);
  out += '}';
  return out;
}

}  // namespace tidemark::tsdb
