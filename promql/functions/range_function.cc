#include "promql/functions/range_function.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "promql/functions/extended_range.h"
#include "promql/functions/instant_rate.h"
#include "promql/functions/over_time.h"
#include "promql/functions/over_time_agg.h"
#include "promql/functions/quantile_over_time.h"
#include "promql/functions/rate.h"
#include "promql/functions/sum_over_time.h"
#include "promql/functions/trend.h"

namespace tidemark::promql {
namespace {

class StatelessFunction : public RangeFunction {
 public:
  StatelessFunction(WindowFunction function, AggFunction of_agg, RangeCall& call)
      : function_(function), of_agg_(of_agg), call_(call) {}
  Status Evaluate(const Window& window, size_t step, StepSeries& out) override {
    return function_(window, call_, step, out);
  }
  bool EvaluateAgg(const AggWindow& window, size_t step, StepSeries& out) override {
    return of_agg_ != nullptr && of_agg_(window, call_, step, out);
  }

 private:
  const WindowFunction function_;
  const AggFunction of_agg_;
  RangeCall& call_;
};

struct NamedWindowFunction {
  std::string_view name;
  WindowFunction function;
  AggFunction of_agg = nullptr;
  AggUse use = AggUse::kNone;
};

constexpr std::array kWindowFunctions = {
    NamedWindowFunction{"avg_over_time", AvgOverTime, AvgOverTimeOfAgg, AggUse::kSums},
    NamedWindowFunction{"changes", Changes, ChangesOfAgg, AggUse::kEnds},
    NamedWindowFunction{"count_over_time", CountOverTime, CountOverTimeOfAgg, AggUse::kEnds},
    NamedWindowFunction{"deriv", Deriv},
    NamedWindowFunction{"double_exponential_smoothing", DoubleExponentialSmoothing},
    NamedWindowFunction{"first_over_time", FirstOverTime, FirstOverTimeOfAgg, AggUse::kEnds},
    NamedWindowFunction{"idelta", Idelta},
    NamedWindowFunction{"irate", Irate},
    NamedWindowFunction{"last_over_time", LastOverTime, LastOverTimeOfAgg, AggUse::kEnds},
    NamedWindowFunction{"mad_over_time", MadOverTime},
    NamedWindowFunction{"max_over_time", MaxOverTime, MaxOverTimeOfAgg, AggUse::kEnds},
    NamedWindowFunction{"min_over_time", MinOverTime, MinOverTimeOfAgg, AggUse::kEnds},
    NamedWindowFunction{"predict_linear", PredictLinear},
    NamedWindowFunction{"present_over_time", PresentOverTime, PresentOverTimeOfAgg, AggUse::kEnds},
    NamedWindowFunction{"quantile_over_time", QuantileOverTime},
    NamedWindowFunction{"resets", Resets, ResetsOfAgg, AggUse::kEnds},
    NamedWindowFunction{"stddev_over_time", StddevOverTime, StddevOverTimeOfAgg, AggUse::kEnds},
    NamedWindowFunction{"stdvar_over_time", StdvarOverTime, StdvarOverTimeOfAgg, AggUse::kEnds},
    NamedWindowFunction{"sum_over_time", SumOverTime, SumOverTimeOfAgg, AggUse::kSums},
    NamedWindowFunction{"ts_of_first_over_time", TsOfFirstOverTime, TsOfFirstOverTimeOfAgg,
                        AggUse::kEnds},
    NamedWindowFunction{"ts_of_last_over_time", TsOfLastOverTime, TsOfLastOverTimeOfAgg,
                        AggUse::kEnds},
    NamedWindowFunction{"ts_of_max_over_time", TsOfMaxOverTime, TsOfMaxOverTimeOfAgg,
                        AggUse::kEnds},
    NamedWindowFunction{"ts_of_min_over_time", TsOfMinOverTime, TsOfMinOverTimeOfAgg,
                        AggUse::kEnds},
};

const NamedWindowFunction* FindWindowFunction(std::string_view name) {
  const auto* const found =
      std::find_if(kWindowFunctions.begin(), kWindowFunctions.end(),
                   [&](const NamedWindowFunction& f) { return f.name == name; });
  return found == kWindowFunctions.end() ? nullptr : found;
}

}  // namespace

bool UsesStartTimestamps(std::string_view name) {
  return name == "rate" || name == "irate" || name == "increase" || name == "resets";
}

Status CheckReach(std::string_view name, WindowReach reach) {
  constexpr std::array<std::string_view, 5> kAnchored = {"changes", "delta", "increase", "rate",
                                                         "resets"};
  constexpr std::array<std::string_view, 3> kSmoothed = {"delta", "increase", "rate"};
  if (reach == WindowReach::kNone) return OkStatus();
  const bool anchored = reach == WindowReach::kAnchored;
  const auto allowed = anchored ? std::span<const std::string_view>(kAnchored)
                                : std::span<const std::string_view>(kSmoothed);
  if (std::find(allowed.begin(), allowed.end(), name) != allowed.end()) return OkStatus();
  return FailedPrecondition(fmt::format("{} modifier can only be used with: {} - not with {}",
                                        anchored ? "anchored" : "smoothed",
                                        fmt::join(allowed, ", "), name));
}

bool KeepsMetricName(std::string_view name) {
  return name == "first_over_time" || name == "last_over_time";
}

AggUse AggUseOf(std::string_view name) {
  if (name == "rate" || name == "increase" || name == "delta") return AggUse::kResets;
  if (name == "absent_over_time") return AggUse::kEnds;
  const NamedWindowFunction* const found = FindWindowFunction(name);
  return found == nullptr ? AggUse::kNone : found->use;
}

std::unique_ptr<RangeFunction> MakeWindowFunction(WindowFunction function, AggFunction of_agg,
                                                  RangeCall& call) {
  return std::make_unique<StatelessFunction>(function, of_agg, call);
}

std::unique_ptr<RangeFunction> MakeRangeFunction(std::string_view name, RangeCall& call) {
  if (call.reach != WindowReach::kNone) return MakeExtendedFunction(name, call);
  if (name == "rate") return MakeRateFunction(RateKind::kRate, call);
  if (name == "increase") return MakeRateFunction(RateKind::kIncrease, call);
  if (name == "delta") return MakeRateFunction(RateKind::kDelta, call);
  const NamedWindowFunction* const found = FindWindowFunction(name);
  return found == nullptr ? nullptr : MakeWindowFunction(found->function, found->of_agg, call);
}

}  // namespace tidemark::promql
