#include "promql/eval/binary_element.h"

#include <memory>
#include <string_view>

#include "promql/annotation_text.h"

namespace tidemark::promql {
namespace {

using Histogram = tsdb::FloatHistogram;

HistogramPtr Compacted(Histogram h) {
  h.Compact(0);
  return std::make_shared<const Histogram>(std::move(h));
}

HistogramPtr Scaled(Histogram h, double factor) {
  h.Mul(factor);
  return Compacted(std::move(h));
}

}  // namespace

double ScalarBinary(BinaryOp op, double lhs, double rhs) {
  return VisitFloatOperator(op, [&](auto apply) { return apply(lhs, rhs); });
}

bool ChangesMetric(BinaryOp op) {
  switch (op) {
    case BinaryOp::kAdd:
    case BinaryOp::kSub:
    case BinaryOp::kMul:
    case BinaryOp::kDiv:
    case BinaryOp::kMod:
    case BinaryOp::kPow:
    case BinaryOp::kAtan2:
      return true;
    default:
      return false;
  }
}

ElementOperator::Outcome ElementOperator::Compared(bool holds, Element kept, Element& out) const {
  if (expr_.return_bool) {
    out = {holds ? 1.0 : 0.0, nullptr};
    return Outcome::kValue;
  }
  if (!holds) return Outcome::kFiltered;
  out = std::move(kept);
  return Outcome::kValue;
}

ElementOperator::Outcome ElementOperator::Floats(size_t step, double lhs, double rhs,
                                                 Element& out) {
  if (expr_.op == BinaryOp::kTrimUpper || expr_.op == BinaryOp::kTrimLower) {
    return Fail(step, Note::kFloatFloat);
  }
  const double result = ScalarBinary(expr_.op, lhs, rhs);
  if (IsComparison(expr_.op)) return Compared(result != 0, {lhs, nullptr}, out);
  out = {result, nullptr};
  return Outcome::kValue;
}

ElementOperator::Outcome ElementOperator::FloatHistogram(size_t step, double lhs,
                                                         const HistogramPtr& rhs, Element& out) {
  if (expr_.op != BinaryOp::kMul) return Fail(step, Note::kFloatHistogram);
  out = {0, Scaled(*rhs, lhs)};
  return Outcome::kValue;
}

ElementOperator::Outcome ElementOperator::HistogramFloat(size_t step, const HistogramPtr& lhs,
                                                         double rhs, Element& out) {
  Histogram h = *lhs;
  switch (expr_.op) {
    case BinaryOp::kMul:
      out = {0, Scaled(std::move(h), rhs)};
      return Outcome::kValue;
    case BinaryOp::kDiv:
      h.Div(rhs);
      out = {0, Compacted(std::move(h))};
      return Outcome::kValue;
    case BinaryOp::kTrimUpper:
    case BinaryOp::kTrimLower:
      h.TrimBuckets(rhs, expr_.op == BinaryOp::kTrimUpper);
      out = {0, std::make_shared<const Histogram>(std::move(h))};
      return Outcome::kValue;
    default:
      return Fail(step, Note::kHistogramFloat);
  }
}

ElementOperator::Outcome ElementOperator::AddOrSub(size_t step, const HistogramPtr& lhs,
                                                   const HistogramPtr& rhs, Element& out) {
  const bool add = expr_.op == BinaryOp::kAdd;
  Histogram h = *lhs;
  const StatusOr<Histogram::Combined> combined = add ? h.Add(*rhs) : h.Sub(*rhs);
  if (!combined.ok()) return Fail(step, Note::kBucketLayout);
  if (combined->counter_reset_collision) {
    return Fail(step, add ? Note::kAddCollision : Note::kSubCollision);
  }
  if (combined->bounds_reconciled) {
    notes_[step] = add ? Note::kAddReconciled : Note::kSubReconciled;
  }
  // A difference may fall.
  if (!add) h.counter_reset_hint = tsdb::CounterResetHint::kGauge;
  out = {0, Compacted(std::move(h))};
  return Outcome::kValue;
}

ElementOperator::Outcome ElementOperator::Histograms(size_t step, const HistogramPtr& lhs,
                                                     const HistogramPtr& rhs, Element& out) {
  switch (expr_.op) {
    case BinaryOp::kAdd:
    case BinaryOp::kSub:
      return AddOrSub(step, lhs, rhs, out);
    case BinaryOp::kEqual:
      return Compared(lhs->Equals(*rhs), {0, lhs}, out);
    case BinaryOp::kNotEqual:
      return Compared(!lhs->Equals(*rhs), {0, lhs}, out);
    default:
      return Fail(step, Note::kHistogramHistogram);
  }
}

ElementOperator::Outcome ElementOperator::Apply(size_t step, const Element& lhs, const Element& rhs,
                                                Element& out) {
  if (lhs.h == nullptr) {
    return rhs.h == nullptr ? Floats(step, lhs.f, rhs.f, out)
                            : FloatHistogram(step, lhs.f, rhs.h, out);
  }
  return rhs.h == nullptr ? HistogramFloat(step, lhs.h, rhs.f, out)
                          : Histograms(step, lhs.h, rhs.h, out);
}

void ElementOperator::Annotate(Note note) {
  Annotations& to = context_.annotations;
  const std::string_view op = BinaryOpName(expr_.op);
  constexpr std::string_view kFloat = "float";
  constexpr std::string_view kHistogram = "histogram";
  switch (note) {
    case Note::kNone:
      return;
    case Note::kFloatFloat:
      return to.Add(IncompatibleTypesInBinary(kFloat, op, kFloat), expr_.pos);
    case Note::kFloatHistogram:
      return to.Add(IncompatibleTypesInBinary(kFloat, op, kHistogram), expr_.pos);
    case Note::kHistogramFloat:
      return to.Add(IncompatibleTypesInBinary(kHistogram, op, kFloat), expr_.pos);
    case Note::kHistogramHistogram:
      return to.Add(IncompatibleTypesInBinary(kHistogram, op, kHistogram), expr_.pos);
    case Note::kBucketLayout:
      return to.Add(IncompatibleBucketLayoutInBinary(op), expr_.pos);
    case Note::kAddCollision:
      return to.Add(HistogramCounterResetCollision(HistogramOperation::kAddition), expr_.pos);
    case Note::kSubCollision:
      return to.Add(HistogramCounterResetCollision(HistogramOperation::kSubtraction), expr_.pos);
    case Note::kAddReconciled:
      return to.Add(MismatchedCustomBuckets(HistogramOperation::kAddition), expr_.pos);
    case Note::kSubReconciled:
      return to.Add(MismatchedCustomBuckets(HistogramOperation::kSubtraction), expr_.pos);
  }
}

void ElementOperator::Finish() {
  Note last = Note::kNone;
  for (Note note : notes_) {
    if (note != last) Annotate(note);
    last = note;
  }
}

}  // namespace tidemark::promql
