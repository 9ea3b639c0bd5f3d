// metadata and query_exemplars: what is stored beside samples.
#include <fmt/format.h>

#include <charconv>
#include <map>
#include <utility>

#include "promql/parser/parse.h"
#include "promql/parser/selectors.h"
#include "server/api/answer.h"
#include "server/api/api_context.h"
#include "server/api/params.h"
#include "server/api/value_json.h"

namespace tidemark::server {
namespace {

std::string_view TypeName(tsdb::MetricType type) {
  constexpr std::string_view kNames[] = {"unknown",        "counter", "gauge", "histogram",
                                         "gaugehistogram", "summary", "info",  "stateset"};
  return kNames[static_cast<size_t>(type)];
}

// A number of any sign; `absent` where there is none.
StatusOr<int64_t> ReadNumber(const HttpRequest& http, std::string_view name, int64_t absent) {
  const std::string_view text = http.Param(name);
  if (text.empty()) return absent;
  int64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (stop != text.data() + text.size() || error != std::errc()) {
    return InvalidArgument(fmt::format("{} must be a number", name));
  }
  return value;
}

void WriteMetadata(JsonWriter& json, const tsdb::Metadata& metadata) {
  json.BeginArray();
  json.BeginObject();
  json.Key("type");
  json.Text(TypeName(metadata.type));
  json.Key("unit");
  json.Text(metadata.unit);
  json.Key("help");
  json.Text(metadata.help);
  json.EndObject();
  json.EndArray();
}

// {"up":[{"type":"gauge","unit":"","help":"…"}]}; one entry a metric, so that
// limit_per_metric never leaves anything out.
StatusOr<HttpResponse> Metadata(const ApiContext& context, const HttpRequest& http) {
  ASSIGN_OR_RETURN(const int64_t limit, ReadNumber(http, "limit", -1));
  RETURN_IF_ERROR(ReadNumber(http, "limit_per_metric", -1).status());
  ASSIGN_OR_RETURN(const Scope scope, ScopeOf(context, http));
  const std::string_view only = http.Param("metric");
  SuccessAnswer answer;
  int64_t written = 0;
  answer.json().BeginObject();
  for (const auto& [metric, metadata] : scope.storage->MetricMetadata(scope.tenant)) {
    if (!only.empty() && metric != only) continue;
    if (limit >= 0 && written == limit) {
      answer.AddWarning("results truncated due to limit");
      break;
    }
    answer.json().TextKey(metric);
    WriteMetadata(answer.json(), metadata);
    ++written;
  }
  answer.json().EndObject();
  return std::move(answer).Finish();
}

using ExemplarsBySeries = std::map<tsdb::Labels, std::vector<tsdb::Exemplar>>;

void WriteExemplars(JsonWriter& json, const std::vector<tsdb::Exemplar>& exemplars) {
  json.BeginArray();
  for (const tsdb::Exemplar& exemplar : exemplars) {
    json.BeginObject();
    json.Key("labels");
    WriteLabels(json, exemplar.labels);
    json.Key("value");
    json.QuotedFloat(exemplar.value);
    json.Key("timestamp");
    json.Timestamp(exemplar.t);
    json.EndObject();
  }
  json.EndArray();
}

HttpResponse ExemplarsAnswer(const ExemplarsBySeries& found) {
  SuccessAnswer answer;
  answer.json().BeginArray();
  for (const auto& [labels, exemplars] : found) {
    answer.json().BeginObject();
    answer.json().Key("seriesLabels");
    WriteLabels(answer.json(), labels);
    answer.json().Key("exemplars");
    WriteExemplars(answer.json(), exemplars);
    answer.json().EndObject();
  }
  answer.json().EndArray();
  return std::move(answer).Finish();
}

StatusOr<HttpResponse> QueryExemplars(const ApiContext& context, const HttpRequest& http) {
  ASSIGN_OR_RETURN(const int64_t start, OptionalTime(http, "start", kMinTimeMs));
  ASSIGN_OR_RETURN(const int64_t end, OptionalTime(http, "end", kMaxTimeMs));
  if (end < start) return InvalidArgument("end timestamp must not be before start timestamp");
  ASSIGN_OR_RETURN(const promql::ExprPtr expr,
                   promql::ParseExpr(http.Param("query"), context.parser));
  ASSIGN_OR_RETURN(const Scope scope, ScopeOf(context, http));
  ExemplarsBySeries found;
  for (const promql::VectorSelector* selector : promql::SelectorsOf(*expr)) {
    ASSIGN_OR_RETURN(auto some,
                     scope.storage->Exemplars(scope.tenant, selector->matchers, start, end));
    for (tsdb::SeriesExemplars& series : some) {
      found.try_emplace(std::move(series.labels), std::move(series.exemplars));
    }
  }
  return ExemplarsAnswer(found);
}

}  // namespace

std::vector<Route> MetadataRoutes(const ApiContextPtr& context) {
  return {ApiRoute(context, "/api/v1/metadata", Metadata),
          ApiRoute(context, "/api/v1/query_exemplars", QueryExemplars)};
}

}  // namespace tidemark::server
