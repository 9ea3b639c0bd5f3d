// QualityRoute: /api/v1/quality: how complete series are, and what in them cannot be.
//
//   match[]     selectors; at least one
//   start, end  hours that these touch; by default the last 24 hours
//   limit       the most gaps and the most anomalies in the answer; by default 100
//
//   {"status":"success","data":{
//     "complete_until": 1767225600,
//     "metrics": [{"metric":"up","series":3,"expected":540,"found":530,"completeness":0.98,
//                  "gap_minutes":10,"resets":0,"nans":0,"negatives":0,"bad_counts":0,"future":0}],
//     "gaps": [{"labels":{…},"from":1767222000,"to":1767225600,"minutes":10}],
//     "anomalies": [{"labels":{…},"hour":1767225600,"kind":"nan_storm","samples":17}]}}
//
// Hours are in it once they are aggregated (tsdb/tier/rollup.h): up to complete_until
// all of them.
#pragma once

#include "server/http/http.h"
#include "server/sources.h"
#include "tsdb/base/clock.h"

namespace tidemark::server {

struct QualityOptions {
  TenantSource tenant = DefaultTenant;
  const Clock* clock = &Clock::System();  // must outlive the route
};

Route QualityRoute(QualityOptions options, StorageSource storage);

}  // namespace tidemark::server
