// OtlpWriter: the metrics of one OTLP request into a BodyWriter, by the rules of
// Prometheus' OTLP endpoint.
//
//   gauges, sums               one series; a monotonic cumulative sum is a counter
//   histograms                 classic: _bucket, _sum and _count; or, as custom
//                              buckets, one native histogram
//   exponential histograms     one native histogram
//   summaries                  quantiles, _sum and _count
//   resource                   `target_info`, where it says more than job and
//                              instance: a sample at each half of the lookback
//                              between the first and the last of its data points
//
// What cannot be translated is refused, all else goes in.
//
// Threads: one.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "proto/byte_arena.h"
#include "proto/otlp.pb.h"
#include "server/ingest/body_writer.h"
#include "server/otlp/otlp_translation.h"
#include "server/otlp/point_labels.h"

namespace tidemark::server {

class OtlpWriter {
 public:
  // `translation` and `out` must outlive it; it must outlive the Commit of what
  // `out` writes to.
  OtlpWriter(const OtlpTranslation& translation, BodyWriter& out)
      : translation_(translation), out_(out), labels_(translation.labels) {}

  //   kResourceExhausted  past max_label_bytes: nothing must be committed
  //   or what concerns the whole request of BodyWriter
  Status Write(const proto::otlp::ExportMetricsServiceRequest& request);

  // Data points of the request so far.
  uint64_t points() const { return points_; }

 private:
  using Metric = proto::otlp::Metric;
  // The metric that is being written.
  struct Current {
    std::string family;
    bool delta = false;
  };

  void WriteResource(const proto::otlp::ResourceMetrics& resource);
  void WriteScope(const proto::otlp::ScopeMetrics& scope);
  void WriteMetric(const Metric& metric);
  void WriteTargetInfo(const proto::otlp::Resource& resource);

  // One data point each.
  void WritePoint(const proto::otlp::NumberPoint& point);
  void WritePoint(const proto::otlp::HistogramPoint& point);
  void WritePoint(const proto::otlp::ExponentialPoint& point);
  void WritePoint(const proto::otlp::SummaryPoint& point);
  void WriteClassicBuckets(const proto::otlp::HistogramPoint& point);
  // Sets what all series of a point have; false when it is refused.
  template <typename Point>
  bool Begin(const Point& point);

  // Adds a series of the current point, with one float, or with histogram_ if it
  // could be read, and with exemplars_, which it empties.
  void AddFloat(std::string_view metric, double v, std::string_view extra_name = {},
                std::string_view extra_value = {});
  void AddHistogram(const Status& read);
  void AddSeries(std::string_view metric, std::string_view extra_name = {},
                 std::string_view extra_value = {});
  void AddExemplar(const proto::otlp::Exemplar& exemplar);
  void AddExemplarLabel(std::string name, std::string value, proto::ExemplarView& to);

  // `points` of the current metric.
  void Refuse(uint64_t points, std::string_view why);

  const OtlpTranslation& translation_;
  BodyWriter& out_;
  PointLabels labels_;
  proto::ByteArena arena_;
  size_t label_bytes_ = 0;
  uint64_t points_ = 0;
  Current metric_;

  // Of the current resource: when its data points are, in milliseconds.
  int64_t earliest_ = 0;
  int64_t latest_ = 0;
  bool any_point_ = false;

  // Of the current point.
  int64_t t_ = 0;
  int64_t start_ = 0;
  bool stale_ = false;

  proto::SeriesView series_;
  proto::HistogramView histogram_;
  proto::ViewPool<proto::ExemplarView> exemplars_;
  std::deque<std::string> exemplar_texts_;
};

}  // namespace tidemark::server
