#include "promql/plan/planner.h"

#include <fmt/format.h>

#include <numbers>
#include <utility>
#include <vector>

#include "promql/eval/aggregate.h"
#include "promql/eval/binary.h"
#include "promql/eval/instant_selector.h"
#include "promql/eval/negation.h"
#include "promql/eval/range_operator.h"
#include "promql/eval/replicate.h"
#include "promql/eval/scalar.h"
#include "promql/eval/smoothed_selector.h"
#include "promql/eval/storage_range_source.h"
#include "promql/eval/subquery_source.h"
#include "promql/functions/info.h"
#include "promql/functions/range_function.h"
#include "promql/functions/vector_function.h"
#include "promql/parser/functions.h"
#include "promql/plan/duration.h"
#include "promql/plan/info_shift.h"
#include "promql/plan/invariance.h"
#include "promql/plan/plan_recorder.h"
#include "tsdb/base/check.h"
#include "tsdb/tier/tier_reader.h"

namespace tidemark::promql {
namespace {

// Puts a value into a variable for as long as a scope lasts.
template <typename T>
class Scoped {
 public:
  Scoped(T& variable, T value) : variable_(variable), before_(std::move(variable)) {
    variable_ = std::move(value);
  }
  ~Scoped() { variable_ = std::move(before_); }
  Scoped(const Scoped&) = delete;
  Scoped& operator=(const Scoped&) = delete;

