#include "promql/eval/binary_vector.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "promql/eval/binary_element.h"
#include "promql/eval/binary_one_side.h"
#include "promql/eval/binary_pairs.h"
#include "promql/eval/metadata_labels.h"
#include "promql/eval/unique_series.h"
#include "tsdb/base/quote.h"

namespace tidemark::promql {
namespace {

using tsdb::Labels;

using Outcome = ElementOperator::Outcome;

// {__name__="up", job="api"}: the metric's name as a label like any other, as
// Prometheus' matching errors have it.
std::string LabelSetText(const Labels& labels) {
  std::string text = "{";
  for (tsdb::LabelView label : labels) {
    if (text.size() > 1) text += ", ";
    AppendName(text, label.name);
    text += '=';
    AppendQuoted(text, label.value);
  }
  return text + "}";
}

// Series by steps, one bit each; rows come into being when they are first set.
class StepBits {
 public:
  void Open(size_t rows) { rows_.resize(rows); }
  bool Get(uint32_t row, size_t step) const { return !rows_[row].empty() && rows_[row][step]; }
  void Set(uint32_t row, size_t step, size_t steps) {
    if (rows_[row].empty()) rows_[row].resize(steps);
    rows_[row][step] = true;
  }

 private:
  std::vector<std::vector<bool>> rows_;
};

class VectorVectorOperator : public VectorOperator {
 public:
  // Of group_right the left side is the one side; the two change places here, and
  // again where samples meet.
  VectorVectorOperator(EvalContext& context, Steps steps, const BinaryExpr& expr,
                       std::unique_ptr<VectorOperator> lhs, std::unique_ptr<VectorOperator> rhs)
      : context_(context),
        steps_(steps),
        expr_(expr),
        matching_(*expr.matching),
        swapped_(matching_.card == MatchCardinality::kOneToMany),
        many_(std::move(swapped_ ? rhs : lhs)),
        one_(std::move(swapped_ ? lhs : rhs)),
        element_(context, steps, expr),
        one_side_(context, steps) {}

  ~VectorVectorOperator() override { context_.meter.Release(held_); }

  StatusOr<std::vector<Labels>> Series() override {
    ASSIGN_OR_RETURN(const std::vector<Labels> many, many_->Series());
    ASSIGN_OR_RETURN(const std::vector<Labels> one, one_->Series());
    const Signatures signatures = MakeSignatures(many, one, matching_);
    many_count_ = many.size();
    RETURN_IF_ERROR(LoadOneSide(signatures));
    if (one_side_.has_duplicates()) RETURN_IF_ERROR(CheckDuplicates(one));
    Pairs pairs = MakePairs(expr_, many, one, signatures, context_.options.delayed_name_removal);
    pairs_ = std::move(pairs.pairs);
    users_.resize(signatures.count);
    for (const Pair& pair : pairs_) ++users_[pair.signature];
    rivals_.Open(pairs.rivals);
    if (matching_.fill_left.has_value()) matched_.Open(signatures.count);
    if (pairs_.empty()) RETURN_IF_ERROR(ReadRest());
    return std::move(pairs.labels);
  }

  Status Next(StepSeries& out) override {
    const Pair& pair = pairs_[next_++];
    out.Reset(steps_.count);
    if (pair.many == Pair::kFill) {
      FillMany(pair, out);
    } else {
      while (many_read_ <= pair.many) RETURN_IF_ERROR(ReadMany(many_data_));
      RETURN_IF_ERROR(Combine(pair, out));
    }
    if (--users_[pair.signature] == 0) one_side_.Release(pair.signature);
    if (next_ < pairs_.size()) return OkStatus();
    element_.Finish();
    return ReadRest();
  }

 private:
  Status LoadOneSide(const Signatures& signatures) {
    // A fill value of the many side makes something of every series.
    std::vector<bool> wanted(signatures.count, matching_.fill_left.has_value());
    for (uint32_t signature : signatures.lhs) wanted[signature] = true;
    return one_side_.Load(*one_, signatures.rhs, signatures.count, wanted);
  }

