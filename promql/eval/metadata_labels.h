// The labels that say which metric a series is of: __name__, __type__, __unit__.
#pragma once

#include "tsdb/model/labels.h"

namespace tidemark::promql {

// Without them, as functions and operators return series whose values are no
// longer those of the metric.
tsdb::Labels DropMetadataLabels(const tsdb::Labels& labels);

}  // namespace tidemark::promql
