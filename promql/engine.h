// Engine: an expression and a Queryable in, a Value and Annotations out.
//
//   Engine engine(options);
//   QueryRequest request{.expr = "rate(http_requests_total[5m])", .start = t, .end = t};
//   ASSIGN_OR_RETURN(QueryResult result, engine.Execute(request, storage, cancellation));
//
// The reference for results, annotations and errors is Prometheus 3.14.
//
// Evaluation goes series by series over all steps: first the labels of all
// series of an operator, then the data of each in turn, so that an aggregation
// holds one accumulator per group and never the whole input.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "promql/annotations.h"
#include "promql/parser/parse.h"
#include "promql/plan_node.h"
#include "promql/query_progress.h"
#include "promql/query_stats.h"
#include "promql/tier/tier_use.h"
#include "promql/value.h"
#include "tsdb/base/cancellation.h"
#include "tsdb/base/status.h"
#include "tsdb/storage.h"

namespace tidemark::promql {

struct EngineOptions {
  int64_t lookback_delta_ms = 300'000;  // how far an instant selector looks back
  int64_t default_subquery_step_ms = 60'000;
  int64_t timeout_ms = 120'000;
  uint64_t max_samples = 50'000'000;  // held in memory by one query at any time
  uint64_t max_series = 200'000;      // selected by one query
  // Held by one query: its samples at 16 bytes each and the labels of its series.
  uint64_t max_memory_bytes = 1ULL << 30;
  ParserOptions parser;
  // use-start-timestamps: rate, irate, increase and resets see from the start times
  // of samples where a counter began anew; start_timestamp() returns them.
  bool use_start_timestamps = false;
  // promql-delayed-name-removal: __name__ is dropped from the answer of a query, not
  // by each function, so that what is above it can still see it.
  bool delayed_name_removal = false;
  const Clock* clock = &Clock::System();
};

struct QueryRequest {
  std::string expr;
  std::string tenant = "default";
  // Evaluated at start, start + step, … <= end, milliseconds; an instant query
  // has start == end and step_ms == 0.
  int64_t start = 0;
  int64_t end = 0;
  int64_t step_ms = 0;
  // 0: the engine's.
  int64_t lookback_delta_ms = 0;
  int64_t timeout_ms = 0;  // may shorten the engine's, not prolong it
  // The coarsest window aggregates that may stand for samples where the answer is
  // the same.
  TierUse tiers = TierUse::kDay;
  bool per_step_stats = false;
  Explain explain = Explain::kNo;
  QueryProgress* progress = nullptr;  // may be null; written until Execute returns
};

struct QueryResult {
  Value value;
  Annotations annotations;
  QueryStats stats;
  std::shared_ptr<const PlanNode> plan;  // as QueryRequest::explain says, or null
};

// Threads: Execute may be called from any thread, many at once.
class Engine {
 public:
  explicit Engine(EngineOptions options);

  // kInvalidArgument     the expression does not parse, or a range query of a
  //                      string or range vector
  // kFailedPrecondition  the query cannot be evaluated (many-to-many matching …)
  //                      or is past max_samples, max_series or max_memory_bytes, or
  //                      cannot end within the timeout; the message says what to change
  // kDeadlineExceeded    past the timeout
  // kCancelled           by `cancellation`
  // or what the storage returned.
  StatusOr<QueryResult> Execute(const QueryRequest& request, const tsdb::Queryable& queryable,
                                Cancellation& cancellation) const;

  const EngineOptions& options() const { return options_; }

 private:
  const EngineOptions options_;
};

}  // namespace tidemark::promql
