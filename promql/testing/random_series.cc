#include "promql/testing/random_series.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "tsdb/base/check.h"

namespace tidemark::promql {
namespace {

using tsdb::CounterResetHint;
using tsdb::FloatHistogram;
using tsdb::Labels;

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

const char* const kMetrics[] = {"requests_total", "temperature", "latency", "sizes",
                                "kinds",          "mixed",       "up"};

SlowPoint FloatPoint(int64_t t, double v) { return {.t = t, .f = v, .h = nullptr}; }

SlowPoint HistogramPoint(int64_t t, FloatHistogram h) {
  return {t, 0, std::make_shared<const FloatHistogram>(std::move(h))};
}

SlowPoint StaleMarker(const SlowPoint& like) {
  if (like.h == nullptr) return FloatPoint(like.t, tsdb::kStaleNaN);
  FloatHistogram stale;
  stale.sum = tsdb::kStaleNaN;
  return HistogramPoint(like.t, std::move(stale));
}

}  // namespace

RandomExprOptions ExprsAboutRandomSeries() {
  RandomExprOptions options;
  options.metrics = {"requests_total", "temperature", "latency",    "sizes", "kinds",
                     "mixed",          "up",          "rpc_bucket", "rpc"};
  options.label_names = {"job", "instance", "code", "le"};
  options.label_values = {"a", "b", "1", "2", "a|b", ".*"};
  options.durations = {"30s", "1m", "2m30s", "5m", "7m"};
  options.features = {.experimental_functions = true,
                      .duration_expressions = true,
                      .extended_range_selectors = true,
                      .binary_fill_modifiers = true};
  return options;
}

std::vector<int64_t> RandomSeries::Times() {
  std::vector<int64_t> times;
  const bool even = OneIn(2);
  int64_t t = OneIn(2) ? 0 : static_cast<int64_t>(Below(300'000));
  while (t <= kRandomSeriesEnd) {
    const auto jitter = static_cast<int64_t>(even ? 0 : Below(9000));
    times.push_back(t + jitter);
    t += 30'000;
    if (OneIn(12)) t += static_cast<int64_t>(Below(10)) * 60'000;
  }
  return times;
}

std::vector<SlowPoint> RandomSeries::Counter() {
  std::vector<SlowPoint> points;
  double value = static_cast<double>(Below(50));
  for (int64_t t : Times()) {
    value += static_cast<double>(Below(40)) / (OneIn(2) ? 1 : 7);
    if (OneIn(15)) value = static_cast<double>(Below(10));
    points.push_back(FloatPoint(t, value));
  }
  return points;
}

std::vector<SlowPoint> RandomSeries::Gauge() {
  std::vector<SlowPoint> points;
  for (int64_t t : Times()) {
    double value = static_cast<double>(Below(2000)) / 13 - 60;
    if (OneIn(30)) value = OneIn(2) ? kNaN : OneIn(2) ? kInf : -kInf;
    if (OneIn(60)) value = 1e308;
    if (OneIn(8)) value = static_cast<double>(Below(5)) - 2;
    points.push_back(FloatPoint(t, value));
  }
  return points;
}

std::vector<SlowPoint> RandomSeries::Histograms(bool custom, bool any) {
  std::vector<SlowPoint> points;
  FloatHistogram h = custom ? histograms_.Custom() : histograms_.Exponential();
  const bool gauge = OneIn(4);
  for (int64_t t : Times()) {
    const bool anew = OneIn(10);
    h = !anew ? histograms_.Later(h) : custom ? histograms_.Custom() : histograms_.Exponential();
    if (any && OneIn(10)) h = histograms_.Any();
    const bool odd = OneIn(25);
    h.counter_reset_hint =
        gauge != odd ? CounterResetHint::kGauge : static_cast<CounterResetHint>(Below(3));
    // Storage never says more than this of a histogram that follows another.
    if (h.counter_reset_hint == CounterResetHint::kNotCounterReset && anew) {
      h.counter_reset_hint = CounterResetHint::kUnknown;
    }
    points.push_back(HistogramPoint(t, h));
  }
  return points;
}

std::vector<SlowPoint> RandomSeries::Mixed() {
  std::vector<SlowPoint> floats = Counter();
  const std::vector<SlowPoint> histograms = Histograms(false, true);
  bool float_now = OneIn(2);
  for (size_t i = 0; i < std::min(floats.size(), histograms.size()); ++i) {
    if (OneIn(8)) float_now = !float_now;
    if (!float_now) floats[i] = {floats[i].t, 0, histograms[i].h};
  }
  return floats;
}

std::vector<SlowPoint> RandomSeries::Points(const std::string& metric) {
  if (metric == "requests_total") return Counter();
  if (metric == "latency") return Histograms(false, false);
  if (metric == "sizes") return Histograms(true, false);
  if (metric == "kinds") return Histograms(false, true);
  if (metric == "mixed") return Mixed();
  return Gauge();
}

void RandomSeries::Finish(std::vector<SlowPoint>& points) {
  const bool started = OneIn(2);
  int64_t start = started ? static_cast<int64_t>(Below(100'000)) - 20'000 : 0;
  for (SlowPoint& p : points) {
    if (OneIn(20)) p = StaleMarker(p);
    p.start = start;
    if (started && OneIn(10)) start = p.t + static_cast<int64_t>(Below(3)) * 5'000;
  }
}

void RandomSeries::AddBuckets(const Labels& labels, std::vector<SlowSeries>& out) {
  std::vector<std::vector<SlowPoint>> rows(4);
  const char* const bounds[] = {"0.1", "1", "5", "+Inf"};
  std::vector<double> counts(4);
  for (int64_t t : Times()) {
    const size_t hit = Below(4);
    for (size_t i = OneIn(20) ? 3 : hit; i < 4; ++i) counts[i] += static_cast<double>(Below(9));
    for (size_t i = 0; i < 4; ++i) {
      if (!OneIn(50)) rows[i].push_back(FloatPoint(t, counts[i]));
    }
  }
  for (size_t i = 0; i < 4; ++i) out.push_back({labels.With("le", bounds[i]), rows[i]});
}

std::vector<SlowSeries> RandomSeries::Next() {
  std::vector<SlowSeries> data;
  for (const char* job : {"a", "b"}) {
    for (const char* instance : {"1", "2"}) {
      const Labels target = Labels::Must({{"instance", instance}, {"job", job}});
      for (const char* metric : kMetrics) {
        for (const char* code : {"", "1"}) {
          if (OneIn(3)) continue;
          const Labels named = target.With(tsdb::kMetricName, metric);
          SlowSeries series{named.With("code", code), Points(metric)};
          Finish(series.points);
          data.push_back(std::move(series));
        }
      }
      if (!OneIn(3)) AddBuckets(target.With(tsdb::kMetricName, "rpc_bucket"), data);
      // A classic and a native histogram of one name.
      if (OneIn(2)) {
        const Labels rpc = target.With(tsdb::kMetricName, "rpc");
        AddBuckets(rpc, data);
        data.push_back({rpc, Histograms(OneIn(2), false)});
      }
      SlowSeries info{target.With(tsdb::kMetricName, "target_info").With("version", job), {}};
      for (int64_t t : Times()) info.points.push_back(FloatPoint(t, 1));
      data.push_back(std::move(info));
    }
  }
  std::sort(data.begin(), data.end(),
            [](const SlowSeries& x, const SlowSeries& y) { return x.labels < y.labels; });
  std::erase_if(data, [](const SlowSeries& series) { return series.points.empty(); });
  return data;
}

void Load(const std::vector<SlowSeries>& data, MemoryStorage& storage) {
  for (const SlowSeries& series : data) {
    for (const SlowPoint& p : series.points) {
      Status status;
      if (p.h == nullptr) {
        status = storage.Add(series.labels, {{p.t, p.f}}, p.start);
      } else {
        const std::vector<tsdb::HistogramSample> sample = {{p.t, *p.h}};
        status = storage.AddHistograms(series.labels, sample, p.start);
      }
      CHECK(status.ok(), "random series are out of order");
    }
  }
}

}  // namespace tidemark::promql
