// Samples → metric families of a page to federate.
#pragma once

#include <vector>

#include "proto/metrics.pb.h"
#include "tsdb/model/labels.h"
#include "tsdb/model/sample_iterator.h"

namespace tidemark::server {

struct NewestSample {
  tsdb::Labels labels;
  int64_t t = 0;
  bool is_float = true;
  double v = 0;
  tsdb::FloatHistogram h;
};

// In order of metric; floats and histograms of one metric are families of their
// own.  `native`: with native histograms, which only protobuf can carry.
std::vector<io::prometheus::client::MetricFamily> FederatePage(std::vector<NewestSample> samples,
                                                               bool native);

}  // namespace tidemark::server
