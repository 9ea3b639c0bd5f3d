#include "server/otlp/otlp_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <type_traits>

#include "absl/strings/escaping.h"
#include "proto/raw_labels.h"
#include "server/otlp/attribute_text.h"
#include "server/otlp/otlp_histograms.h"
#include "server/otlp/otlp_times.h"
#include "tsdb/base/quote.h"

namespace tidemark::server {
namespace {

using proto::otlp::Metric;
using tsdb::MetricType;

// Between the first and the last data point of one resource in one request;
// past it, the latest ones.
constexpr int64_t kMaxTargetInfos = 400;

// OpenMetrics 1.0, "Exemplars".
constexpr size_t kMaxExemplarRunes = 128;

constexpr std::string_view kTargetInfo = "target_info";

// Calls `use` with the data points of whatever kind the metric is; without a
// kind, not at all.
template <typename Use>
void WithPoints(const Metric& metric, Use use) {
  switch (metric.data_case()) {
    case Metric::kGauge:
      return use(metric.gauge().data_points());
    case Metric::kSum:
      return use(metric.sum().data_points());
    case Metric::kHistogram:
      return use(metric.histogram().data_points());
    case Metric::kExponentialHistogram:
      return use(metric.exponential_histogram().data_points());
    case Metric::kSummary:
      return use(metric.summary().data_points());
    default:
      return;
  }
}

uint64_t CountPoints(const Metric& metric) {
  uint64_t n = 0;
  WithPoints(metric, [&n](const auto& points) { n = static_cast<uint64_t>(points.size()); });
  return n;
}

uint64_t CountPoints(const proto::otlp::ScopeMetrics& scope) {
  uint64_t n = 0;
  for (const Metric& metric : scope.metrics()) n += CountPoints(metric);
  return n;
}

OtlpType TypeOf(const Metric& metric) {
  switch (metric.data_case()) {
    case Metric::kSum:
      return metric.sum().is_monotonic() ? OtlpType::kCounter : OtlpType::kUpDownCounter;
    case Metric::kHistogram:
    case Metric::kExponentialHistogram:
      return OtlpType::kHistogram;
    case Metric::kSummary:
      return OtlpType::kSummary;
    default:
      return OtlpType::kGauge;
  }
}

MetricType PrometheusType(OtlpType type, bool delta) {
  if (delta) return MetricType::kUnknown;
  switch (type) {
    case OtlpType::kCounter:
      return MetricType::kCounter;
    case OtlpType::kHistogram:
      return MetricType::kHistogram;
    case OtlpType::kSummary:
      return MetricType::kSummary;
    default:
      return MetricType::kGauge;
  }
}

// What kinds without a temporality say: the total so far.
proto::otlp::Temporality TemporalityOf(const Metric& metric) {
  switch (metric.data_case()) {
    case Metric::kSum:
      return metric.sum().aggregation_temporality();
    case Metric::kHistogram:
      return metric.histogram().aggregation_temporality();
    case Metric::kExponentialHistogram:
      return metric.exponential_histogram().aggregation_temporality();
    default:
      return proto::otlp::CUMULATIVE;
  }
}

size_t Runes(std::string_view utf8) {
  return static_cast<size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xc0) != 0x80; }));
}

bool IsEmptyId(std::string_view id) { return id.find_first_not_of('\0') == std::string_view::npos; }

double ValueOf(const proto::otlp::Exemplar& exemplar) {
  return exemplar.value_case() == proto::otlp::Exemplar::kAsInt
             ? static_cast<double>(exemplar.as_int())
             : exemplar.as_double();
}

}  // namespace

Status OtlpWriter::Write(const proto::otlp::ExportMetricsServiceRequest& request) {
  for (const proto::otlp::ResourceMetrics& resource : request.resource_metrics()) {
    WriteResource(resource);
    RETURN_IF_ERROR(out_.status());
    if (label_bytes_ > translation_.max_label_bytes) {
      return ResourceExhausted(
          fmt::format("the labels of the request's series are more than {} bytes",
                      translation_.max_label_bytes));
    }
  }
  return OkStatus();
}

void OtlpWriter::WriteResource(const proto::otlp::ResourceMetrics& resource) {
  any_point_ = false;
  earliest_ = std::numeric_limits<int64_t>::max();
  latest_ = std::numeric_limits<int64_t>::min();
  const Status named = labels_.SetResource(resource.resource());
  for (const proto::otlp::ScopeMetrics& scope : resource.scope_metrics()) {
    Status status = named;
    if (status.ok()) status = labels_.SetScope(scope.scope(), scope.schema_url());
    if (status.ok()) {
      WriteScope(scope);
    } else {
      metric_.family = scope.scope().name();
      points_ += CountPoints(scope);
      Refuse(CountPoints(scope), MessageOf(status));
    }
  }
  if (any_point_) WriteTargetInfo(resource.resource());
}

