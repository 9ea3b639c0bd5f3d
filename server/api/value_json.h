// Values of queries, and labels, as JSON (upstream web/api/v1/json_codec.go).
#pragma once

#include "promql/value.h"
#include "server/api/json_writer.h"
#include "tsdb/base/cancellation.h"
#include "tsdb/base/status.h"
#include "tsdb/model/histogram.h"
#include "tsdb/model/labels.h"

namespace tidemark::server {

// {"__name__":"up","job":"api"}
void WriteLabels(JsonWriter& json, const tsdb::Labels& labels);

// {"count":"3","sum":"4.2","buckets":[[0,"0.5","1","2"],…]}; empty buckets are
// left out.  The first of four says which bounds are inclusive: 0 the upper,
// 1 the lower, 2 neither, 3 both.
void WriteHistogram(JsonWriter& json, const tsdb::FloatHistogram& h);

// What stands behind "result", by type.
//   kCancelled  `hung_up` said so; asked after each series
Status WriteValue(JsonWriter& json, const promql::Value& value, const Cancellation& hung_up);

}  // namespace tidemark::server
