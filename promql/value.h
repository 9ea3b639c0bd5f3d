// Value: what a query evaluates to.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "promql/parser/value_type.h"
#include "tsdb/model/histogram.h"
#include "tsdb/model/labels.h"
#include "tsdb/model/sample.h"

namespace tidemark::promql {

// One series of a result: its floats and its histograms, each in time order, no
// time in both.  In a Vector exactly one of the two holds exactly one sample.
struct Series {
  tsdb::Labels labels;
  std::vector<tsdb::Sample> floats;
  std::vector<tsdb::HistogramSample> histograms;
};

struct Scalar {
  int64_t t = 0;
  double v = 0;
};
struct String {
  int64_t t = 0;
  std::string v;
};
// In the order the query defines (sort, topk), else in label order.
struct Vector {
  std::vector<Series> series;
};
// In label order.
struct Matrix {
  std::vector<Series> series;
};

using Value = std::variant<Scalar, String, Vector, Matrix>;

ValueType TypeOf(const Value& value);

}  // namespace tidemark::promql
