#include "promql/testing/same_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <vector>

#include "promql/script/value_text.h"

namespace tidemark::promql {
namespace {

using tsdb::FloatHistogram;

class Near {
 public:
  explicit Near(double largest) : slack_(64 * std::numeric_limits<double>::epsilon() * largest) {}

  bool operator()(double a, double b) const {
    if (a == b || (std::isnan(a) && std::isnan(b))) return true;
    const double difference = std::abs(a - b);
    return difference <= 1e-9 * std::max(std::abs(a), std::abs(b)) || difference <= slack_;
  }

  bool operator()(const std::vector<double>& a, const std::vector<double>& b) const {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [&](double x, double y) { return (*this)(x, y); });
  }

  bool operator()(FloatHistogram a, FloatHistogram b) const {
    a.Compact(0);
    b.Compact(0);
    return a.schema == b.schema && a.counter_reset_hint == b.counter_reset_hint &&
           (*this)(a.zero_threshold, b.zero_threshold) && (*this)(a.zero_count, b.zero_count) &&
           (*this)(a.count, b.count) && (*this)(a.sum, b.sum) &&
           a.custom_values == b.custom_values && a.positive_spans == b.positive_spans &&
           a.negative_spans == b.negative_spans &&
           (*this)(a.positive_buckets, b.positive_buckets) &&
           (*this)(a.negative_buckets, b.negative_buckets);
  }

  bool operator()(const Series& a, const Series& b) const {
    return std::equal(
               a.floats.begin(), a.floats.end(), b.floats.begin(), b.floats.end(),
               [&](const auto& x, const auto& y) { return x.t == y.t && (*this)(x.v, y.v); }) &&
           std::equal(
               a.histograms.begin(), a.histograms.end(), b.histograms.begin(), b.histograms.end(),
               [&](const auto& x, const auto& y) { return x.t == y.t && (*this)(x.h, y.h); });
  }

 private:
  double slack_;
};

std::string HintsOf(const Series& series) {
  std::string hints;
  for (const auto& sample : series.histograms) {
    hints += static_cast<char>('0' + static_cast<int>(sample.h.counter_reset_hint));
  }
  return hints.empty() ? "" : " hints " + hints;
}

std::string TextOf(const Series& series) {
  return ValueText(Value(Matrix{{series}})) + HintsOf(series);
}

const std::vector<Series>& SeriesOf(const Value& value) {
  static const auto& none = *new std::vector<Series>();
  if (const auto* vector = std::get_if<Vector>(&value)) return vector->series;
  if (const auto* matrix = std::get_if<Matrix>(&value)) return matrix->series;
  return none;
}

std::string DifferentSeries(const Value& want, const Value& got, const Near& near) {
  std::map<tsdb::Labels, const Series*> left;
  for (const Series& series : SeriesOf(want)) left[series.labels] = &series;
  for (const Series& series : SeriesOf(got)) {
    const auto found = left.find(series.labels);
    if (found == left.end()) return fmt::format("more: {}", TextOf(series));
    if (!near(*found->second, series)) {
      return fmt::format("want {}\ngot  {}", TextOf(*found->second), TextOf(series));
    }
    left.erase(found);
  }
  return left.empty() ? "" : fmt::format("less: {}", TextOf(*left.begin()->second));
}

std::string DifferentValue(const Value& want, const Value& got, const Near& near) {
  if (want.index() != got.index()) return "another type";
  if (const auto* scalar = std::get_if<Scalar>(&want)) {
    const double v = std::get<Scalar>(got).v;
    return near(scalar->v, v) ? "" : fmt::format("want {}, got {}", scalar->v, v);
  }
  if (const auto* string = std::get_if<String>(&want)) {
    return string->v == std::get<String>(got).v ? "" : "another string";
  }
  return DifferentSeries(want, got, near);
}

std::vector<std::string> TextsOf(const Annotations& annotations, std::string_view expr) {
  std::vector<std::string> texts = annotations.Warnings(expr, 0);
  for (std::string& info : annotations.Infos(expr, 0)) texts.push_back(std::move(info));
  return texts;
}

}  // namespace

std::string Difference(const StatusOr<QueryResult>& want, const StatusOr<QueryResult>& got,
                       std::string_view expr, double largest) {
  if (want.ok() != got.ok()) {
    return fmt::format("want {}, got {}", want.status().ToString(), got.status().ToString());
  }
  if (!want.ok()) return "";
  const std::string values = DifferentValue(want->value, got->value, Near(largest));
  if (!values.empty()) return values;
  const std::vector<std::string> notes = TextsOf(want->annotations, expr);
  const std::vector<std::string> got_notes = TextsOf(got->annotations, expr);
  if (notes == got_notes) return "";
  return fmt::format("annotations\nwant {}\ngot  {}", fmt::join(notes, "\n     "),
                     fmt::join(got_notes, "\n     "));
}

}  // namespace tidemark::promql
