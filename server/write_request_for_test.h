// Remote-write requests, put together for tests.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "proto/remote.pb.h"

namespace tidemark::server {

// A series without samples, its labels in the order given.
inline proto::TimeSeries* AddSeries(
    proto::WriteRequest& request, const std::vector<std::pair<std::string, std::string>>& labels) {
  proto::TimeSeries* series = request.add_timeseries();
  for (const auto& [name, value] : labels) {
    proto::Label* label = series->add_labels();
    label->set_name(name);
    label->set_value(value);
  }
  return series;
}

inline void AddSample(proto::TimeSeries* series, int64_t t, double v) {
  proto::Sample* sample = series->add_samples();
  sample->set_timestamp(t);
  sample->set_value(v);
}

}  // namespace tidemark::server
