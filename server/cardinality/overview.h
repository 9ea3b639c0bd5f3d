// OverviewRoute: /api/v1/cardinality, what the tenant's active series are made of
// and how much of its budget they use.
//
//   match[]  a selector, at most one; without: all series
//   focus    a label, of which the values with the most series are told
//   limit    of each list; 20, at most 500
//
//   {"status":"success","data":{
//     "activeSeries":812,"matchingSeries":800,
//     "metrics":[{"name":"http_requests_total","series":400},…],
//     "labels":[{"name":"instance","values":40,"series":800},…],
//     "focus":{"name":"job","values":2,"series":800,"top":[{"value":"api","series":790},…]},
//     "budget":[{"limit":"tenant","label":"","metrics":"","used":812,"soft":0,"hard":1000,
//                "reserve":0,"usedRatio":0.812,"growthLastHour":94,
//                "exhaustedInSeconds":7200},…]}}
//
// `focus` is there when it was asked for, `usedRatio` when there is a hard limit,
// `exhaustedInSeconds` when the pace of the last hour leads there; in the first hour
// after a start series that are seen again count as growth, too;
// `budget` is empty without admission.budgets.
#pragma once

#include <memory>

#include "server/admission/budget.h"
#include "server/http/http.h"
#include "server/sources.h"

namespace tidemark::server {

// `budget` may be null.
Route OverviewRoute(TenantSource tenant, StorageSource storage,
                    std::shared_ptr<const Budget> budget);

}  // namespace tidemark::server