  // Duplicates are an error at steps where the other side has anything at all.
  // That is seldom not so; then the other side is held, to be read again.
  Status CheckDuplicates(const std::vector<Labels>& one) {
    const bool fills = matching_.fill_left.has_value() || matching_.fill_right.has_value();
    std::vector<bool> any(steps_.count, fills);
    for (size_t i = 0; i < many_count_ && !fills; ++i) {
      RETURN_IF_ERROR(context_.CheckRunning());
      StepSeries& data = buffered_.emplace_back();
      RETURN_IF_ERROR(many_->Next(data));
      held_ += data.SampleCount();
      RETURN_IF_ERROR(context_.meter.Take(data.SampleCount()));
      for (size_t step = 0; step < steps_.count; ++step) {
        if (data.kinds[step] != SampleKind::kNone) any[step] = true;
      }
    }
    for (size_t step = 0; step < steps_.count; ++step) {
      const std::optional<OneSide::Duplicate> duplicate = one_side_.DuplicateAt(step);
      if (any[step] && duplicate.has_value()) return DuplicateError(one, *duplicate);
    }
    return OkStatus();
  }

  Status DuplicateError(const std::vector<Labels>& one, OneSide::Duplicate duplicate) const {
    std::string first = LabelSetText(Unmarked(one[duplicate.first]));
    std::string second = LabelSetText(Unmarked(one[duplicate.second]));
    if (second < first) std::swap(first, second);
    return FailedPrecondition(fmt::format(
        "found duplicate series for the match group {} on the {} hand-side of the operation: "
        "[{}, {}];many-to-many matching not allowed: matching labels must be unique on one side",
        LabelSetText(MatchLabels(one[duplicate.second], matching_)), swapped_ ? "left" : "right",
        first, second));
  }

  Status ReadMany(StepSeries& into) {
    RETURN_IF_ERROR(context_.CheckRunning());
    const size_t i = many_read_++;
    if (buffered_.empty()) return many_->Next(into);
    into = std::move(buffered_[i]);
    return OkStatus();
  }

  // Series without a partner, for what there is to be said about them.
  Status ReadRest() {
    while (many_read_ < many_count_) RETURN_IF_ERROR(ReadMany(many_data_));
    return OkStatus();
  }

  Status Combine(const Pair& pair, StepSeries& out) {
    const StepSeries* one = one_side_.Data(pair.signature);
    if (IsPlain(pair, one)) {
      CombineFloats(*one, out);
      return OkStatus();
    }
    for (size_t step = 0; step < steps_.count; ++step) {
      RETURN_IF_ERROR(context_.CheckRunning(step));
      if (many_data_.kinds[step] == SampleKind::kNone) continue;
      const std::optional<Element> other = OneAt(pair, one, step);
      if (!other.has_value()) continue;
      const Outcome outcome = Apply(step, ElementAt(many_data_, step), *other, out);
      if (outcome != Outcome::kFailed) RETURN_IF_ERROR(MarkMatched(pair, step));
    }
    return OkStatus();
  }

  // What the one side has for the pair at a step.
  std::optional<Element> OneAt(const Pair& pair, const StepSeries* one, size_t step) const {
    if (one != nullptr && one->kinds[step] != SampleKind::kNone) {
      const bool takes =
          pair.one == Pair::kAnyOrFill || pair.one == one_side_.OwnerAt(pair.signature, step);
      return takes ? std::make_optional(ElementAt(*one, step)) : std::nullopt;
    }
    const bool fills = pair.one == Pair::kAnyOrFill || pair.one == Pair::kFill;
    if (!fills || !matching_.fill_right.has_value()) return std::nullopt;
    return Element{*matching_.fill_right, nullptr};
  }

