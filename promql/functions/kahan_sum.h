// KahanSum: tsdb::KahanInc with its two variables in one.
#pragma once

#include "tsdb/model/kahan.h"

namespace tidemark::promql {

struct KahanSum {
  double sum = 0;
  double c = 0;  // what rounding took from `sum`

  void Add(double v) { tsdb::KahanInc(v, sum, c); }
  double Value() const { return sum + c; }
};

}  // namespace tidemark::promql