void OtlpWriter::WriteScope(const proto::otlp::ScopeMetrics& scope) {
  for (const Metric& metric : scope.metrics()) {
    if (!out_.status().ok() || label_bytes_ > translation_.max_label_bytes) return;
    WriteMetric(metric);
  }
}

void OtlpWriter::WriteMetric(const Metric& metric) {
  const uint64_t count = CountPoints(metric);
  points_ += count;
  if (count == 0) return;
  const OtlpType type = TypeOf(metric);
  StatusOr<std::string> name =
      TranslateMetricName(metric.name(), metric.unit(), type, translation_.labels.translation);
  metric_.family = name.ok() ? *std::move(name) : metric.name();
  if (!name.ok()) return Refuse(count, MessageOf(name.status()));
  const proto::otlp::Temporality temporality = TemporalityOf(metric);
  metric_.delta = temporality == proto::otlp::DELTA;
  if (metric_.delta ? !translation_.keep_delta : temporality != proto::otlp::CUMULATIVE) {
    return Refuse(count,
                  fmt::format("invalid temporality and type combination for metric {}{}",
                              Quoted(metric.name()), metric_.delta ? ": delta (otlp.delta)" : ""));
  }
  const std::string unit = TranslateUnit(metric.unit());
  out_.AddMetadata({static_cast<int32_t>(PrometheusType(type, metric_.delta)), metric_.family,
                    metric.description(), unit});
  WithPoints(metric, [this](const auto& points) {
    for (const auto& point : points) {
      if (Begin(point)) WritePoint(point);
    }
  });
}

template <typename Point>
bool OtlpWriter::Begin(const Point& point) {
  exemplars_.Clear();
  exemplar_texts_.clear();
  t_ = MillisOf(point.time_unix_nano());
  start_ = MillisOf(point.start_time_unix_nano());
  stale_ = IsStale(point.flags());
  any_point_ = true;
  earliest_ = std::min(earliest_, t_);
  latest_ = std::max(latest_, t_);
  const Status status = labels_.SetPoint(point.attributes());
  if (!status.ok()) Refuse(1, MessageOf(status));
  return status.ok();
}

void OtlpWriter::Refuse(uint64_t points, std::string_view why) {
  const proto::LabelView name{tsdb::kMetricName, metric_.family};
  out_.AddRefused(Refusal::kUntranslatable, points, {&name, 1}, why);
}

// ---------------------------------------------------------------- data points

void OtlpWriter::WritePoint(const proto::otlp::NumberPoint& point) {
  using Value = proto::otlp::NumberPoint::ValueCase;
  if (point.value_case() == Value::VALUE_NOT_SET && !stale_) {
    return Refuse(1, "a data point without a value");
  }
  for (const proto::otlp::Exemplar& exemplar : point.exemplars()) AddExemplar(exemplar);
  AddFloat(metric_.family, point.value_case() == Value::kAsInt ? static_cast<double>(point.as_int())
                                                               : point.as_double());
}

void OtlpWriter::WritePoint(const proto::otlp::ExponentialPoint& point) {
  for (const proto::otlp::Exemplar& exemplar : point.exemplars()) AddExemplar(exemplar);
  AddHistogram(ReadExponential(point, metric_.delta, histogram_));
}

void OtlpWriter::WritePoint(const proto::otlp::HistogramPoint& point) {
  if (translation_.custom_buckets) {
    for (const proto::otlp::Exemplar& exemplar : point.exemplars()) AddExemplar(exemplar);
    return AddHistogram(ReadExplicit(point, metric_.delta, histogram_));
  }
  if (point.has_sum()) AddFloat(metric_.family + "_sum", point.sum());
  AddFloat(metric_.family + "_count", static_cast<double>(point.count()));
  WriteClassicBuckets(point);
}

