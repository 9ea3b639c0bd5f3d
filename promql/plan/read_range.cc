#include "promql/plan/read_range.h"

#include <algorithm>
#include <limits>

#include "promql/eval/saturate.h"
#include "promql/parser/functions.h"
#include "promql/plan/duration.h"
#include "promql/plan/info_shift.h"

namespace tidemark::promql {
namespace {

// Walks the tree with the range of times at which a node is evaluated.
class ReadRangeFinder {
 public:
  ReadRangeFinder(const QueryTimes& times, int64_t lookback_ms)
      : times_(times), lookback_ms_(lookback_ms) {}

  Status Visit(const Expr& expr, ReadRange at) {
    switch (expr.kind) {
      case ExprKind::kNumber:
      case ExprKind::kString:
      case ExprKind::kDuration:
        return OkStatus();
      case ExprKind::kParen:
        return Visit(*As<ParenExpr>(&expr)->expr, at);
      case ExprKind::kUnary:
        return Visit(*As<UnaryExpr>(&expr)->expr, at);
      case ExprKind::kBinary:
        RETURN_IF_ERROR(Visit(*As<BinaryExpr>(&expr)->lhs, at));
        return Visit(*As<BinaryExpr>(&expr)->rhs, at);
      case ExprKind::kAggregate:
        return VisitAggregate(*As<AggregateExpr>(&expr), at);
      case ExprKind::kCall:
        return VisitCall(*As<Call>(&expr), at);
      case ExprKind::kVectorSelector:
        return Select(*As<VectorSelector>(&expr), 0, at);
      case ExprKind::kMatrixSelector:
        return VisitMatrix(*As<MatrixSelector>(&expr), at);
      case ExprKind::kSubquery:
        return VisitSubquery(*As<SubqueryExpr>(&expr), at);
    }
    return OkStatus();
  }

  ReadRange found() const { return start_ > end_ ? ReadRange{} : ReadRange{start_, end_}; }

 private:
  Status VisitAggregate(const AggregateExpr& expr, ReadRange at) {
    if (expr.param != nullptr) RETURN_IF_ERROR(Visit(*expr.param, at));
    return Visit(*expr.expr, at);
  }

  // The second argument of info() is no selector to be read by itself, but says
  // what to read at the time of the first.
  Status VisitCall(const Call& call, ReadRange at) {
    const std::string_view name = call.function->name;
    const bool info = name == "info";
    if (name == "histogram_count" || name == "histogram_sum" || name == "histogram_avg") {
      lead_ms_ = lookback_ms_;
    }
    for (size_t i = 0; i < (info ? 1 : call.args.size()); ++i) {
      RETURN_IF_ERROR(Visit(*call.args[i], at));
    }
    if (!info) return OkStatus();
    ASSIGN_OR_RETURN(const ResolvedShift shift, InfoShift(*call.args[0], times_));
    Read(lookback_ms_, Shifted(shift, at));
    return OkStatus();
  }

  Status VisitMatrix(const MatrixSelector& expr, ReadRange at) {
    ASSIGN_OR_RETURN(const int64_t range_ms,
                     ResolvePositiveDuration(expr.range_expr.get(), expr.range_ms, times_));
    return Select(*expr.selector, SaturatingAdd(range_ms, lead_ms_), at);
  }

  Status VisitSubquery(const SubqueryExpr& expr, ReadRange at) {
    ASSIGN_OR_RETURN(const int64_t range_ms,
                     ResolvePositiveDuration(expr.range_expr.get(), expr.range_ms, times_));
    ASSIGN_OR_RETURN(at, Shifted(expr.shift, at));
    return Visit(*expr.expr, {SaturatingSub(at.start, range_ms), at.end});
  }

  StatusOr<ReadRange> Shifted(const TimeShift& time_shift, ReadRange at) const {
    ASSIGN_OR_RETURN(const ResolvedShift shift, ResolveShift(time_shift, times_));
    return Shifted(shift, at);
  }

  static ReadRange Shifted(const ResolvedShift& shift, ReadRange at) {
    if (shift.at) at = {*shift.at, *shift.at};
    return {SaturatingSub(at.start, shift.offset_ms), SaturatingSub(at.end, shift.offset_ms)};
  }

  // Windows are left-open: what lies exactly `back_ms` before is not in them.
  // A range of 0 is that of an instant selector.
  Status Select(const VectorSelector& selector, int64_t range_ms, ReadRange at) {
    ASSIGN_OR_RETURN(at, Shifted(selector.shift, at));
    const bool looks_back = range_ms == 0 || selector.anchored || selector.smoothed;
    const int64_t back_ms = looks_back ? SaturatingAdd(range_ms, lookback_ms_) : range_ms;
    if (selector.smoothed) at.end = SaturatingAdd(at.end, lookback_ms_);
    Read(back_ms, at);
    return OkStatus();
  }

  void Read(int64_t back_ms, ReadRange at) {
    start_ = std::min(start_, SaturatingSub(at.start, back_ms - 1));
    end_ = std::max(end_, at.end);
  }

  const QueryTimes times_;
  const int64_t lookback_ms_;
  int64_t lead_ms_ = 0;  // read before ranges, to know resets (eval/histogram_stats.h)
  int64_t start_ = std::numeric_limits<int64_t>::max();
  int64_t end_ = std::numeric_limits<int64_t>::min();
};

}  // namespace

StatusOr<ReadRange> ReadRangeOf(const Expr& expr, const QueryTimes& times, int64_t lookback_ms) {
  ReadRangeFinder finder(times, lookback_ms);
  RETURN_IF_ERROR(finder.Visit(expr, {times.start, times.end}));
  return finder.found();
}

}  // namespace tidemark::promql
