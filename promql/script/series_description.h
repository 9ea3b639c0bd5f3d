// Series as test scripts write them, in the language of Prometheus' promqltest:
// the labels, then values at consecutive times, separated by spaces.
//
//   up{job="api"} 1 2 _ 3+1x5 stale {{count:3 buckets:[1 2]}}
//
//   1, -0.5, NaN, Inf  a float
//   1x3                1 and three more of it
//   3+1x5, 3-1x5       3 and five more, each by 1 larger, smaller, than the one before
//   _, _x4             nothing, once or four times
//   stale              the series ends
//   {{…}}              a histogram (histogram_literal.h)
//   {{…}}x2, {{…}}+{{…}}x2, {{…}}-{{…}}x2   as with floats
#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "tsdb/base/status.h"
#include "tsdb/model/histogram.h"
#include "tsdb/model/labels.h"

namespace tidemark::promql {

struct Omitted {
  bool operator==(const Omitted&) const = default;
};

struct SequenceValue {
  std::variant<Omitted, double, tsdb::FloatHistogram> value;
  // The script says a counter_reset_hint, so that it is to be compared.
  bool has_reset_hint = false;
};

struct SeriesDescription {
  tsdb::Labels labels;
  std::vector<SequenceValue> values;
};

// Bound on the values of one description.
inline constexpr size_t kMaxSequenceValues = 1'000'000;

// Where the labels that `text` begins with end: at a space outside of braces.
size_t EndOfSeriesLabels(std::string_view text);

//   kInvalidArgument  "1:5: parse error: …" with the place; histograms that cannot
//                     be added; more than kMaxSequenceValues values
StatusOr<SeriesDescription> ParseSeriesDescription(std::string_view text);

}  // namespace tidemark::promql
