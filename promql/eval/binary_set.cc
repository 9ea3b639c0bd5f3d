#include "promql/eval/binary_set.h"

#include <utility>
#include <vector>

#include "promql/eval/binary_signature.h"
#include "promql/eval/unique_series.h"

namespace tidemark::promql {
namespace {

using tsdb::Labels;

// At which steps a signature has a sample.
class Presence {
 public:
  void Open(size_t signatures, size_t steps) {
    steps_ = steps;
    present_.assign(signatures * steps, false);
  }
  void Mark(uint32_t signature, const StepSeries& data) {
    for (size_t i = 0; i < steps_; ++i) {
      if (data.kinds[i] != SampleKind::kNone) present_[signature * steps_ + i] = true;
    }
  }
  // Takes out of `data` what is at steps where the signature is, or is not.
  void Remove(uint32_t signature, bool where_present, StepSeries& data) const {
    for (size_t i = 0; i < steps_; ++i) {
      if (present_[signature * steps_ + i] == where_present) data.Clear(i);
    }
  }

 private:
  size_t steps_ = 0;
  std::vector<bool> present_;  // by signature, then step
};

class SetOperator : public VectorOperator {
 public:
  SetOperator(EvalContext& context, Steps steps, const BinaryExpr& expr,
              std::unique_ptr<VectorOperator> lhs, std::unique_ptr<VectorOperator> rhs)
      : context_(context),
        steps_(steps),
        matching_(*expr.matching),
        lhs_(std::move(lhs)),
        rhs_(std::move(rhs)) {}

  StatusOr<std::vector<Labels>> Series() final {
    ASSIGN_OR_RETURN(std::vector<Labels> lhs, lhs_->Series());
    ASSIGN_OR_RETURN(std::vector<Labels> rhs, rhs_->Series());
    signatures_ = MakeSignatures(lhs, rhs, matching_);
    presence_.Open(signatures_.count, steps_.count);
    RETURN_IF_ERROR(Prepare());
    return Answer(std::move(lhs), std::move(rhs));
  }

 protected:
  virtual Status Prepare() { return OkStatus(); }
  virtual std::vector<Labels> Answer(std::vector<Labels> lhs, std::vector<Labels> rhs) = 0;

  EvalContext& context_;
  const Steps steps_;
  const VectorMatching& matching_;
  const std::unique_ptr<VectorOperator> lhs_;
  const std::unique_ptr<VectorOperator> rhs_;
  Signatures signatures_;
  Presence presence_;
  size_t next_ = 0;
};

// `and` keeps of the left side what the right side has too, `unless` the rest.
class AndUnlessOperator : public SetOperator {
 public:
  AndUnlessOperator(EvalContext& context, Steps steps, const BinaryExpr& expr,
                    std::unique_ptr<VectorOperator> lhs, std::unique_ptr<VectorOperator> rhs)
      : SetOperator(context, steps, expr, std::move(lhs), std::move(rhs)),
        remove_present_(expr.op == BinaryOp::kUnless) {}

  Status Next(StepSeries& out) override {
    if (!right_read_) RETURN_IF_ERROR(ReadRight());
    RETURN_IF_ERROR(context_.CheckRunning());
    RETURN_IF_ERROR(lhs_->Next(out));
    presence_.Remove(signatures_.lhs[next_++], remove_present_, out);
    return OkStatus();
  }

 protected:
  // What the right side has to say is said, too, where nothing is on the left.
  Status Prepare() override { return signatures_.lhs.empty() ? ReadRight() : OkStatus(); }
  std::vector<Labels> Answer(std::vector<Labels> lhs, std::vector<Labels>) override { return lhs; }

 private:
  Status ReadRight() {
    right_read_ = true;
    StepSeries buffer;
    for (uint32_t signature : signatures_.rhs) {
      RETURN_IF_ERROR(context_.CheckRunning());
      RETURN_IF_ERROR(rhs_->Next(buffer));
      presence_.Mark(signature, buffer);
    }
    return OkStatus();
  }

  const bool remove_present_;
  bool right_read_ = false;
};

// All of the left side, and of the right side what the left one does not have.
class OrOperator : public SetOperator {
 public:
  using SetOperator::SetOperator;

  Status Next(StepSeries& out) override {
    RETURN_IF_ERROR(context_.CheckRunning());
    const size_t i = next_++;
    if (i < signatures_.lhs.size()) {
      RETURN_IF_ERROR(lhs_->Next(out));
      presence_.Mark(signatures_.lhs[i], out);
      return OkStatus();
    }
    RETURN_IF_ERROR(rhs_->Next(out));
    presence_.Remove(signatures_.rhs[i - signatures_.lhs.size()], true, out);
    return OkStatus();
  }

 protected:
  std::vector<Labels> Answer(std::vector<Labels> lhs, std::vector<Labels> rhs) override {
    for (Labels& labels : rhs) lhs.push_back(std::move(labels));
    return lhs;
  }
};

}  // namespace

std::unique_ptr<VectorOperator> MakeSetOperator(EvalContext& context, Steps steps,
                                                const BinaryExpr& expr,
                                                std::unique_ptr<VectorOperator> lhs,
                                                std::unique_ptr<VectorOperator> rhs) {
  if (expr.op != BinaryOp::kOr) {
    return std::make_unique<AndUnlessOperator>(context, steps, expr, std::move(lhs),
                                               std::move(rhs));
  }
  return MakeUniqueSeries(
      context, steps,
      std::make_unique<OrOperator>(context, steps, expr, std::move(lhs), std::move(rhs)));
}

}  // namespace tidemark::promql
