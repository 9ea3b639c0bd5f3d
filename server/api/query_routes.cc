// query, query_range and query_explain.
#include <fmt/format.h>

#include <type_traits>
#include <utility>
#include <variant>

#include "server/api/answer.h"
#include "server/api/api_context.h"
#include "server/api/params.h"
#include "server/api/stats_json.h"
#include "server/api/value_json.h"
#include "tsdb/base/quote.h"
#include "tsdb/tier/tier_reader.h"

namespace tidemark::server {
namespace {

constexpr int64_t kMaxPoints = 11'000;  // per series of a range query
constexpr size_t kMaxAnnotations = 10;  // warnings, and infos, in one answer

// What both kinds of queries take beside their times, in upstream's order of
// complaint.
struct QueryParams {
  size_t limit = 0;  // series; 0: all
  std::string_view stats;
};

Status ReadTimeout(const HttpRequest& http, promql::QueryRequest& query) {
  ASSIGN_OR_RETURN(query.timeout_ms, OptionalDurationMs(http, "timeout", 0));
  if (!http.Param("timeout").empty() && query.timeout_ms <= 0) {
    return DeadlineExceeded("query timed out in expression evaluation");
  }
  const std::string_view lookback = http.Param("lookback_delta");
  if (lookback.empty()) return OkStatus();
  const StatusOr<int64_t> delta = promql::ParseDurationMs(lookback);
  if (!delta.ok()) {
    return InvalidArgument(
        fmt::format("error parsing lookback delta duration: {}", MessageOf(delta.status())));
  }
  query.lookback_delta_ms = *delta;
  return OkStatus();
}

// Thanos' parameter: the longest windows whose stored aggregates may answer.
Status ReadResolution(const HttpRequest& http, promql::QueryRequest& query) {
  const std::string_view resolution = http.Param("max_source_resolution");
  if (resolution.empty() || resolution == "auto") return OkStatus();
  const StatusOr<int64_t> longest = promql::ParseDurationMs(resolution);
  if (!longest.ok()) {
    return InvalidParameter(
        "max_source_resolution",
        InvalidArgument(fmt::format("expected auto or a duration like 0s, 1h or 1d, got {}",
                                    Quoted(resolution))));
  }
  query.tiers = *longest >= tsdb::TierWindowMs(tsdb::Tier::kDay)    ? promql::TierUse::kDay
                : *longest >= tsdb::TierWindowMs(tsdb::Tier::kHour) ? promql::TierUse::kHour
                                                                    : promql::TierUse::kRaw;
  return OkStatus();
}

// Keeps the first `limit` series; true when there were more.
bool Truncate(promql::Value& value, size_t limit) {
  return std::visit(
      [limit](auto& v) {
        using T = std::decay_t<decltype(v)>;
        if constexpr (std::is_same_v<T, promql::Vector> || std::is_same_v<T, promql::Matrix>) {
          if (v.series.size() <= limit) return false;
          v.series.resize(limit);
          return true;
        }
        return false;
      },
      value);
}

void WritePlanFields(JsonWriter& json, const promql::PlanNode& plan, promql::Explain explain) {
  json.Key("plan");
  WritePlan(json, plan, explain == promql::Explain::kAnalyze);
  json.Key("planText");
  json.Text(promql::PlanText(plan));
}

// Long answers take seconds to write, too.
Status WriteData(JsonWriter& json, const promql::QueryResult& result,
                 const promql::QueryRequest& query, const QueryParams& params,
                 const Cancellation& hung_up) {
  json.BeginObject();
  json.Key("resultType");
  json.Text(promql::ValueTypeName(promql::TypeOf(result.value)));
  json.Key("result");
  RETURN_IF_ERROR(WriteValue(json, result.value, hung_up));
  if (!params.stats.empty()) {
    json.Key("stats");
    WriteStats(json, result.stats, {query.start, query.step_ms});
  }
  if (result.plan != nullptr) WritePlanFields(json, *result.plan, query.explain);
  json.EndObject();
  return OkStatus();
}

StatusOr<HttpResponse> Answer(promql::QueryResult result, const promql::QueryRequest& query,
                              const QueryParams& params, const Cancellation& hung_up) {
  SuccessAnswer answer;
  if (params.limit > 0 && Truncate(result.value, params.limit)) {
    answer.AddWarning("results truncated due to limit");
  }
  if (!params.stats.empty() && params.stats != "true" && params.stats != "all") {
    answer.AddWarning(fmt::format(
        "value {} for parameter \"stats\" is deprecated and will be rejected in the next major "
        "release, use \"true\" or \"all\"",
        Quoted(params.stats)));
  }
  RETURN_IF_ERROR(WriteData(answer.json(), result, query, params, hung_up));
  answer.AddWarnings(result.annotations.Warnings(query.expr, kMaxAnnotations));
  answer.AddInfos(result.annotations.Infos(query.expr, kMaxAnnotations));
  return std::move(answer).Finish();
}

StatusOr<HttpResponse> Run(const ApiContext& context, const HttpRequest& http,
                           promql::QueryRequest query, size_t limit) {
  RETURN_IF_ERROR(ReadTimeout(http, query));
  RETURN_IF_ERROR(ReadResolution(http, query));
  ASSIGN_OR_RETURN(Scope scope, ScopeOf(context, http));
  query.expr = http.Param("query");
  query.tenant = std::move(scope.tenant);

  const std::string_view stats = http.Param("stats");
  query.per_step_stats = stats == "all";
  if (query.explain == promql::Explain::kNo && http.Param("explain") == "1") {
    query.explain = promql::Explain::kAnalyze;
  }

  StatusOr<promql::QueryResult> result = context.execute(query, *scope.storage, http);
  if (result.status().code() == StatusCode::kInvalidArgument) {
    return InvalidParameter("query", result.status());
  }
  if (!result.ok()) return result.status();
  return Answer(*std::move(result), query, {limit, stats}, *http.hung_up);
}

StatusOr<promql::QueryRequest> InstantRequest(const ApiContext& context, const HttpRequest& http) {
  promql::QueryRequest query;
  ASSIGN_OR_RETURN(query.start, OptionalTime(http, "time", context.options.clock->NowMs()));
  query.end = query.start;
  return query;
}

StatusOr<HttpResponse> InstantQuery(const ApiContext& context, const HttpRequest& http) {
  ASSIGN_OR_RETURN(const size_t limit, Limit(http));
  ASSIGN_OR_RETURN(promql::QueryRequest query, InstantRequest(context, http));
  return Run(context, http, std::move(query), limit);
}

Status CheckRange(const promql::QueryRequest& query) {
  if (query.step_ms <= 0) {
    return InvalidParameter(
        "step", InvalidArgument("zero or negative query resolution step widths are not accepted. "
                                "Try a positive integer"));
  }
  // Of times as far apart as they can be, the difference is no int64.
  const uint64_t range = static_cast<uint64_t>(query.end) - static_cast<uint64_t>(query.start);
  if (range / static_cast<uint64_t>(query.step_ms) > kMaxPoints) {
    return InvalidArgument(
        "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query "
        "resolution (?step=XX)");
  }
  return OkStatus();
}

StatusOr<promql::QueryRequest> RangeRequest(const HttpRequest& http) {
  promql::QueryRequest query;
  ASSIGN_OR_RETURN(query.start, RequiredTime(http, "start"));
  ASSIGN_OR_RETURN(query.end, RequiredTime(http, "end"));
  if (query.end < query.start) {
    return InvalidParameter("end", InvalidArgument("end timestamp must not be before start time"));
  }
  ASSIGN_OR_RETURN(query.step_ms, RequiredDurationMs(http, "step"));
  RETURN_IF_ERROR(CheckRange(query));
  return query;
}

StatusOr<HttpResponse> RangeQuery(const ApiContext& context, const HttpRequest& http) {
  ASSIGN_OR_RETURN(const size_t limit, Limit(http));
  ASSIGN_OR_RETURN(promql::QueryRequest query, RangeRequest(http));
  return Run(context, http, std::move(query), limit);
}

// A range query when it has a start, an instant query otherwise.
StatusOr<HttpResponse> ExplainQuery(const ApiContext& context, const HttpRequest& http) {
  ASSIGN_OR_RETURN(promql::QueryRequest query,
                   http.HasParam("start") ? RangeRequest(http) : InstantRequest(context, http));
  query.explain =
      http.Param("analyze") == "true" ? promql::Explain::kAnalyze : promql::Explain::kPlan;
  query.expr = http.Param("query");
  RETURN_IF_ERROR(ReadTimeout(http, query));
  RETURN_IF_ERROR(ReadResolution(http, query));
  ASSIGN_OR_RETURN(Scope scope, ScopeOf(context, http));
  query.tenant = std::move(scope.tenant);
  const StatusOr<promql::QueryResult> result = context.execute(query, *scope.storage, http);
  if (result.status().code() == StatusCode::kInvalidArgument) {
    return InvalidParameter("query", result.status());
  }
  if (!result.ok()) return result.status();
  const promql::PlanNode of_constant;
  SuccessAnswer answer;
  answer.json().BeginObject();
  WritePlanFields(answer.json(), result->plan == nullptr ? of_constant : *result->plan,
                  query.explain);
  answer.json().EndObject();
  return std::move(answer).Finish();
}

}  // namespace

std::vector<Route> QueryRoutes(const ApiContextPtr& context) {
  return {ApiRoute(context, "/api/v1/query", InstantQuery),
          ApiRoute(context, "/api/v1/query_range", RangeQuery),
          ApiRoute(context, "/api/v1/query_explain", ExplainQuery)};
}

}  // namespace tidemark::server
