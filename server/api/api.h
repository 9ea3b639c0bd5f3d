// The Prometheus HTTP API, as Grafana's data source and Prometheus' own UI use
// it.  The reference for paths, parameters, JSON and error texts is Prometheus
// 3.14 (web/api/v1); unknown parameters are ignored, and every path takes POST
// too, where Prometheus is not always as generous.
//
//   query, query_range        resultType and result; limit, timeout,
//                             lookback_delta, stats; explain=1 adds the plan with
//                             what each node cost
//   query_explain             the plan of a query with its estimates, as a tree and
//                             as text; analyze=true runs it
//   labels, label/{name}/values, series
//                             match[] any number of times, start, end, limit
//   format_query              the expression, indented
//   parse_query               the expression as a tree (expr_json.h)
//   query_exemplars           of every selector of the expression
//   metadata                  what senders said; metric, limit
//   status/buildinfo          the version of Prometheus whose API this is, by
//                             which clients choose what to ask for
//   status/tsdb               names and values of labels of the series of the last
//                             two hours, and how many series have them; limit
//   status/runtimeinfo, config, flags, walreplay, features
//                             of the process; what is Go's own is 0 or empty
//   rules, alerts, alertmanagers, targets, targets/metadata, scrape_pools,
//   notifications, status/tsdb/blocks
//                             valid and empty
//
// While the storage starts, what needs it answers 503 "starting: …".  A client
// that hangs up cancels its query.
#pragma once

#include <vector>

#include "promql/engine.h"
#include "server/api/process_info.h"
#include "server/http/http.h"
#include "server/sources.h"
#include "tsdb/base/clock.h"

namespace tidemark::server {

struct ApiOptions {
  TenantSource tenant = DefaultTenant;
  ProcessInfo process;
  const Clock* clock = &Clock::System();  // must outlive the routes
};

// `engine` must outlive the routes.  Threads: handlers run in any number.
std::vector<Route> ApiRoutes(ApiOptions options, const promql::Engine& engine,
                             StorageSource storage);

}  // namespace tidemark::server
