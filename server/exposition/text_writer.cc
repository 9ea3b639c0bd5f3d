#include "server/exposition/text_writer.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "server/exposition/names.h"
#include "server/exposition/number.h"

namespace tidemark::server {
namespace {

using io::prometheus::client::MetricFamily;
using io::prometheus::client::MetricType;

constexpr std::string_view kTotal = "_total";

void AppendEscaped(std::string_view text, bool quotes_too, std::string& out) {
  for (const char c : text) {
    if (c == '\n') {
      out.append("\\n");
      continue;
    }
    if (c == '\\' || (c == '"' && quotes_too)) out.push_back('\\');
    out.push_back(c);
  }
}

void AppendQuoted(std::string_view text, std::string& out) {
  out.push_back('"');
  AppendEscaped(text, true, out);
  out.push_back('"');
}

void AppendMetricName(std::string_view name, std::string& out) {
  if (IsLegacyMetricName(name)) {
    out.append(name);
  } else {
    AppendQuoted(name, out);
  }
}

template <typename Integer>
void AppendInteger(Integer value, std::string& out) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  out.append(digits, end);
}

double SecondsOf(const google::protobuf::Timestamp& time) {
  return static_cast<double>(time.seconds()) + static_cast<double>(time.nanos()) / 1e9;
}

bool IsCounter(const MetricFamily& family) { return family.type() == MetricType::COUNTER; }

// OpenMetrics names a counter without the suffix that its sample has.
std::string_view OpenMetricsName(const MetricFamily& family) {
  std::string_view name = family.name();
  if (IsCounter(family) && name.ends_with(kTotal)) name.remove_suffix(kTotal.size());
  return name;
}

std::string_view TextType(const MetricFamily& family) {
  switch (family.type()) {
    case MetricType::COUNTER:
      return "counter";
    case MetricType::GAUGE:
      return "gauge";
    case MetricType::SUMMARY:
      return "summary";
    case MetricType::HISTOGRAM:
      return "histogram";
    default:
      return "untyped";  // gauge histograms among them: the format has no word
  }
}

std::string_view OpenMetricsType(const MetricFamily& family) {
  if (family.type() == MetricType::GAUGE_HISTOGRAM) return "gaugehistogram";
  const std::string_view type = TextType(family);
  if (type == "untyped" || (IsCounter(family) && !family.name().ends_with(kTotal))) {
    return "unknown";
  }
  return type;
}

}  // namespace

TextWriter::TextWriter(Format format, std::string* out)
    : open_metrics_(format.kind == Format::Kind::kOpenMetrics),
      created_lines_(open_metrics_ && format.created_lines),
      out_(*out) {}

void TextWriter::Write(const MetricFamily& family) {
  name_ = family.name();
  WriteHeader(family);
  for (const Metric& metric : family.metric()) WriteMetric(family, metric);
}

void TextWriter::WriteHeader(const MetricFamily& family) {
  const std::string_view name = open_metrics_ ? OpenMetricsName(family) : family.name();
  const auto start = [&](std::string_view keyword) {
    out_.append(keyword);
    AppendMetricName(name, out_);
    out_.push_back(' ');
  };
  if (!family.help().empty()) {
    start("# HELP ");
    AppendEscaped(family.help(), open_metrics_, out_);
    out_.push_back('\n');
  }
  start("# TYPE ");
  out_.append(open_metrics_ ? OpenMetricsType(family) : TextType(family));
  out_.push_back('\n');
  if (open_metrics_ && !family.unit().empty() && name.ends_with("_" + family.unit())) {
    start("# UNIT ");
    out_.append(family.unit());
    out_.push_back('\n');
  }
}

void TextWriter::WriteMetric(const MetricFamily& family, const Metric& metric) {
  switch (family.type()) {
    case MetricType::COUNTER:
      return WriteCounter(metric);
    case MetricType::GAUGE:
      return WriteFloatLine(name_, metric, metric.gauge().value());
    case MetricType::SUMMARY:
      return WriteSummary(metric);
    case MetricType::HISTOGRAM:
      return WriteHistogram(metric, false);
    case MetricType::GAUGE_HISTOGRAM:
      return WriteHistogram(metric, true);
    default:
      return WriteFloatLine(name_, metric, metric.untyped().value());
  }
}

void TextWriter::WriteCounter(const Metric& metric) {
  const auto& counter = metric.counter();
  StartLine(name_, metric);
  AppendNumber(counter.value());
  FinishLine(metric, counter.has_exemplar() ? &counter.exemplar() : nullptr);
  if (counter.has_start_timestamp() && name_.ends_with(kTotal)) {
    const auto base = std::string_view(name_).substr(0, name_.size() - kTotal.size());
    WriteCreated(base, metric, counter.start_timestamp());
  }
}

