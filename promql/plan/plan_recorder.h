// PlanRecorder: notes the tree of operators while the planner makes it, and what
// each of them does when it runs.
#pragma once

#include <memory>
#include <vector>

#include "promql/eval/operator.h"
#include "promql/eval/range_source.h"
#include "promql/parser/ast.h"
#include "promql/plan_node.h"

namespace tidemark::promql {

// Open(…), plan what is below, then Wrap what was made, or Close().
//
// Threads: one.  Ownership: what Wrap returned counts into the nodes, which die
// with the recorder or whoever took them.
class PlanRecorder {
 public:
  // `clock` must outlive it and all that it wrapped.
  explicit PlanRecorder(const Clock& clock) : clock_(clock), root_(std::make_shared<PlanNode>()) {
    open_.push_back(root_.get());
  }

  // A node for `expr`, a child of the one that is open.
  PlanNode& Open(const Expr& expr, Steps steps);
  // Computes its estimates from those of the nodes below.
  void Close(const Expr& expr);

  std::unique_ptr<VectorOperator> Wrap(PlanNode& node, std::unique_ptr<VectorOperator> made) const;
  std::unique_ptr<RangeSource> Wrap(PlanNode& node, std::unique_ptr<RangeSource> made) const;

  // The plan, once everything is closed; null when nothing was noted.
  std::shared_ptr<const PlanNode> Take();

 private:
  const Clock& clock_;
  const std::shared_ptr<PlanNode> root_;  // has the plan as its only child
  std::vector<PlanNode*> open_;
};

}  // namespace tidemark::promql
