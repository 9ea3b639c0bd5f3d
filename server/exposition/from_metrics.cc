#include "server/exposition/from_metrics.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace tidemark::server {
namespace {

namespace client = io::prometheus::client;

client::MetricType TypeOf(Metrics::Type type) {
  switch (type) {
    case Metrics::Type::kCounter:
      return client::COUNTER;
    case Metrics::Type::kGauge:
      return client::GAUGE;
    case Metrics::Type::kHistogram:
      return client::HISTOGRAM;
  }
  return client::UNTYPED;
}

// The last bucket, +Inf, stays implied: it is the count.
void FillHistogram(const Metrics::Child& child, client::Histogram& out) {
  uint64_t cumulative = 0;
  for (size_t i = 0; i < child.counts.size(); ++i) {
    cumulative += child.counts[i];
    if (i == child.bounds.size()) break;
    client::Bucket* bucket = out.add_bucket();
    bucket->set_upper_bound(child.bounds[i]);
    bucket->set_cumulative_count(cumulative);
  }
  out.set_sample_count(cumulative);
  out.set_sample_sum(child.sum);
}

void FillMetric(Metrics::Type type, const Metrics::Child& child, client::Metric& out) {
  for (const auto& [name, value] : child.labels) {
    client::LabelPair* label = out.add_label();
    label->set_name(name);
    label->set_value(value);
  }
  switch (type) {
    case Metrics::Type::kCounter:
      return out.mutable_counter()->set_value(child.value);
    case Metrics::Type::kGauge:
      return out.mutable_gauge()->set_value(child.value);
    case Metrics::Type::kHistogram:
      return FillHistogram(child, *out.mutable_histogram());
  }
}

}  // namespace

std::vector<client::MetricFamily> FromMetrics(const Metrics& metrics) {
  std::vector<client::MetricFamily> families;
  for (Metrics::Family& family : metrics.Collect()) {
    for (Metrics::Child& child : family.children)
      std::sort(child.labels.begin(), child.labels.end());
    std::sort(family.children.begin(), family.children.end(),
              [](const auto& a, const auto& b) { return a.labels < b.labels; });
    client::MetricFamily& out = families.emplace_back();
    out.set_name(std::move(family.name));
    out.set_help(std::move(family.help));
    out.set_type(TypeOf(family.type));
    for (const auto& child : family.children) FillMetric(family.type, child, *out.add_metric());
  }
  return families;
}

}  // namespace tidemark::server
