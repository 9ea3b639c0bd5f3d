#include "promql/script/script_compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "tsdb/base/go_float.h"

namespace tidemark::promql {
namespace {

using tsdb::FloatHistogram;
using tsdb::Labels;

Status Differs(std::string_view text) { return FailedPrecondition(text); }

// As Prometheus compares: relative to the sum, and close to zero in units of the
// smallest normal number.
bool AlmostEqual(double a, double b) {
  constexpr double kEpsilon = 1e-6;
  constexpr double kMinNormal = std::numeric_limits<double>::min();
  if (tsdb::IsStaleNaN(a) || tsdb::IsStaleNaN(b)) return tsdb::IsStaleNaN(a) && tsdb::IsStaleNaN(b);
  if (a == b || (std::isnan(a) && std::isnan(b))) return true;
  const double sum = std::abs(a) + std::abs(b);
  const double difference = std::abs(a - b);
  if (a == 0 || b == 0 || sum < kMinNormal) return difference < kEpsilon * kMinNormal;
  return difference / std::min(sum, std::numeric_limits<double>::max()) < kEpsilon;
}

bool AlmostEqual(const std::vector<double>& a, const std::vector<double>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](double x, double y) { return AlmostEqual(x, y); });
}

bool SameHistogram(FloatHistogram want, FloatHistogram got, bool compare_hint) {
  want.Compact(0);
  got.Compact(0);
  return want.schema == got.schema && AlmostEqual(want.count, got.count) &&
         AlmostEqual(want.sum, got.sum) && want.custom_values == got.custom_values &&
         want.zero_threshold == got.zero_threshold &&
         AlmostEqual(want.zero_count, got.zero_count) &&
         want.negative_spans == got.negative_spans && want.positive_spans == got.positive_spans &&
         AlmostEqual(want.negative_buckets, got.negative_buckets) &&
         AlmostEqual(want.positive_buckets, got.positive_buckets) &&
         (!compare_hint || want.counter_reset_hint == got.counter_reset_hint);
}

std::string HistogramText(const FloatHistogram& h) {
  constexpr const char* kHints[] = {"", " (reset)", " (not reset)", " (gauge)"};
  return fmt::format("schema {} {}{}", h.schema, h.ToString(),
                     kHints[static_cast<int>(h.counter_reset_hint)]);
}

// A sample of an answer; null histogram: a float.
struct Got {
  double v = 0;
  const FloatHistogram* h = nullptr;
};

std::string TextOf(const Got& got) {
  return got.h == nullptr ? GoFloat(got.v) : HistogramText(*got.h);
}

std::string TextOf(const SequenceValue& want) {
  if (const double* v = std::get_if<double>(&want.value)) return GoFloat(*v);
  if (const auto* h = std::get_if<FloatHistogram>(&want.value)) return HistogramText(*h);
  return "nothing";
}

bool SameSample(const SequenceValue& want, const Got& got) {
  if (const auto* h = std::get_if<FloatHistogram>(&want.value)) {
    return got.h != nullptr && SameHistogram(*h, *got.h, want.has_reset_hint);
  }
  const double* v = std::get_if<double>(&want.value);
  return v != nullptr && got.h == nullptr && AlmostEqual(*v, got.v);
}

std::map<int64_t, Got> SamplesOf(const Series& series) {
  std::map<int64_t, Got> samples;
  for (const tsdb::Sample& s : series.floats) samples[s.t] = {s.v};
  for (const tsdb::HistogramSample& s : series.histograms) samples[s.t] = {0, &s.h};
  return samples;
}

// The place of the series with `labels`; later lines of the same series win.
std::optional<size_t> Find(const EvalCommand& want, const Labels& labels) {
  for (size_t i = want.series.size(); i-- > 0;) {
    if (want.series[i].labels == labels) return i;
  }
  return std::nullopt;
}

Status CompareAllFound(const EvalCommand& want, const std::vector<bool>& found) {
  for (size_t i = 0; i < want.series.size(); ++i) {
    if (found[i]) continue;
    if (Find(want, want.series[i].labels) != i) continue;
    return Differs(fmt::format("{} not found", want.series[i].labels.ToString()));
  }
  return OkStatus();
}

