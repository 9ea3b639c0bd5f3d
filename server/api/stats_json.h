// What a query cost, as Prometheus' `stats` has it, and its plan.
#pragma once

#include "promql/plan_node.h"
#include "promql/query_stats.h"
#include "server/api/json_writer.h"

namespace tidemark::server {

// The first step of a query and how far its steps are apart.
struct StepTimes {
  int64_t start_ms = 0;
  int64_t step_ms = 0;
};

// {"timings":{…},"samples":{…}}; samples per step where they were counted.
void WriteStats(JsonWriter& json, const promql::QueryStats& stats, StepTimes times);

// {"operation":…,"expr":…,…,"children":[…]}; `analyzed`: with what it did cost.
void WritePlan(JsonWriter& json, const promql::PlanNode& plan, bool analyzed);

}  // namespace tidemark::server