// Each exemplar goes to the bucket that it was counted in.
void OtlpWriter::WriteClassicBuckets(const proto::otlp::HistogramPoint& point) {
  std::vector<const proto::otlp::Exemplar*> exemplars;
  for (const proto::otlp::Exemplar& one : point.exemplars()) exemplars.push_back(&one);
  std::stable_sort(exemplars.begin(), exemplars.end(),
                   [](const auto* a, const auto* b) { return ValueOf(*a) < ValueOf(*b); });
  auto next = exemplars.begin();
  const std::string metric = metric_.family + "_bucket";
  const int buckets = std::min(point.explicit_bounds_size(), point.bucket_counts_size());
  uint64_t count = 0;
  for (int i = 0; i < buckets; ++i) {
    const double bound = point.explicit_bounds(i);
    for (; next != exemplars.end() && ValueOf(**next) <= bound; ++next) AddExemplar(**next);
    count += point.bucket_counts(i);
    AddFloat(metric, static_cast<double>(count), "le", DecimalText(bound));
  }
  for (; next != exemplars.end(); ++next) AddExemplar(**next);
  AddFloat(metric, static_cast<double>(point.count()), "le", "+Inf");
}

void OtlpWriter::WritePoint(const proto::otlp::SummaryPoint& point) {
  AddFloat(metric_.family + "_sum", point.sum());
  AddFloat(metric_.family + "_count", static_cast<double>(point.count()));
  for (const proto::otlp::Quantile& one : point.quantile_values()) {
    AddFloat(metric_.family, one.value(), "quantile", DecimalText(one.quantile()));
  }
}

void OtlpWriter::WriteTargetInfo(const proto::otlp::Resource& resource) {
  metric_.family = kTargetInfo;
  const StatusOr<bool> any = labels_.SetTargetInfo(resource);
  if (!any.ok()) return Refuse(1, MessageOf(any.status()));
  if (!*any) return;
  out_.AddMetadata({static_cast<int32_t>(MetricType::kGauge), kTargetInfo, "Target metadata", {}});
  const int64_t step = std::max<int64_t>(translation_.lookback_ms / 2, 1);
  exemplars_.Clear();
  start_ = 0;
  stale_ = false;
  for (t_ = std::max(earliest_, latest_ - kMaxTargetInfos * step); t_ < latest_; t_ += step) {
    AddFloat(kTargetInfo, 1);
  }
  t_ = latest_;
  AddFloat(kTargetInfo, 1);
}

// ---------------------------------------------------------------- series

void OtlpWriter::AddFloat(std::string_view metric, double v, std::string_view extra_name,
                          std::string_view extra_value) {
  series_.samples.clear();
  series_.samples.push_back({t_, stale_ ? tsdb::kStaleNaN : v, start_});
  series_.histograms = {};
  AddSeries(metric, extra_name, extra_value);
}

void OtlpWriter::AddHistogram(const Status& read) {
  if (!read.ok()) return Refuse(1, MessageOf(read));
  series_.samples.clear();
  series_.histograms = {&histogram_, 1};
  AddSeries(metric_.family);
}

void OtlpWriter::AddSeries(std::string_view metric, std::string_view extra_name,
                           std::string_view extra_value) {
  const std::span<const proto::LabelView> labels = labels_.Named(metric, extra_name, extra_value);
  series_.raw_labels = proto::WriteRawLabels(labels, arena_);
  series_.exemplars = exemplars_.view();
  label_bytes_ += series_.raw_labels.size();
  if (label_bytes_ <= translation_.max_label_bytes) out_.AddSeries(series_);
  exemplars_.Clear();
}

void OtlpWriter::AddExemplarLabel(std::string name, std::string value, proto::ExemplarView& to) {
  exemplar_texts_.push_back(std::move(name));
  const std::string_view kept_name = exemplar_texts_.back();
  exemplar_texts_.push_back(std::move(value));
  to.labels.push_back({kept_name, exemplar_texts_.back()});
}

// Of filtered attributes all or none are kept: none where they are too long.
void OtlpWriter::AddExemplar(const proto::otlp::Exemplar& exemplar) {
  proto::ExemplarView& out = exemplars_.Add();
  out.value = ValueOf(exemplar);
  out.t = exemplar.time_unix_nano() == 0 ? t_ : MillisOf(exemplar.time_unix_nano());
  for (const auto& [name, id] :
       {std::pair("trace_id", &exemplar.trace_id()), {"span_id", &exemplar.span_id()}}) {
    if (!IsEmptyId(*id)) AddExemplarLabel(name, absl::BytesToHexString(*id), out);
  }
  size_t runes = 0;
  for (const proto::LabelView& l : out.labels) runes += Runes(l.name) + Runes(l.value);
  for (const proto::otlp::KeyValue& one : exemplar.filtered_attributes()) {
    runes += Runes(one.key()) + Runes(AttributeText(one.value()));
  }
  if (runes > kMaxExemplarRunes) return;
  for (const proto::otlp::KeyValue& one : exemplar.filtered_attributes()) {
    AddExemplarLabel(one.key(), AttributeText(one.value()), out);
  }
}

}  // namespace tidemark::server
