// query and query_range.
#include <fmt/format.h>

#include <chrono>
#include <type_traits>
#include <utility>
#include <variant>

#include "server/api/answer.h"
#include "server/api/api_context.h"
#include "server/api/params.h"
#include "server/api/value_json.h"
#include "tsdb/base/quote.h"

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

void WriteStats(JsonWriter& json, const promql::QueryStats& stats, double seconds) {
  json.Key("stats");
  json.BeginObject();
  json.Key("timings");
  json.BeginObject();
  json.Key("evalTotalTime");
  json.Number(seconds);
  json.Key("execTotalTime");
  json.Number(seconds);
  json.EndObject();
  json.Key("samples");
  json.BeginObject();
  json.Key("totalQueryableSamples");
  json.Integer(static_cast<int64_t>(stats.total_samples));
  json.Key("peakSamples");
  json.Integer(static_cast<int64_t>(stats.peak_samples));
  json.EndObject();
  json.EndObject();
}

void WriteData(JsonWriter& json, const promql::QueryResult& result, const QueryParams& params,
               double seconds) {
  json.BeginObject();
  json.Key("resultType");
  json.Text(promql::ValueTypeName(promql::TypeOf(result.value)));
  json.Key("result");
  WriteValue(json, result.value);
  if (!params.stats.empty()) WriteStats(json, result.stats, seconds);
  json.EndObject();
}

HttpResponse Answer(promql::QueryResult result, const promql::QueryRequest& query,
                    const QueryParams& params, double seconds) {
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
  WriteData(answer.json(), result, params, seconds);
  answer.AddWarnings(result.annotations.Warnings(query.expr, kMaxAnnotations));
  answer.AddInfos(result.annotations.Infos(query.expr, kMaxAnnotations));
  return std::move(answer).Finish();
}

StatusOr<HttpResponse> Run(const ApiContext& context, const HttpRequest& http,
                           promql::QueryRequest query, size_t limit) {
  RETURN_IF_ERROR(ReadTimeout(http, query));
  ASSIGN_OR_RETURN(Scope scope, ScopeOf(context, http));
  query.expr = http.Param("query");
  query.tenant = std::move(scope.tenant);

  const int64_t start_ns = context.options.clock->MonotonicNs();
  StatusOr<promql::QueryResult> result = context.execute(query, *scope.storage, *http.hung_up);
  const int64_t end_ns = context.options.clock->MonotonicNs();
  if (result.status().code() == StatusCode::kInvalidArgument) {
    return InvalidParameter("query", result.status());
  }
  if (!result.ok()) return result.status();
  return Answer(*std::move(result), query, {limit, http.Param("stats")},
                static_cast<double>(end_ns - start_ns) * 1e-9);
}

StatusOr<HttpResponse> InstantQuery(const ApiContext& context, const HttpRequest& http) {
  promql::QueryRequest query;
  ASSIGN_OR_RETURN(const size_t limit, Limit(http));
  ASSIGN_OR_RETURN(query.start, OptionalTime(http, "time", context.options.clock->NowMs()));
  query.end = query.start;
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

StatusOr<HttpResponse> RangeQuery(const ApiContext& context, const HttpRequest& http) {
  promql::QueryRequest query;
  ASSIGN_OR_RETURN(const size_t limit, Limit(http));
  ASSIGN_OR_RETURN(query.start, RequiredTime(http, "start"));
  ASSIGN_OR_RETURN(query.end, RequiredTime(http, "end"));
  if (query.end < query.start) {
    return InvalidParameter("end", InvalidArgument("end timestamp must not be before start time"));
  }
  ASSIGN_OR_RETURN(query.step_ms, RequiredDurationMs(http, "step"));
  RETURN_IF_ERROR(CheckRange(query));
  return Run(context, http, std::move(query), limit);
}

}  // namespace

std::vector<Route> QueryRoutes(const ApiContextPtr& context) {
  return {ApiRoute(context, "/api/v1/query", InstantQuery),
          ApiRoute(context, "/api/v1/query_range", RangeQuery)};
}

}  // namespace tidemark::server
