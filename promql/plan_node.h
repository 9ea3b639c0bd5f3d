// PlanNode: one operator of a query's plan, with what it was expected to cost and
// what it did cost.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tidemark::promql {

enum class Explain {
  kNo,
  kPlan,     // the plan with its estimates; no sample is read, the answer is empty
  kAnalyze,  // evaluate, and note what each node cost
};

// Estimates: of a selector the series that the index finds, exactly, and a sample
// of each at every step; of what is above, upper bounds that follow from these.
struct PlanNode {
  std::string operation;  // "instant selector", "range selector", "subquery",
                          // "aggregation", "function", "binary", "unary", "constant"
  std::string expr;       // as Print has it
  // Of selectors, where samples come from: "raw", or "raw and tiers" once window
  // aggregates of hours or days were read.
  std::string source;
  uint64_t steps = 0;  // at which it is evaluated; 1: once for all
  uint64_t estimated_series = 0;
  uint64_t estimated_samples = 0;
  // Below: with Explain::kAnalyze only.  Of range selectors, samples are those read
  // into windows, new ones only.
  uint64_t series = 0;
  uint64_t samples = 0;
  uint64_t aggs = 0;    // window aggregates read in place of samples
  int64_t time_ns = 0;  // inside this node and those below it
  std::vector<std::unique_ptr<PlanNode>> children;
};

// Indented lines, a node each, for people.
std::string PlanText(const PlanNode& plan);

}  // namespace tidemark::promql
