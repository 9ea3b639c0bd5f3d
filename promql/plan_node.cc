#include "promql/plan_node.h"

#include <fmt/format.h>

namespace tidemark::promql {
namespace {

void AddText(const PlanNode& node, size_t depth, std::string& out) {
  out.append(2 * depth, ' ');
  out += fmt::format("{} {}", node.operation, node.expr);
  if (!node.source.empty()) out += fmt::format(" from {}", node.source);
  const std::string aggs = node.aggs > 0 ? fmt::format(", aggregates {}", node.aggs) : "";
  out +=
      fmt::format(": {} steps, series {} (estimated {}), samples {} (estimated {}){}, {:.3f} ms\n",
                  node.steps, node.series, node.estimated_series, node.samples,
                  node.estimated_samples, aggs, static_cast<double>(node.time_ns) * 1e-6);
  for (const auto& child : node.children) AddText(*child, depth + 1, out);
}

}  // namespace

std::string PlanText(const PlanNode& plan) {
  std::string out;
  AddText(plan, 0, out);
  return out;
}

}  // namespace tidemark::promql
