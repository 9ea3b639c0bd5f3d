// Start times of samples as test scripts write them: a line beside the one with the
// series' values, whose labels end in @st.
//
//   requests_total{path="/"}@st  -30s-1mx2  _   -1m
//   requests_total{path="/"}      1 2 3     4    5
//
//   -30s       the sample at this place began to count 30 s before it was taken
//   -30sx2     and so did the two after it
//   -30s-1mx2  -30s, -1m30s, -2m30s: of three samples a minute apart one start
//   _, _x4     it does not say, once or four times
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "tsdb/base/status.h"
#include "tsdb/model/labels.h"

namespace tidemark::promql {

struct StartDescription {
  tsdb::Labels labels;
  // Milliseconds, to be added to the time of the sample.
  std::vector<std::optional<int64_t>> offsets;
};

// Whether the line is one of start times; else it is one of values.
bool IsStartDescription(std::string_view line);

//   kInvalidArgument  with what is wrong; more than kMaxSequenceValues offsets
StatusOr<StartDescription> ParseStartDescription(std::string_view line);

}  // namespace tidemark::promql