  // Arithmetic of floats that nothing else looks at.
  bool IsPlain(const Pair& pair, const StepSeries* one) const {
    return one != nullptr && ChangesMetric(expr_.op) && pair.one == Pair::kAnyOrFill &&
           pair.rivals == Pair::kNoRivals && !matching_.fill_left.has_value() &&
           !matching_.fill_right.has_value() && !one->has_histograms() &&
           !many_data_.has_histograms();
  }

  void CombineFloats(const StepSeries& one, StepSeries& out) const {
    const StepSeries& lhs = swapped_ ? one : many_data_;
    const StepSeries& rhs = swapped_ ? many_data_ : one;
    VisitFloatOperator(expr_.op, [&](auto apply) {
      for (size_t i = 0; i < steps_.count; ++i) {
        const bool both = lhs.kinds[i] != SampleKind::kNone && rhs.kinds[i] != SampleKind::kNone;
        out.kinds[i] = both ? SampleKind::kFloat : SampleKind::kNone;
        out.values[i] = apply(lhs.values[i], rhs.values[i]);
      }
    });
  }

  Outcome Apply(size_t step, const Element& many, const Element& one, StepSeries& out) {
    Element result;
    const Outcome outcome = swapped_ ? element_.Apply(step, one, many, result)
                                     : element_.Apply(step, many, one, result);
    if (outcome == Outcome::kValue) SetElement(out, step, std::move(result));
    return outcome;
  }

  Status MarkMatched(const Pair& pair, size_t step) {
    if (matching_.fill_left.has_value()) matched_.Set(pair.signature, step, steps_.count);
    if (pair.rivals == Pair::kNoRivals) return OkStatus();
    if (!rivals_.Get(pair.rivals, step)) {
      rivals_.Set(pair.rivals, step, steps_.count);
      return OkStatus();
    }
    return FailedPrecondition(
        matching_.card == MatchCardinality::kOneToOne
            ? "multiple matches for labels: many-to-one matching must be explicit "
              "(group_left/group_right)"
            : "multiple matches for labels: grouping labels must ensure unique matches");
  }

  // The samples of the one side that nothing of the other side met.
  void FillMany(const Pair& pair, StepSeries& out) {
    const StepSeries& one = *one_side_.Data(pair.signature);
    const Element fill{*matching_.fill_left, nullptr};
    for (size_t step = 0; step < steps_.count; ++step) {
      if (one.kinds[step] == SampleKind::kNone || matched_.Get(pair.signature, step)) continue;
      if (one_side_.OwnerAt(pair.signature, step) != pair.one) continue;
      Apply(step, fill, ElementAt(one, step), out);
    }
  }

  EvalContext& context_;
  const Steps steps_;
  const BinaryExpr& expr_;
  const VectorMatching& matching_;
  const bool swapped_;
  const std::unique_ptr<VectorOperator> many_;
  const std::unique_ptr<VectorOperator> one_;
  ElementOperator element_;
  OneSide one_side_;
  std::vector<Pair> pairs_;
  std::vector<uint32_t> users_;  // pairs not yet given, by signature
  StepBits rivals_;              // steps at which one of them had a result
  StepBits matched_;             // signatures that had a result, for fill_left
  size_t many_count_ = 0;
  std::vector<StepSeries> buffered_;  // the many side, where it had to be read early
  uint64_t held_ = 0;
  size_t many_read_ = 0;
  StepSeries many_data_;
  size_t next_ = 0;
};

}  // namespace

std::unique_ptr<VectorOperator> MakeVectorVector(EvalContext& context, Steps steps,
                                                 const BinaryExpr& expr,
                                                 std::unique_ptr<VectorOperator> lhs,
                                                 std::unique_ptr<VectorOperator> rhs) {
  return MakeUniqueSeries(
      context, steps,
      std::make_unique<VectorVectorOperator>(context, steps, expr, std::move(lhs), std::move(rhs)));
}

}  // namespace tidemark::promql
