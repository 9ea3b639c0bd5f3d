// TextWriter: families as the lines of the text format, or of OpenMetrics.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "proto/metrics.pb.h"
#include "server/exposition/exposition.h"

namespace tidemark::server {

// Names that are no legacy names are written in quotes.
//
// Threads: one at a time.  `out` must outlive it.
class TextWriter {
 public:
  TextWriter(Format format, std::string* out);

  // Appends HELP, TYPE and, in OpenMetrics, UNIT; then the samples.
  void Write(const io::prometheus::client::MetricFamily& family);

 private:
  using MetricFamily = io::prometheus::client::MetricFamily;
  using Metric = io::prometheus::client::Metric;
  using Exemplar = io::prometheus::client::Exemplar;
  using LabelPair = io::prometheus::client::LabelPair;

  // A label that the format adds: le or quantile.
  struct NumberLabel {
    std::string_view name;  // empty: none
    double value;
  };

  void WriteHeader(const MetricFamily& family);
  void WriteMetric(const MetricFamily& family, const Metric& metric);
  void WriteCounter(const Metric& metric);
  void WriteSummary(const Metric& metric);
  void WriteHistogram(const Metric& metric, bool gauge);
  void WriteCreated(std::string_view base, const Metric& metric,
                    const google::protobuf::Timestamp& start);

  // A line is its start, a value, and its end.
  void StartLine(std::string_view name, const Metric& metric, NumberLabel extra = {});
  void AppendNumber(double value);
  void AppendCount(uint64_t count, double float_count);  // the latter wins where it is > 0
  void FinishLine(const Metric& metric, const Exemplar* exemplar = nullptr);

  void WriteFloatLine(std::string_view name, const Metric& metric, double value,
                      NumberLabel extra = {});
  void WriteCountLine(std::string_view name, const Metric& metric, uint64_t count,
                      double float_count, NumberLabel extra = {},
                      const Exemplar* exemplar = nullptr);
  void AppendExemplar(const Exemplar& exemplar);
  void AppendLabel(const LabelPair& label);

  const bool open_metrics_;
  const bool created_lines_;
  std::string& out_;
  std::string name_;  // of the family that is being written
};

}  // namespace tidemark::server