void TextWriter::WriteSummary(const Metric& metric) {
  const auto& summary = metric.summary();
  for (const auto& quantile : summary.quantile()) {
    WriteFloatLine(name_, metric, quantile.value(), {"quantile", quantile.quantile()});
  }
  WriteFloatLine(name_ + "_sum", metric, summary.sample_sum());
  WriteCountLine(name_ + "_count", metric, summary.sample_count(), 0);
  if (summary.has_start_timestamp()) WriteCreated(name_, metric, summary.start_timestamp());
}

void TextWriter::WriteHistogram(const Metric& metric, bool gauge) {
  const auto& histogram = metric.histogram();
  const std::string bucket_name = name_ + "_bucket";
  bool infinity_seen = false;
  for (const auto& bucket : histogram.bucket()) {
    WriteCountLine(bucket_name, metric, bucket.cumulative_count(), bucket.cumulative_count_float(),
                   {"le", bucket.upper_bound()},
                   bucket.has_exemplar() ? &bucket.exemplar() : nullptr);
    infinity_seen |= std::isinf(bucket.upper_bound()) && bucket.upper_bound() > 0;
  }
  if (!infinity_seen) {
    WriteCountLine(bucket_name, metric, histogram.sample_count(), histogram.sample_count_float(),
                   {"le", std::numeric_limits<double>::infinity()});
  }
  const std::string kind = open_metrics_ && gauge ? "_g" : "_";
  WriteFloatLine(name_ + kind + "sum", metric, histogram.sample_sum());
  WriteCountLine(name_ + kind + "count", metric, histogram.sample_count(),
                 histogram.sample_count_float());
  if (histogram.has_start_timestamp() && !gauge) {
    WriteCreated(name_, metric, histogram.start_timestamp());
  }
}

void TextWriter::WriteCreated(std::string_view base, const Metric& metric,
                              const google::protobuf::Timestamp& start) {
  if (!created_lines_) return;
  WriteFloatLine(std::string(base) + "_created", metric, SecondsOf(start));
}

void TextWriter::StartLine(std::string_view name, const Metric& metric, NumberLabel extra) {
  const bool name_outside = IsLegacyMetricName(name);
  const bool braces = !name_outside || !metric.label().empty() || !extra.name.empty();
  if (name_outside) out_.append(name);
  if (braces) out_.push_back('{');
  const size_t first = out_.size();
  if (!name_outside) AppendQuoted(name, out_);
  for (const LabelPair& label : metric.label()) {
    if (out_.size() > first) out_.push_back(',');
    AppendLabel(label);
  }
  if (!extra.name.empty()) {
    if (out_.size() > first) out_.push_back(',');
    out_.append(extra.name).append("=\"");
    AppendNumber(extra.value);
    out_.push_back('"');
  }
  if (braces) out_.push_back('}');
  out_.push_back(' ');
}

void TextWriter::AppendNumber(double value) {
  if (open_metrics_) {
    AppendOpenMetricsFloat(value, &out_);
  } else {
    AppendFloat(value, &out_);
  }
}

void TextWriter::AppendCount(uint64_t count, double float_count) {
  if (float_count > 0) {
    AppendNumber(float_count);
  } else if (open_metrics_) {
    AppendInteger(count, out_);
  } else {
    AppendFloat(static_cast<double>(count), &out_);
  }
}

void TextWriter::FinishLine(const Metric& metric, const Exemplar* exemplar) {
  if (metric.timestamp_ms() != 0) {
    out_.push_back(' ');
    if (open_metrics_) {
      AppendOpenMetricsFloat(static_cast<double>(metric.timestamp_ms()) / 1e3, &out_);
    } else {
      AppendInteger(metric.timestamp_ms(), out_);
    }
  }
  if (open_metrics_ && exemplar != nullptr) AppendExemplar(*exemplar);
  out_.push_back('\n');
}

void TextWriter::WriteFloatLine(std::string_view name, const Metric& metric, double value,
                                NumberLabel extra) {
  StartLine(name, metric, extra);
  AppendNumber(value);
  FinishLine(metric);
}

void TextWriter::WriteCountLine(std::string_view name, const Metric& metric, uint64_t count,
                                double float_count, NumberLabel extra, const Exemplar* exemplar) {
  StartLine(name, metric, extra);
  AppendCount(count, float_count);
  FinishLine(metric, exemplar);
}

void TextWriter::AppendExemplar(const Exemplar& exemplar) {
  out_.append(" # {");
  for (int i = 0; i < exemplar.label_size(); ++i) {
    if (i > 0) out_.push_back(',');
    AppendLabel(exemplar.label(i));
  }
  out_.append("} ");
  AppendNumber(exemplar.value());
  if (exemplar.has_timestamp()) {
    out_.push_back(' ');
    AppendNumber(SecondsOf(exemplar.timestamp()));
  }
}

void TextWriter::AppendLabel(const LabelPair& label) {
  if (IsLegacyLabelName(label.name())) {
    out_.append(label.name());
  } else {
    AppendQuoted(label.name(), out_);
  }
  out_.push_back('=');
  AppendQuoted(label.value(), out_);
}

}  // namespace tidemark::server
