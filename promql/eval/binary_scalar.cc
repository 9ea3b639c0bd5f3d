#include "promql/eval/binary_scalar.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "promql/eval/binary_element.h"
#include "promql/eval/metadata_labels.h"
#include "promql/eval/unique_series.h"

namespace tidemark::promql {
namespace {

using tsdb::Labels;

using Outcome = ElementOperator::Outcome;

class VectorScalarOperator : public VectorOperator {
 public:
  VectorScalarOperator(EvalContext& context, Steps steps, const BinaryExpr& expr,
                       std::unique_ptr<VectorOperator> vector,
                       std::unique_ptr<ScalarOperator> scalar, bool scalar_left)
      : context_(context),
        expr_(expr),
        vector_(std::move(vector)),
        scalar_(std::move(scalar)),
        scalar_left_(scalar_left),
        element_(context, steps, expr) {}

  StatusOr<std::vector<Labels>> Series() override {
    ASSIGN_OR_RETURN(scalars_, scalar_->Values());
    ASSIGN_OR_RETURN(std::vector<Labels> labels, vector_->Series());
    if (ChangesMetric(expr_.op) || expr_.return_bool) {
      for (Labels& l : labels) l = DropMetadataLabels(context_, l);
    }
    left_ = labels.size();
    return labels;
  }

  Status Next(StepSeries& out) override {
    RETURN_IF_ERROR(vector_->Next(out));
    if (!out.has_histograms() && ChangesMetric(expr_.op)) {
      ApplyToFloats(out);
    } else {
      for (size_t i = 0; i < out.size(); ++i) {
        if (out.kinds[i] != SampleKind::kNone) ApplyAt(i, out);
      }
    }
    if (--left_ == 0) element_.Finish();
    return OkStatus();
  }

 private:
  // Steps without a sample are calculated too: that is faster than asking.
  void ApplyToFloats(StepSeries& out) {
    VisitFloatOperator(expr_.op, [&](auto apply) {
      double* values = out.values.data();
      const double* scalars = scalars_.data();
      const size_t n = out.size();
      if (scalar_left_) {
        for (size_t i = 0; i < n; ++i) values[i] = apply(scalars[i], values[i]);
      } else {
        for (size_t i = 0; i < n; ++i) values[i] = apply(values[i], scalars[i]);
      }
    });
  }

  void ApplyAt(size_t i, StepSeries& out) {
    const Element sample = ElementAt(out, i);
    const Element scalar{scalars_[i], nullptr};
    Element result;
    const Outcome outcome = scalar_left_ ? element_.Apply(i, scalar, sample, result)
                                         : element_.Apply(i, sample, scalar, result);
    if (outcome != Outcome::kValue) {
      out.Clear(i);
    } else if (!IsComparison(expr_.op) || expr_.return_bool) {
      out.Clear(i);
      SetElement(out, i, std::move(result));
    }
  }

  const EvalContext& context_;
  const BinaryExpr& expr_;
  const std::unique_ptr<VectorOperator> vector_;
  const std::unique_ptr<ScalarOperator> scalar_;
  const bool scalar_left_;
  ElementOperator element_;
  std::vector<double> scalars_;
  size_t left_ = 0;  // series not yet given
};

class ScalarScalarOperator : public ScalarOperator {
 public:
  ScalarScalarOperator(BinaryOp op, std::unique_ptr<ScalarOperator> lhs,
                       std::unique_ptr<ScalarOperator> rhs)
      : op_(op), lhs_(std::move(lhs)), rhs_(std::move(rhs)) {}

  StatusOr<std::vector<double>> Values() override {
    ASSIGN_OR_RETURN(std::vector<double> lhs, lhs_->Values());
    ASSIGN_OR_RETURN(const std::vector<double> rhs, rhs_->Values());
    VisitFloatOperator(op_, [&](auto apply) {
      std::transform(lhs.begin(), lhs.end(), rhs.begin(), lhs.begin(), apply);
    });
    return lhs;
  }

 private:
  const BinaryOp op_;
  const std::unique_ptr<ScalarOperator> lhs_;
  const std::unique_ptr<ScalarOperator> rhs_;
};

}  // namespace

std::unique_ptr<VectorOperator> MakeVectorScalar(EvalContext& context, Steps steps,
                                                 const BinaryExpr& expr,
                                                 std::unique_ptr<VectorOperator> vector,
                                                 std::unique_ptr<ScalarOperator> scalar,
                                                 bool scalar_left) {
  auto op = std::make_unique<VectorScalarOperator>(context, steps, expr, std::move(vector),
                                                   std::move(scalar), scalar_left);
  if (!ChangesMetric(expr.op) && !expr.return_bool) return op;
  return MakeUniqueSeries(context, steps, std::move(op));
}

std::unique_ptr<ScalarOperator> MakeScalarScalar(const BinaryExpr& expr,
                                                 std::unique_ptr<ScalarOperator> lhs,
                                                 std::unique_ptr<ScalarOperator> rhs) {
  return std::make_unique<ScalarScalarOperator>(expr.op, std::move(lhs), std::move(rhs));
}

}  // namespace tidemark::promql
