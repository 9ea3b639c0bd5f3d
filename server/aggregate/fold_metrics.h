// What /metrics says of series that fold.
#pragma once

#include "tsdb/base/metrics.h"

namespace tidemark::server {

// Threads: any.
struct FoldMetrics {
  explicit FoldMetrics(Metrics& metrics);
  Counter* counted;
  Counter* behind_grid;
  Counter* repeated;
  Counter* refused;
  Counter* points;
  Counter* lost_points;
  Counter* unreadable;
};

}  // namespace tidemark::server