Status CompareSeries(const SeriesDescription& want, EvalCommand::Times times, const Series& got) {
  const std::map<int64_t, Got> samples = SamplesOf(got);
  size_t met = 0;
  for (size_t i = 0; i < want.values.size(); ++i) {
    const SequenceValue& value = want.values[i];
    const int64_t t = times.start + static_cast<int64_t>(i) * times.step_ms;
    if (std::holds_alternative<Omitted>(value.value)) continue;
    const auto it = samples.find(t);
    if (it == samples.end()) {
      return Differs(
          fmt::format("{}: no sample at {} ms, want {}", want.labels.ToString(), t, TextOf(value)));
    }
    if (!SameSample(value, it->second)) {
      return Differs(fmt::format("{}: at {} ms got {}, want {}", want.labels.ToString(), t,
                                 TextOf(it->second), TextOf(value)));
    }
    ++met;
  }
  if (met == samples.size()) return OkStatus();
  return Differs(
      fmt::format("{}: {} samples, want {}", want.labels.ToString(), samples.size(), met));
}

Status CompareMatrix(const EvalCommand& want, const Matrix& got) {
  if (want.ordered) return Differs("an ordered answer expected, but a matrix has no order");
  const EvalCommand::Times times =
      want.range_vector.value_or(EvalCommand::Times{want.start, want.end, want.step_ms});
  std::vector<bool> found(want.series.size());
  for (size_t i = 0; i < got.series.size(); ++i) {
    const Series& series = got.series[i];
    if (i > 0 && series.labels < got.series[i - 1].labels) {
      return Differs(fmt::format("{} is not in label order", series.labels.ToString()));
    }
    const std::optional<size_t> place = Find(want, series.labels);
    if (!place.has_value()) {
      const std::map<int64_t, Got> samples = SamplesOf(series);
      return Differs(fmt::format("unexpected series {} with {} at {} ms", series.labels.ToString(),
                                 TextOf(samples.begin()->second), samples.begin()->first));
    }
    found[*place] = true;
    RETURN_IF_ERROR(CompareSeries(want.series[*place], times, series));
  }
  return CompareAllFound(want, found);
}

Status CompareVector(const EvalCommand& want, const Vector& got) {
  std::vector<bool> found(want.series.size());
  for (size_t i = 0; i < got.series.size(); ++i) {
    const Series& series = got.series[i];
    const Got sample = SamplesOf(series).begin()->second;
    const std::optional<size_t> place = Find(want, series.labels);
    if (!place.has_value()) {
      return Differs(
          fmt::format("unexpected series {} with {}", series.labels.ToString(), TextOf(sample)));
    }
    if (want.ordered && *place != i) {
      return Differs(
          fmt::format("{} at place {}, want {}", series.labels.ToString(), i + 1, *place + 1));
    }
    found[*place] = true;
    const std::vector<SequenceValue>& values = want.series[*place].values;
    if (values.empty() || !SameSample(values[0], sample)) {
      return Differs(fmt::format("{}: got {}, want {}", series.labels.ToString(), TextOf(sample),
                                 values.empty() ? "nothing" : TextOf(values[0])));
    }
  }
  return CompareAllFound(want, found);
}

Status CompareScalar(const EvalCommand& want, double got) {
  if (!want.scalar.has_value()) return Differs(fmt::format("got the scalar {}", GoFloat(got)));
  if (AlmostEqual(*want.scalar, got)) return OkStatus();
  return Differs(fmt::format("got the scalar {}, want {}", GoFloat(got), GoFloat(*want.scalar)));
}

Status CompareString(const EvalCommand& want, const std::string& got) {
  if (want.string == got) return OkStatus();
  return Differs(fmt::format("got the string \"{}\", want \"{}\"", got, want.string.value_or("")));
}

}  // namespace

Status CompareValue(const EvalCommand& want, const Value& got) {
  if (const auto* scalar = std::get_if<Scalar>(&got)) return CompareScalar(want, scalar->v);
  if (const auto* string = std::get_if<String>(&got)) return CompareString(want, string->v);
  if (want.scalar.has_value()) return Differs("got no scalar");
  if (want.string.has_value()) return Differs("got no string");
  if (const auto* vector = std::get_if<Vector>(&got)) return CompareVector(want, *vector);
  return CompareMatrix(want, std::get<Matrix>(got));
}

Status CompareAt(const EvalCommand& want, const Matrix& got, int64_t t, bool scalar) {
  Vector at;
  for (const Series& series : got.series) {
    Series one{series.labels, {}, {}};
    for (const tsdb::Sample& s : series.floats) {
      if (s.t == t) one.floats.push_back(s);
    }
    for (const tsdb::HistogramSample& s : series.histograms) {
      if (s.t == t) one.histograms.push_back(s);
    }
    if (!one.floats.empty() || !one.histograms.empty()) at.series.push_back(std::move(one));
  }
  if (!scalar) return CompareValue(want, at);
  if (at.series.size() != 1 || at.series[0].floats.empty()) return Differs("got no scalar");
  return CompareScalar(want, at.series[0].floats[0].v);
}

}  // namespace tidemark::promql