 private:
  T& variable_;
  T before_;
};

// Worth an operator of its own, unlike a number.
bool IsEvaluatedOnce(const Expr& expr, Steps steps) {
  return (steps.count > 1 || steps.is_range) && Unwrap(&expr)->kind != ExprKind::kNumber &&
         IsStepInvariant(expr);
}

// Aggregations whose groups do not depend on which of their series comes first,
// but for the rounding of sums.
bool MakesGroups(AggregateOp op) {
  switch (op) {
    case AggregateOp::kTopk:
    case AggregateOp::kBottomk:
    case AggregateOp::kLimitk:
    case AggregateOp::kLimitRatio:
    case AggregateOp::kCountValues:
      return false;
    default:
      return true;
  }
}

Steps FirstOf(Steps steps) { return {steps.start, 0, 1}; }

WindowTimes WindowsOf(const ResolvedShift& shift, int64_t range_ms, Steps steps) {
  return WindowTimes{.steps = steps,
                     .range_ms = range_ms,
                     .offset_ms = shift.offset_ms,
                     .fixed = shift.at.has_value(),
                     .at = shift.at.value_or(0)};
}

int64_t ResolutionMs(TierUse tiers) {
  if (tiers == TierUse::kRaw) return 0;
  return tsdb::TierWindowMs(tiers == TierUse::kHour ? tsdb::Tier::kHour : tsdb::Tier::kDay);
}

Status NotAvailable(std::string_view what) {
  return FailedPrecondition(fmt::format("{} is not supported by this version of Tidemark", what));
}

}  // namespace

const std::string& Planner::String(const Expr& expr) {
  const auto* literal = As<StringLiteral>(Unwrap(&expr));
  CHECK(literal != nullptr, "the parser let something else pass for a string");
  return literal->value;
}

StatusOr<std::unique_ptr<VectorOperator>> Planner::Vector(const Expr& expr, Steps steps) {
  if (!IsEvaluatedOnce(expr, steps)) return VectorAtSteps(expr, steps);
  const Scoped<SampleTally*> tally(context_.tally, &context_.Keep(MakeOnceTally(*context_.tally)));
  ASSIGN_OR_RETURN(auto once, VectorAtSteps(expr, FirstOf(steps)));
  return MakeReplicate(steps, std::move(once));
}

StatusOr<std::unique_ptr<VectorOperator>> Planner::VectorAtSteps(const Expr& expr, Steps steps) {
  PlanRecorder* recorder = context_.recorder;
  if (recorder == nullptr || expr.kind == ExprKind::kParen) return VectorOf(expr, steps);
  PlanNode& node = recorder->Open(expr, steps);
  RETURN_IF_ERROR(Estimate(expr, steps, node));
  ASSIGN_OR_RETURN(auto made, VectorOf(expr, steps));
  recorder->Close(expr);
  return recorder->Wrap(node, std::move(made));
}

Status Planner::Estimate(const Expr& expr, Steps steps, PlanNode& node) {
  const auto* matrix = As<MatrixSelector>(&expr);
  const VectorSelector* selector =
      matrix != nullptr ? matrix->selector.get() : As<VectorSelector>(&expr);
  if (selector == nullptr) return OkStatus();
  int64_t range_ms = context_.lookback_ms;
  if (matrix != nullptr) {
    ASSIGN_OR_RETURN(range_ms,
                     ResolvePositiveDuration(matrix->range_expr.get(), matrix->range_ms, times_));
  }
  ASSIGN_OR_RETURN(const WindowTimes times, TimesOf(selector->shift, range_ms, steps));
  tsdb::SelectHints hints = HintsFor(times, matrix == nullptr ? 0 : range_ms);
  hints.cancellation = &context_.cancellation;
  ASSIGN_OR_RETURN(const auto set, context_.querier.Select(selector->matchers, hints));
  node.estimated_series = set->size();
  return OkStatus();
}

StatusOr<std::unique_ptr<VectorOperator>> Planner::VectorOf(const Expr& expr, Steps steps) {
  switch (expr.kind) {
    case ExprKind::kParen:
      return Vector(*As<ParenExpr>(&expr)->expr, steps);
    case ExprKind::kUnary:
      return FromUnary(*As<UnaryExpr>(&expr), steps);
    case ExprKind::kBinary:
      return FromBinary(*As<BinaryExpr>(&expr), steps);
    case ExprKind::kAggregate:
      return FromAggregate(*As<AggregateExpr>(&expr), steps);
    case ExprKind::kCall:
      return FromCall(*As<Call>(&expr), steps);
    case ExprKind::kVectorSelector:
      return FromSelector(*As<VectorSelector>(&expr), steps, SelectorValue::kSample);
    default:
      return Internal("not an instant vector");
  }
}

StatusOr<std::unique_ptr<VectorOperator>> Planner::FromSelector(const VectorSelector& selector,
                                                                Steps steps, SelectorValue value) {
  // What asks for the time of a sample is not given one that was interpolated.
  if (selector.smoothed && value == SelectorValue::kSample) return FromSmoothed(selector, steps);
  ASSIGN_OR_RETURN(const WindowTimes times, TimesOf(selector.shift, context_.lookback_ms, steps));
  tsdb::SelectHints hints = HintsFor(times, 0);
  hints.start_times = value == SelectorValue::kStartTime;
  return MakeInstantSelector(context_, selector, times, std::move(hints), value);
}

StatusOr<std::unique_ptr<VectorOperator>> Planner::FromSmoothed(const VectorSelector& selector,
                                                                Steps steps) {
  ASSIGN_OR_RETURN(WindowTimes times, TimesOf(selector.shift, 0, steps));
  times.reach = WindowReach::kSmoothed;
  times.lookback_ms = context_.lookback_ms;
  const tsdb::SelectHints hints = HintsFor(times, 0);
  return MakeSmoothedSelector(context_, selector, times,
                              MakeStorageRangeSource(context_, selector, hints));
}

StatusOr<std::unique_ptr<VectorOperator>> Planner::FromAggregate(const AggregateExpr& expr,
                                                                 Steps steps) {
  const std::string name(AggregateOpName(expr.op));
  const Scoped<Above> above(above_, {.function = name,
                                     .aggregate = &expr,
                                     .subquery_step_ms = above_.subquery_step_ms,
                                     .any_order = MakesGroups(expr.op)});
  Operand param;
  if (expr.param != nullptr) {
    ASSIGN_OR_RETURN(param, Argument(*expr.param, steps));
  }
  ASSIGN_OR_RETURN(auto input, Vector(*Unwrap(expr.expr.get()), steps));
  return MakeAggregateOperator(context_, steps, expr, std::move(input), std::move(param));
}

Planner::BucketUse Planner::BucketUseBelow(std::string_view function, BucketUse above) {
  if (above == BucketUse::kNeeded) return above;
  if (function == "histogram_count" || function == "histogram_sum" || function == "histogram_avg") {
    return BucketUse::kNone;
  }
  const bool needs = function == "histogram_quantile" || function == "histogram_quantiles" ||
                     function == "histogram_fraction";
  return needs ? BucketUse::kNeeded : above;
}

StatusOr<std::unique_ptr<VectorOperator>> Planner::FromBinary(const BinaryExpr& expr, Steps steps) {
  const bool trims = expr.op == BinaryOp::kTrimUpper || expr.op == BinaryOp::kTrimLower;
  const Scoped<BucketUse> buckets(bucket_use_, trims ? BucketUse::kNeeded : bucket_use_);
  const Scoped<Above> above(above_, {.function = {}, .subquery_step_ms = above_.subquery_step_ms});
  ASSIGN_OR_RETURN(Operand lhs, Argument(*expr.lhs, steps));
  ASSIGN_OR_RETURN(Operand rhs, Argument(*expr.rhs, steps));
  return MakeVectorBinaryOperator(context_, steps, expr, std::move(lhs), std::move(rhs));
}

StatusOr<std::unique_ptr<VectorOperator>> Planner::FromUnary(const UnaryExpr& expr, Steps steps) {
  const Scoped<Above> above(above_, {.function = above_.function,
                                     .subquery_step_ms = above_.subquery_step_ms,
                                     .any_order = above_.any_order});
  ASSIGN_OR_RETURN(auto input, Vector(*expr.expr, steps));
  if (expr.op == BinaryOp::kAdd) return input;
  return MakeNegation(context_, steps, std::move(input));
}

StatusOr<std::unique_ptr<VectorOperator>> Planner::FromCall(const Call& call, Steps steps) {
  const Scoped<BucketUse> buckets(bucket_use_, BucketUseBelow(call.function->name, bucket_use_));
  const Scoped<Above> above(above_,
                            {.function = std::string(call.function->name),
                             .subquery_step_ms = above_.subquery_step_ms,
                             .any_order = above_.any_order && call.function->name != "info"});
  for (size_t i = 0; i < call.args.size(); ++i) {
    if (call.args[i]->type() == ValueType::kMatrix) return FromRangeCall(call, i, steps);
  }
  if (call.function->name == "timestamp") {
    const auto* selector = As<VectorSelector>(Unwrap(call.args[0].get()));
    if (selector != nullptr) return FromSelector(*selector, steps, SelectorValue::kTimestamp);
  }
  if (call.function->name == "start_timestamp" && context_.options.use_start_timestamps) {
    const auto* selector = As<VectorSelector>(Unwrap(call.args[0].get()));
    if (selector != nullptr) return FromSelector(*selector, steps, SelectorValue::kStartTime);
  }
  if (call.function->name == "info") return FromInfo(call, steps);
  const VectorFunction* function = FindVectorFunction(call.function->name);
  if (function == nullptr) return NotAvailable(fmt::format("function {}()", call.function->name));
  std::vector<Operand> args;
  for (const ExprPtr& arg : call.args) {
    ASSIGN_OR_RETURN(Operand operand, Argument(*Unwrap(arg.get()), steps));
    args.push_back(std::move(operand));
  }
  return function->make({context_, steps, call, std::move(args)});
}

StatusOr<std::unique_ptr<VectorOperator>> Planner::FromInfo(const Call& call, Steps steps) {
  const Expr& arg = *Unwrap(call.args[0].get());
  ASSIGN_OR_RETURN(const ResolvedShift shift, InfoShift(arg, times_));
  ASSIGN_OR_RETURN(auto base, Vector(arg, steps));
  const VectorSelector* selector =
      call.args.size() > 1 ? As<VectorSelector>(Unwrap(call.args[1].get())) : nullptr;
  return MakeInfo(context_, WindowsOf(shift, context_.lookback_ms, steps), selector,
                  std::move(base));
}

StatusOr<std::unique_ptr<VectorOperator>> Planner::FromRangeCall(const Call& call, size_t range_arg,
                                                                 Steps steps) {
  ASSIGN_OR_RETURN(PlannedRange range, Range(*call.args[range_arg], steps));
  RETURN_IF_ERROR(CheckReach(call.function->name, range.windows.reach));
  if (call.function->name == "absent_over_time") {
    return MakeAbsentOverTime(context_, call, range.windows, std::move(range.source));
  }
  std::vector<std::unique_ptr<ScalarOperator>> scalars;
  for (size_t i = 0; i < call.args.size(); ++i) {
    if (i == range_arg) continue;
    ASSIGN_OR_RETURN(auto scalar, Scalar(*call.args[i], steps));
    scalars.push_back(std::move(scalar));
  }
  return MakeRangeOperator(context_, call, range.windows, std::move(range.source),
                           std::move(scalars));
}

StatusOr<std::unique_ptr<ScalarOperator>> Planner::Scalar(const Expr& expr, Steps steps) {
  if (!IsEvaluatedOnce(expr, steps)) return ScalarAtSteps(expr, steps);
  const Scoped<SampleTally*> tally(context_.tally, &context_.Keep(MakeOnceTally(*context_.tally)));
  ASSIGN_OR_RETURN(auto once, ScalarAtSteps(expr, FirstOf(steps)));
  return MakeReplicate(steps, std::move(once));
}

StatusOr<std::unique_ptr<ScalarOperator>> Planner::ScalarAtSteps(const Expr& expr, Steps steps) {
  if (const auto* number = As<NumberLiteral>(&expr)) return MakeConstant(steps, number->value);
  if (const auto* paren = As<ParenExpr>(&expr)) return Scalar(*paren->expr, steps);
  if (const auto* call = As<Call>(&expr)) return ScalarCall(*call, steps);
  if (const auto* unary = As<UnaryExpr>(&expr)) {
    ASSIGN_OR_RETURN(auto input, Scalar(*unary->expr, steps));
    if (unary->op == BinaryOp::kAdd) return input;
    return MakeNegation(std::move(input));
  }
  const auto* binary = As<BinaryExpr>(&expr);
  if (binary == nullptr) return Internal("not a scalar");
  ASSIGN_OR_RETURN(auto lhs, Scalar(*binary->lhs, steps));
  ASSIGN_OR_RETURN(auto rhs, Scalar(*binary->rhs, steps));
  return MakeScalarBinaryOperator(context_, steps, *binary, std::move(lhs), std::move(rhs));
}

StatusOr<std::unique_ptr<ScalarOperator>> Planner::ScalarCall(const Call& call, Steps steps) {
  const std::string_view name = call.function->name;
  const auto seconds = [&](int64_t ms) {
    return MakeConstant(steps, static_cast<double>(ms) / 1000);
  };
  if (name == "time") return MakeTime(steps);
  if (name == "pi") return MakeConstant(steps, std::numbers::pi);
  if (name == "start") return seconds(times_.start);
  if (name == "end") return seconds(times_.end);
  if (name == "range") return seconds(times_.end - times_.start);
  if (name == "step") return seconds(times_.start == times_.end ? 0 : times_.step_ms);
  if (name == "scalar") {
    const Scoped<Above> above(above_,
                              {.function = "scalar", .subquery_step_ms = above_.subquery_step_ms});
    ASSIGN_OR_RETURN(auto input, Vector(*Unwrap(call.args[0].get()), steps));
    return MakeScalarOf(context_, steps, std::move(input));
  }
  if (name != "max_of" && name != "min_of") {
    return NotAvailable(fmt::format("function {}()", name));
  }
  ASSIGN_OR_RETURN(auto a, Scalar(*call.args[0], steps));
  ASSIGN_OR_RETURN(auto b, Scalar(*call.args[1], steps));
  return name == "max_of" ? MakeMaxOf(std::move(a), std::move(b))
                          : MakeMinOf(std::move(a), std::move(b));
}

StatusOr<PlannedRange> Planner::Range(const Expr& expr, Steps steps) {
  PlanRecorder* recorder = context_.recorder;
  if (recorder == nullptr) return RangeOf(expr, steps);
  const Expr& unwrapped = *Unwrap(&expr);
  PlanNode& node = recorder->Open(unwrapped, steps);
  RETURN_IF_ERROR(Estimate(unwrapped, steps, node));
  ASSIGN_OR_RETURN(PlannedRange made, RangeOf(unwrapped, steps));
  recorder->Close(unwrapped);
  made.source = recorder->Wrap(node, std::move(made.source));
  return made;
}

StatusOr<PlannedRange> Planner::RangeOf(const Expr& expr, Steps steps) {
  const Expr& unwrapped = *Unwrap(&expr);
  if (const auto* matrix = As<MatrixSelector>(&unwrapped))
    return FromMatrixSelector(*matrix, steps);
  if (const auto* subquery = As<SubqueryExpr>(&unwrapped)) return FromSubquery(*subquery, steps);
  return Internal("not a range vector");
}

StatusOr<PlannedRange> Planner::FromMatrixSelector(const MatrixSelector& expr, Steps steps) {
  const VectorSelector& selector = *expr.selector;
  ASSIGN_OR_RETURN(const int64_t range_ms,
                   ResolvePositiveDuration(expr.range_expr.get(), expr.range_ms, times_));
  ASSIGN_OR_RETURN(WindowTimes windows, TimesOf(selector.shift, range_ms, steps));
  if (selector.anchored) windows.reach = WindowReach::kAnchored;
  if (selector.smoothed) windows.reach = WindowReach::kSmoothed;
  windows.lookback_ms = context_.lookback_ms;
  const Scoped<Above> above(above_, {.function = above_.function,
                                     .subquery_step_ms = above_.subquery_step_ms,
                                     .any_order = above_.any_order});
  tsdb::SelectHints hints = HintsFor(windows, range_ms);
  hints.start_times = context_.options.use_start_timestamps && UsesStartTimestamps(above_.function);
  // Hints of resets, which are found where buckets are left out, are not in tiers.
  if (windows.reach == WindowReach::kNone && !hints.start_times && hints.buckets &&
      range_ms >= tsdb::TierWindowMs(tsdb::Tier::kHour) &&
      AggUseOf(above_.function) != AggUse::kNone) {
    hints.max_resolution_ms = ResolutionMs(context_.tiers);
  }
  return PlannedRange{windows, MakeStorageRangeSource(context_, selector, std::move(hints))};
}

StatusOr<PlannedRange> Planner::FromSubquery(const SubqueryExpr& expr, Steps steps) {
  ASSIGN_OR_RETURN(const int64_t range_ms,
                   ResolvePositiveDuration(expr.range_expr.get(), expr.range_ms, times_));
  ASSIGN_OR_RETURN(int64_t step_ms,
                   ResolvePositiveDuration(expr.step_expr.get(), expr.step_ms, times_));
  if (step_ms == 0) step_ms = context_.options.default_subquery_step_ms;
  ASSIGN_OR_RETURN(const WindowTimes windows, TimesOf(expr.shift, range_ms, steps));
  ASSIGN_OR_RETURN(const Steps inner_steps, SubquerySteps(windows, step_ms));
  const bool is_root = above_.function.empty();  // range vectors are arguments otherwise
  const ResetHints hints = is_root ? ResetHints::kKeep : ResetHints::kForget;
  // Without a time nothing is evaluated, and nothing is said or refused.
  if (inner_steps.count == 0)
    return PlannedRange{windows, MakeSubquerySource(inner_steps, nullptr, hints)};
  const Scoped<Above> above(above_, {.function = above_.function, .subquery_step_ms = step_ms});
  const Scoped<BucketUse> buckets(bucket_use_, BucketUse::kNeeded);
  const Scoped<SampleTally*> tally(
      context_.tally,
      &context_.Keep(is_root
                         ? MakeRootSubqueryTally(*context_.tally, inner_steps.count)
                         : MakeSubqueryTally(*context_.tally, {.outer = steps,
                                                               .inner = inner_steps,
                                                               .range_ms = range_ms,
                                                               .offset_ms = windows.offset_ms})));
  ASSIGN_OR_RETURN(auto inner, Vector(*expr.expr, inner_steps));
  return PlannedRange{windows, MakeSubquerySource(inner_steps, std::move(inner), hints)};
}

StatusOr<Operand> Planner::Argument(const Expr& expr, Steps steps) {
  Operand operand;
  switch (expr.type()) {
    case ValueType::kScalar: {
      ASSIGN_OR_RETURN(operand.scalar, Scalar(expr, steps));
      return operand;
    }
    case ValueType::kString:
      operand.string = String(expr);
      return operand;
    default: {
      ASSIGN_OR_RETURN(operand.vector, Vector(expr, steps));
      return operand;
    }
  }
}

StatusOr<WindowTimes> Planner::TimesOf(const TimeShift& time_shift, int64_t range_ms,
                                       Steps steps) const {
  ASSIGN_OR_RETURN(const ResolvedShift shift, ResolveShift(time_shift, times_));
  return WindowsOf(shift, range_ms, steps);
}

tsdb::SelectHints Planner::HintsFor(const WindowTimes& windows, int64_t range_ms) const {
  tsdb::SelectHints hints;
  hints.start = SaturatingAdd(windows.ReadStart(0), 1);
  hints.end = windows.ReadEnd(windows.steps.count - 1);
  hints.step_ms = above_.subquery_step_ms > 0 ? above_.subquery_step_ms : times_.step_ms;
  hints.range_ms = range_ms;
  hints.function = above_.function;
  hints.buckets = bucket_use_ != BucketUse::kNone;
  hints.any_order = above_.any_order;
  if (above_.aggregate != nullptr) {
    hints.by = !above_.aggregate->without;
    hints.grouping = above_.aggregate->grouping;
  }
  return hints;
}

}  // namespace tidemark::promql
