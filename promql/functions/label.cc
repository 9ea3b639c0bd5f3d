#include "promql/functions/label.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "promql/eval/metadata_labels.h"
#include "promql/eval/unique_series.h"
#include "promql/functions/regex_template.h"
#include "proto/utf8.h"

namespace tidemark::promql {
namespace {

using tsdb::Labels;

using Made = StatusOr<std::unique_ptr<VectorOperator>>;

// Changes labels; samples pass through.
class RelabelOperator : public VectorOperator {
 public:
  using Relabel = std::function<Labels(const Labels&)>;

  RelabelOperator(EvalContext& context, std::unique_ptr<VectorOperator> input, Relabel relabel)
      : context_(context), input_(std::move(input)), relabel_(std::move(relabel)) {}

  StatusOr<std::vector<Labels>> Series() override {
    ASSIGN_OR_RETURN(std::vector<Labels> labels, input_->Series());
    for (size_t i = 0; i < labels.size(); ++i) {
      RETURN_IF_ERROR(context_.CheckRunning(i));
      labels[i] = relabel_(labels[i]);
    }
    return labels;
  }
  Status Next(StepSeries& out) override { return input_->Next(out); }

 private:
  EvalContext& context_;
  const std::unique_ptr<VectorOperator> input_;
  const Relabel relabel_;
};

Made Relabelled(FunctionInput& input, RelabelOperator::Relabel relabel) {
  auto op = std::make_unique<RelabelOperator>(input.context, std::move(input.args[0].vector),
                                              std::move(relabel));
  return MakeUniqueSeries(input.context, input.steps, std::move(op));
}

bool IsLabelName(std::string_view name) { return !name.empty() && proto::IsValidUtf8(name); }

// A name that the query gives is not to be dropped.
Labels WithLabel(const Labels& labels, std::string_view name, std::string_view value) {
  return (name == tsdb::kMetricName ? Unmarked(labels) : labels).With(name, value);
}

// Moves along with the operator: re2 is neither copied nor moved.
class Replacement {
 public:
  Replacement(std::shared_ptr<const re2::RE2> regex, std::string destination,
              std::string replacement, std::string source)
      : regex_(std::move(regex)),
        destination_(std::move(destination)),
        replacement_(std::move(replacement)),
        source_(std::move(source)) {}

  Labels operator()(const Labels& labels) const {
    const std::string_view value = labels.Get(source_);
    const re2::StringPiece text(value.data(), value.size());
    std::vector<re2::StringPiece> groups(static_cast<size_t>(regex_->NumberOfCapturingGroups()) +
                                         1);
    if (!regex_->Match(text, 0, text.size(), re2::RE2::ANCHOR_BOTH, groups.data(),
                       static_cast<int>(groups.size()))) {
      return labels;
    }
    return WithLabel(labels, destination_, ExpandTemplate(*regex_, replacement_, groups));
  }

 private:
  std::shared_ptr<const re2::RE2> regex_;
  std::string destination_;
  std::string replacement_;
  std::string source_;
};

Made MakeLabelReplace(FunctionInput input) {
  const std::string& destination = input.args[1].string;
  const std::string& pattern = input.args[4].string;
  re2::RE2::Options options;
  options.set_dot_nl(true);
  options.set_log_errors(false);
  auto regex = std::make_shared<const re2::RE2>(pattern, options);
  if (!regex->ok()) {
    return FailedPrecondition(
        fmt::format("invalid regular expression in label_replace(): {}", pattern));
  }
  if (!IsLabelName(destination)) {
    return FailedPrecondition(
        fmt::format("invalid destination label name in label_replace(): {}", destination));
  }
  return Relabelled(input, Replacement(std::move(regex), destination, input.args[2].string,
                                       input.args[3].string));
}

std::string Join(const Labels& labels, const std::vector<std::string>& names,
                 const std::string& separator) {
  std::string joined;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) joined += separator;
    joined += labels.Get(names[i]);
  }
  return joined;
}

Made MakeLabelJoin(FunctionInput input) {
  const std::string destination = input.args[1].string;
  std::vector<std::string> sources;
  for (size_t i = 3; i < input.args.size(); ++i) {
    const std::string& source = input.args[i].string;
    if (!IsLabelName(source)) {
      return FailedPrecondition(
          fmt::format("invalid source label name in label_join(): {}", source));
    }
    sources.push_back(source);
  }
  if (!IsLabelName(destination)) {
    return FailedPrecondition(
        fmt::format("invalid destination label name in label_join(): {}", destination));
  }
  return Relabelled(input, [destination, sources = std::move(sources),
                            separator = input.args[2].string](const Labels& labels) {
    return WithLabel(labels, destination, Join(labels, sources, separator));
  });
}

constexpr VectorFunction kLabelFunctions[] = {
    {"label_join", MakeLabelJoin},
    {"label_replace", MakeLabelReplace},
};

}  // namespace

std::span<const VectorFunction> LabelFunctions() { return kLabelFunctions; }

}  // namespace tidemark::promql
