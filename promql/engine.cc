#include "promql/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "promql/eval/context.h"
#include "promql/eval/result.h"
#include "promql/plan/plan_recorder.h"
#include "promql/plan/planner.h"
#include "promql/plan/query_times.h"
#include "promql/plan/read_range.h"

namespace tidemark::promql {
namespace {

Status CheckTimes(const QueryRequest& request) {
  if (request.end < request.start) {
    return InvalidArgument(fmt::format("end {} is before start {}", request.end, request.start));
  }
  if (request.step_ms < 0 || (request.step_ms == 0 && request.end != request.start)) {
    return InvalidArgument(fmt::format(
        "a step of {} ms cannot lead from start to end; it must be positive", request.step_ms));
  }
  if (request.step_ms == 0) return OkStatus();
  return CheckStepCount("a range query", request.start, request.end, request.step_ms);
}

Status CheckType(const Expr& expr, const QueryTimes& times) {
  const ValueType type = expr.type();
  if (times.step_ms == 0 || type == ValueType::kVector || type == ValueType::kScalar) {
    return OkStatus();
  }
  return InvalidArgument(fmt::format(
      "invalid expression type \"{}\" for range query, must be Scalar or instant Vector",
      DocumentedType(type)));
}

// Plans and runs; what is common to both is the context.
StatusOr<Value> Evaluate(const Expr& expr, const QueryTimes& times, Explain explain,
                         EvalContext& context) {
  RETURN_IF_ERROR(context.CheckRunning());
  Planner planner(context, times);
  switch (expr.type()) {
    case ValueType::kScalar: {
      ASSIGN_OR_RETURN(const auto scalar, planner.Scalar(expr, times.steps()));
      if (explain == Explain::kPlan) return Value(Scalar{});
      return ScalarResult(context, times, *scalar);
    }
    case ValueType::kVector: {
      ASSIGN_OR_RETURN(auto planned, planner.Vector(expr, times.steps()));
      if (explain == Explain::kPlan) return Value(Vector{});
      const auto vector = MakeNameRemoval(context, times.steps(), std::move(planned));
      return VectorResult(context, times, expr, *vector);
    }
    case ValueType::kMatrix: {
      ASSIGN_OR_RETURN(const PlannedRange range, planner.Range(expr, times.steps()));
      if (explain == Explain::kPlan) return Value(Matrix{});
      return RangeResult(context, range.windows, *range.source);
    }
    case ValueType::kString:
      return Value(String{times.start, Planner::String(expr)});
    case ValueType::kNone:
      break;
  }
  return Internal("an expression without a type");
}

}  // namespace

Engine::Engine(EngineOptions options) : options_(options) {}

StatusOr<QueryResult> Engine::Execute(const QueryRequest& request, const tsdb::Queryable& queryable,
                                      Cancellation& cancellation) const {
  const int64_t start_ns = options_.clock->MonotonicNs();
  RETURN_IF_ERROR(CheckTimes(request));
  const QueryTimes times{request.start, request.end, request.step_ms};
  ASSIGN_OR_RETURN(const ExprPtr expr, ParseExpr(request.expr, options_.parser));
  RETURN_IF_ERROR(CheckType(*expr, times));

  const int64_t lookback_ms =
      request.lookback_delta_ms > 0 ? request.lookback_delta_ms : options_.lookback_delta_ms;
  ASSIGN_OR_RETURN(const ReadRange read, ReadRangeOf(*expr, times, lookback_ms));
  ASSIGN_OR_RETURN(const std::unique_ptr<tsdb::Querier> querier,
                   queryable.NewQuerier(request.tenant, read.start, read.end));

  const int64_t timeout_ms = request.timeout_ms > 0
                                 ? std::min(request.timeout_ms, options_.timeout_ms)
                                 : options_.timeout_ms;
  const Cancellation until_timeout(cancellation, *options_.clock,
                                   options_.clock->MonotonicNs() + timeout_ms * 1'000'000);
  QueryResult result;
  EvalContext context{.options = options_,
                      .querier = *querier,
                      .cancellation = until_timeout,
                      .annotations = result.annotations,
                      .stats = result.stats,
                      .meter = SampleMeter(options_.max_samples, options_.max_memory_bytes),
                      .lookback_ms = lookback_ms,
                      .timeout_ms = timeout_ms,
                      .tiers = request.tiers,
                      .progress = request.progress,
                      .recorder = nullptr,
                      .lap_ns = start_ns,
                      .tally = nullptr,
                      .tallies = {}};
  context.tally =
      &context.Keep(MakeQueryTally(result.stats, times.steps().count, request.per_step_stats));
  PlanRecorder recorder(*options_.clock);
  if (request.explain != Explain::kNo) context.recorder = &recorder;
  ASSIGN_OR_RETURN(result.value, Evaluate(*expr, times, request.explain, context));
  result.stats.peak_samples = context.meter.peak();
  result.stats.peak_memory_bytes = context.meter.peak_bytes();
  result.plan = recorder.Take();
  return result;
}

}  // namespace tidemark::promql
