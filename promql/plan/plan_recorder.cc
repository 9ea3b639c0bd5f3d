#include "promql/plan/plan_recorder.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "promql/parser/printer.h"

namespace tidemark::promql {
namespace {

// Adds the time from its making to its end.
class Stopwatch {
 public:
  Stopwatch(const Clock& clock, int64_t& total_ns)
      : clock_(clock), total_ns_(total_ns), start_ns_(clock.MonotonicNs()) {}
  ~Stopwatch() { total_ns_ += clock_.MonotonicNs() - start_ns_; }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  const Clock& clock_;
  int64_t& total_ns_;
  const int64_t start_ns_;
};

class RecordedVector : public VectorOperator {
 public:
  RecordedVector(const Clock& clock, PlanNode& node, std::unique_ptr<VectorOperator> made)
      : clock_(clock), node_(node), made_(std::move(made)) {}

  StatusOr<std::vector<tsdb::Labels>> Series() override {
    const Stopwatch watch(clock_, node_.time_ns);
    auto labels = made_->Series();
    if (labels.ok()) node_.series = labels->size();
    return labels;
  }

  Status Next(StepSeries& out) override {
    const Stopwatch watch(clock_, node_.time_ns);
    RETURN_IF_ERROR(made_->Next(out));
    node_.samples += out.SampleCount();
    return OkStatus();
  }

 private:
  const Clock& clock_;
  PlanNode& node_;
  const std::unique_ptr<VectorOperator> made_;
};

class RecordedRange : public RangeSource {
 public:
  RecordedRange(const Clock& clock, PlanNode& node, std::unique_ptr<RangeSource> made)
      : clock_(clock), node_(node), made_(std::move(made)) {}

  StatusOr<std::vector<tsdb::Labels>> Series() override {
    const Stopwatch watch(clock_, node_.time_ns);
    auto labels = made_->Series();
    if (labels.ok()) node_.series = labels->size();
    return labels;
  }

  Status NextSeries() override {
    const Stopwatch watch(clock_, node_.time_ns);
    return made_->NextSeries();
  }

  Status Read(int64_t start, int64_t end, SampleBuffer& buffer) override {
    const Stopwatch watch(clock_, node_.time_ns);
    const uint64_t before = buffer.held();
    RETURN_IF_ERROR(made_->Read(start, end, buffer));
    node_.samples += buffer.held() - before;
    return OkStatus();
  }

  bool from_storage() const override { return made_->from_storage(); }
  bool keeps_starts() const override { return made_->keeps_starts(); }
  const tsdb::SeriesSet* tiered() const override { return made_->tiered(); }
  void CountTierRead(uint64_t samples, uint64_t aggs) override {
    node_.samples += samples;
    node_.aggs += aggs;
    if (aggs > 0) node_.source = "raw and tiers";
  }

 private:
  const Clock& clock_;
  PlanNode& node_;
  const std::unique_ptr<RangeSource> made_;
};

std::string_view OperationOf(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kUnary:
      return "unary";
    case ExprKind::kBinary:
      return "binary";
    case ExprKind::kAggregate:
      return "aggregation";
    case ExprKind::kCall:
      return "function";
    case ExprKind::kVectorSelector:
      return "instant selector";
    case ExprKind::kMatrixSelector:
      return "range selector";
    case ExprKind::kSubquery:
      return "subquery";
    default:
      return "constant";
  }
}

bool IsSelector(const Expr& expr) {
  return expr.kind == ExprKind::kVectorSelector || expr.kind == ExprKind::kMatrixSelector;
}

// An aggregation over everything has one series.
bool HasOneGroup(const Expr& expr) {
  const auto* aggregate = As<AggregateExpr>(&expr);
  if (aggregate == nullptr || aggregate->without || !aggregate->grouping.empty()) return false;
  return aggregate->param == nullptr || aggregate->op == AggregateOp::kQuantile;
}

}  // namespace

PlanNode& PlanRecorder::Open(const Expr& expr, Steps steps) {
  auto node = std::make_unique<PlanNode>();
  node->operation = OperationOf(expr);
  node->expr = Print(expr);
  node->steps = steps.count;
  if (IsSelector(expr)) node->source = "raw";
  open_.push_back(open_.back()->children.emplace_back(std::move(node)).get());
  return *open_.back();
}

void PlanRecorder::Close(const Expr& expr) {
  PlanNode& node = *open_.back();
  open_.pop_back();
  if (!IsSelector(expr)) {
    const auto* binary = As<BinaryExpr>(&expr);
    const bool adds_up = binary != nullptr && binary->op == BinaryOp::kOr;
    for (const auto& child : node.children) {
      node.estimated_series = adds_up ? node.estimated_series + child->estimated_series
                                      : std::max(node.estimated_series, child->estimated_series);
    }
    if (node.children.empty()) node.estimated_series = 1;
    if (HasOneGroup(expr)) node.estimated_series = std::min<uint64_t>(node.estimated_series, 1);
  }
  node.estimated_samples = node.estimated_series * node.steps;
}

std::unique_ptr<VectorOperator> PlanRecorder::Wrap(PlanNode& node,
                                                   std::unique_ptr<VectorOperator> made) const {
  return std::make_unique<RecordedVector>(clock_, node, std::move(made));
}

std::unique_ptr<RangeSource> PlanRecorder::Wrap(PlanNode& node,
                                                std::unique_ptr<RangeSource> made) const {
  return std::make_unique<RecordedRange>(clock_, node, std::move(made));
}

std::shared_ptr<const PlanNode> PlanRecorder::Take() {
  if (root_->children.empty()) return nullptr;
  return std::shared_ptr<const PlanNode>(root_, root_->children.front().get());
}

}  // namespace tidemark::promql
