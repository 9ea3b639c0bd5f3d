// IndexedSeries: what the index knows of a series; the head's series are made
// from it.
#pragma once

#include <cstdint>

#include "tsdb/model/labels.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb {

// Dense numbers of a tenant's series: 0, 1, 2 … in the order in which this
// process met them.  Postings are made of them, because bitmaps over dense
// numbers are small; they never leave the process.
using DenseRef = uint32_t;

// Threads: immutable once it is in an index.
struct IndexedSeries {
  Labels labels;
  TenantId tenant = 0;
  SeriesId id = 0;
  DenseRef ref = 0;  // set by SeriesIndex::Add
};

}  // namespace tidemark::tsdb
