// IndexedSeries: what the index tells of a series.
#pragma once

#include <cstdint>

#include "tsdb/model/labels.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb {

// Dense numbers of a tenant's series in memory: 0, 1, 2 … in the order in which
// this process met them; those of series that went are given again.  Postings
// are made of them, because bitmaps over dense numbers are small; they never
// leave the process.
using DenseRef = uint32_t;

struct IndexedSeries {
  Labels labels;
  SeriesId id = 0;
};

}  // namespace tidemark::tsdb
