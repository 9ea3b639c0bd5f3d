#include "server/aggregate/fold_metrics.h"

namespace tidemark::server {
namespace {

Counter* Samples(Metrics& metrics, const char* what) {
  return metrics.AddCounter("tidemark_aggregate_samples_total",
                            "Samples of series that fold into others, by what became of them: "
                            "counted, behind_grid (counts at the next point), repeated (shows "
                            "nothing new), refused.",
                            {{"result", what}});
}

}  // namespace

FoldMetrics::FoldMetrics(Metrics& metrics)
    : counted(Samples(metrics, "counted")),
      behind_grid(Samples(metrics, "behind_grid")),
      repeated(Samples(metrics, "repeated")),
      refused(Samples(metrics, "refused")),
      points(metrics.AddCounter("tidemark_aggregate_points_total",
                                "Points of outputs that were stored.")),
      lost_points(metrics.AddCounter(
          "tidemark_aggregate_refused_points_total",
          "Points of outputs that the storage refused: past a budget, or older than the raw "
          "retention. What counters grew by shows in the next one that it takes.")),
      unreadable(metrics.AddCounter(
          "tidemark_aggregate_unreadable_records_total",
          "Stored states of inputs and outputs that could not be read: they begin anew.")) {}

}  // namespace tidemark::server
