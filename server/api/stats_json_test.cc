#include "server/api/stats_json.h"

#include <gtest/gtest.h>

#include <memory>

namespace tidemark::server {
namespace {

TEST(StatsJsonTest, HasTheFieldsOfPrometheus) {
  promql::QueryStats stats;
  stats.total_samples = 17;
  stats.samples_read = 11;
  stats.peak_samples = 5;
  stats.preparation_ns = 1'000'000;
  stats.inner_eval_ns = 20'000'000;
  stats.sort_ns = 4'000'000;
  stats.queue_ns = 500'000'000;
  JsonWriter json;
  WriteStats(json, stats, {});
  EXPECT_EQ(std::move(json).Take(),
            R"({"timings":{"evalTotalTime":0.025,"resultSortTime":0.004,)"
            R"("queryPreparationTime":0.001,"innerEvalTime":0.02,"execQueueTime":0.5,)"
            R"("execTotalTime":0.525},"samples":{"totalQueryableSamples":17,"samplesRead":11,)"
            R"("peakSamples":5}})");
}

TEST(StatsJsonTest, StepsAreAtTheirTimes) {
  promql::QueryStats stats;
  stats.total_samples_per_step = {3, 4};
  stats.samples_read_per_step = {3, 1};
  JsonWriter json;
  WriteStats(json, stats, {.start_ms = 201'500, .step_ms = 5000});
  EXPECT_NE(std::move(json).Take().find(
                R"("samples":{"totalQueryableSamplesPerStep":[[201.5,3],[206.5,4]],)"
                R"("totalQueryableSamples":0,"samplesReadPerStep":[[201.5,3],[206.5,1]],)"),
            std::string::npos);
}

TEST(StatsJsonTest, PlansSayWhatTheyCostOnlyOnceTheyRan) {
  promql::PlanNode plan;
  plan.operation = "aggregation";
  plan.expr = "sum(x)";
  plan.steps = 2;
  plan.estimated_series = 1;
  plan.estimated_samples = 2;
  plan.time_ns = 1'500'000;
  plan.children.push_back(std::make_unique<promql::PlanNode>());
  plan.children[0]->operation = "instant selector";
  plan.children[0]->expr = "x";
  plan.children[0]->source = "raw";
  JsonWriter estimated;
  WritePlan(estimated, plan, false);
  EXPECT_EQ(std::move(estimated).Take(),
            R"j({"operation":"aggregation","expr":"sum(x)","steps":2,"estimatedSeries":1,)j"
            R"("estimatedSamples":2,"children":[{"operation":"instant selector","expr":"x",)"
            R"("source":"raw","steps":0,"estimatedSeries":0,"estimatedSamples":0}]})");
  plan.children.clear();
  JsonWriter analyzed;
  WritePlan(analyzed, plan, true);
  EXPECT_EQ(std::move(analyzed).Take(),
            R"j({"operation":"aggregation","expr":"sum(x)","steps":2,"estimatedSeries":1,)j"
            R"("estimatedSamples":2,"series":0,"samples":0,"aggregates":0,"seconds":0.0015})");
}

}  // namespace
}  // namespace tidemark::server
