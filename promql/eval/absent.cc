#include "promql/eval/absent.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tsdb/base/check.h"

namespace tidemark::promql {
namespace {

using tsdb::Labels;
using tsdb::Matcher;

const VectorSelector* SelectorOf(const Expr& expr) {
  const Expr* unwrapped = Unwrap(&expr);
  if (const auto* matrix = As<MatrixSelector>(unwrapped)) return matrix->selector.get();
  return As<VectorSelector>(unwrapped);
}

// A name that is matched more than once is left out, however it is matched.
Labels EqualMatchers(const VectorSelector& selector) {
  std::map<std::string, std::string> values;
  std::set<std::string> seen;
  for (const Matcher& m : selector.matchers) {
    if (m.name() == tsdb::kMetricName) continue;
    if (m.op() == Matcher::Op::kEqual && seen.insert(m.name()).second) {
      values[m.name()] = m.value();
    } else {
      values.erase(m.name());
    }
  }
  auto labels = Labels::FromPairs({values.begin(), values.end()});
  CHECK(labels.ok(), "the parser let an empty label name through");
  return *std::move(labels);
}

class AbsentOperator : public VectorOperator {
 public:
  AbsentOperator(Steps steps, Labels labels, std::unique_ptr<VectorOperator> input)
      : steps_(steps), labels_(std::move(labels)), input_(std::move(input)) {}

  StatusOr<std::vector<Labels>> Series() override {
    ASSIGN_OR_RETURN(const std::vector<Labels> inputs, input_->Series());
    input_count_ = inputs.size();
    return std::vector<Labels>{labels_};
  }

  Status Next(StepSeries& out) override {
    std::vector<bool> present(steps_.count);
    StepSeries data;
    for (size_t i = 0; i < input_count_; ++i) {
      RETURN_IF_ERROR(input_->Next(data));
      for (size_t step = 0; step < steps_.count; ++step) {
        if (data.kinds[step] != SampleKind::kNone) present[step] = true;
      }
    }
    out.Reset(steps_.count);
    for (size_t step = 0; step < steps_.count; ++step) {
      if (!present[step]) out.SetFloat(step, 1);
    }
    return OkStatus();
  }

 private:
  const Steps steps_;
  const Labels labels_;
  const std::unique_ptr<VectorOperator> input_;
  size_t input_count_ = 0;
};

}  // namespace

std::unique_ptr<VectorOperator> MakeAbsent(Steps steps, const Expr& expr,
                                           std::unique_ptr<VectorOperator> input) {
  const VectorSelector* selector = SelectorOf(expr);
  return std::make_unique<AbsentOperator>(
      steps, selector == nullptr ? Labels() : EqualMatchers(*selector), std::move(input));
}

}  // namespace tidemark::promql
