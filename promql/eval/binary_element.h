// A binary operator between two samples.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "promql/eval/context.h"
#include "promql/eval/step_series.h"
#include "promql/parser/ast.h"

namespace tidemark::promql {

// A float, or a histogram where `h` is not null.
struct Element {
  double f = 0;
  HistogramPtr h;
};

// The sample of `series` at step `i`, where there is one.
inline Element ElementAt(const StepSeries& series, size_t i) {
  if (series.kinds[i] == SampleKind::kHistogram) return {0, series.histograms[i]};
  return {series.values[i], nullptr};
}
inline void SetElement(StepSeries& series, size_t i, Element e) {
  if (e.h != nullptr) {
    series.SetHistogram(i, std::move(e.h));
  } else {
    series.SetFloat(i, e.f);
  }
}

// Calls `visitor` with the operator as a function of two doubles; comparisons
// give 1 or 0.  For loops that should not decide at every sample.
template <typename Visitor>
auto VisitFloatOperator(BinaryOp op, Visitor&& visitor);

// The operator between scalars.
double ScalarBinary(BinaryOp op, double lhs, double rhs);

// Whether the result is no longer what the metric's name says.
bool ChangesMetric(BinaryOp op);

// ElementOperator: applies the operator of `expr` step by step, and says what
// Prometheus says about samples that do not go together: of each step, what was
// met last.
//
// Threads: one.  Ownership: borrows both.
class ElementOperator {
 public:
  enum class Outcome {
    kValue,     // there is a result
    kFiltered,  // a comparison without bool that does not hold
    kFailed,    // the operator does not take these types
  };

  ElementOperator(EvalContext& context, Steps steps, const BinaryExpr& expr)
      : context_(context), expr_(expr), notes_(steps.count) {}

  // Into `out`; of a comparison without bool the left side.
  Outcome Apply(size_t step, const Element& lhs, const Element& rhs, Element& out);

  // After the last Apply: hands the annotations over.
  void Finish();

 private:
  enum class Note : uint8_t {
    kNone,
    kFloatFloat,
    kFloatHistogram,
    kHistogramFloat,
    kHistogramHistogram,
    kBucketLayout,
    kAddCollision,
    kSubCollision,
    kAddReconciled,
    kSubReconciled,
  };

  Outcome Floats(size_t step, double lhs, double rhs, Element& out);
  Outcome FloatHistogram(size_t step, double lhs, const HistogramPtr& rhs, Element& out);
  Outcome HistogramFloat(size_t step, const HistogramPtr& lhs, double rhs, Element& out);
  Outcome Histograms(size_t step, const HistogramPtr& lhs, const HistogramPtr& rhs, Element& out);
  Outcome AddOrSub(size_t step, const HistogramPtr& lhs, const HistogramPtr& rhs, Element& out);
  Outcome Compared(bool holds, Element kept, Element& out) const;
  Outcome Fail(size_t step, Note note) {
    notes_[step] = note;
    return Outcome::kFailed;
  }
  void Annotate(Note note);

  EvalContext& context_;
  const BinaryExpr& expr_;
  std::vector<Note> notes_;  // by step
};

template <typename Visitor>
auto VisitFloatOperator(BinaryOp op, Visitor&& visitor) {
  switch (op) {
    case BinaryOp::kAdd:
      return visitor([](double a, double b) { return a + b; });
    case BinaryOp::kSub:
      return visitor([](double a, double b) { return a - b; });
    case BinaryOp::kMul:
      return visitor([](double a, double b) { return a * b; });
    case BinaryOp::kDiv:
      return visitor([](double a, double b) { return a / b; });
    case BinaryOp::kMod:
      return visitor([](double a, double b) { return std::fmod(a, b); });
    case BinaryOp::kPow:
      return visitor([](double a, double b) { return std::pow(a, b); });
    case BinaryOp::kAtan2:
      return visitor([](double a, double b) { return std::atan2(a, b); });
    case BinaryOp::kEqual:
      return visitor([](double a, double b) -> double { return a == b; });
    case BinaryOp::kNotEqual:
      return visitor([](double a, double b) -> double { return a != b; });
    case BinaryOp::kLess:
      return visitor([](double a, double b) -> double { return a < b; });
    case BinaryOp::kLessOrEqual:
      return visitor([](double a, double b) -> double { return a <= b; });
    case BinaryOp::kGreater:
      return visitor([](double a, double b) -> double { return a > b; });
    default:
      return visitor([](double a, double b) -> double { return a >= b; });
  }
}

}  // namespace tidemark::promql
