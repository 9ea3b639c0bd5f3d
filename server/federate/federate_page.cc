#include "server/federate/federate_page.h"

#include <algorithm>
#include <limits>

namespace tidemark::server {
namespace {

namespace client = io::prometheus::client;
using tsdb::FloatHistogram;

constexpr std::string_view kInstance = "instance";

client::MetricType TypeOf(const NewestSample& sample) {
  if (sample.is_float) return client::UNTYPED;
  return sample.h.counter_reset_hint == tsdb::CounterResetHint::kGauge ? client::GAUGE_HISTOGRAM
                                                                       : client::HISTOGRAM;
}

void CopySpans(const std::vector<tsdb::BucketSpan>& from,
               google::protobuf::RepeatedPtrField<client::BucketSpan>* to) {
  for (const tsdb::BucketSpan& span : from) {
    client::BucketSpan* const out = to->Add();
    out->set_offset(span.offset);
    out->set_length(span.length);
  }
}

void FillNative(const FloatHistogram& h, client::Histogram* out) {
  out->set_sample_count_float(h.count);
  out->set_sample_sum(h.sum);
  out->set_schema(h.schema);
  out->set_zero_threshold(h.zero_threshold);
  out->set_zero_count_float(h.zero_count);
  CopySpans(h.negative_spans, out->mutable_negative_span());
  CopySpans(h.positive_spans, out->mutable_positive_span());
  out->mutable_negative_count()->Add(h.negative_buckets.begin(), h.negative_buckets.end());
  out->mutable_positive_count()->Add(h.positive_buckets.begin(), h.positive_buckets.end());
  // Without any of these readers would not take it for a native one.
  if (h.zero_threshold == 0 && h.zero_count == 0 && h.positive_spans.empty() &&
      h.negative_spans.empty()) {
    out->add_positive_span();
  }
}

// Custom bounds are those of classic buckets, of which the empty ones count, too.
void FillClassic(const FloatHistogram& h, client::Histogram* out) {
  out->set_sample_count_float(h.count);
  out->set_sample_sum(h.sum);
  std::vector<double> counts(h.custom_values.size() + 1);
  for (const tsdb::Bucket& bucket : h.PositiveBuckets()) {
    const auto index = static_cast<size_t>(bucket.index);
    if (index < counts.size()) counts[index] = bucket.count;
  }
  double total = 0;
  for (size_t i = 0; i < counts.size(); ++i) {
    total += counts[i];
    client::Bucket* const bucket = out->add_bucket();
    bucket->set_cumulative_count_float(total);
    bucket->set_upper_bound(i < h.custom_values.size() ? h.custom_values[i]
                                                       : std::numeric_limits<double>::infinity());
  }
}

void Fill(const NewestSample& sample, client::Metric* out) {
  for (const tsdb::LabelView l : sample.labels) {
    if (l.name == tsdb::kMetricName) continue;
    client::LabelPair* const pair = out->add_label();
    pair->set_name(std::string(l.name));
    pair->set_value(std::string(l.value));
  }
  if (sample.labels.Get(kInstance).empty()) out->add_label()->set_name(std::string(kInstance));
  out->set_timestamp_ms(sample.t);
  if (sample.is_float) {
    out->mutable_untyped()->set_value(sample.v);
  } else if (sample.h.UsesCustomBuckets()) {
    FillClassic(sample.h, out->mutable_histogram());
  } else {
    FillNative(sample.h, out->mutable_histogram());
  }
}

}  // namespace

std::vector<client::MetricFamily> FederatePage(std::vector<NewestSample> samples, bool native) {
  std::stable_sort(samples.begin(), samples.end(),
                   [](const NewestSample& a, const NewestSample& b) {
                     const int order = a.labels.metric_name().compare(b.labels.metric_name());
                     return order != 0 ? order < 0 : TypeOf(a) < TypeOf(b);
                   });
  std::vector<client::MetricFamily> families;
  for (const NewestSample& sample : samples) {
    if (!sample.is_float && !native && !sample.h.UsesCustomBuckets()) continue;
    const std::string name(sample.labels.metric_name());
    const client::MetricType type = TypeOf(sample);
    if (families.empty() || families.back().name() != name || families.back().type() != type) {
      families.emplace_back().set_name(name);
      families.back().set_type(type);
    }
    Fill(sample, families.back().add_metric());
  }
  return families;
}

}  // namespace tidemark::server
