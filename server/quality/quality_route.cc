#include "server/quality/quality_route.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <utility>

#include "server/api/answer.h"
#include "server/api/params.h"
#include "server/api/value_json.h"
#include "server/quality/quality_summary.h"
#include "tsdb/base/cancellation.h"

namespace tidemark::server {
namespace {

constexpr int64_t kDayMs = 86'400'000;
constexpr size_t kDefaultLimit = 100;
constexpr size_t kMaxBodyBytes = 1 << 20;

struct Request {
  MatcherSets matchers;
  int64_t start;
  int64_t end;
  size_t limit;
};

StatusOr<Request> Read(const HttpRequest& http, int64_t now) {
  Request out;
  ASSIGN_OR_RETURN(out.matchers, ParseMatchers(http));
  if (out.matchers.empty()) return InvalidArgument("no match[] parameter provided");
  ASSIGN_OR_RETURN(out.end, OptionalTime(http, "end", now));
  ASSIGN_OR_RETURN(out.start, OptionalTime(http, "start", out.end - kDayMs));
  if (out.end < out.start) {
    return InvalidParameter("end", InvalidArgument("end timestamp must not be before start time"));
  }
  ASSIGN_OR_RETURN(const size_t limit, Limit(http));
  out.limit = limit == 0 ? kDefaultLimit : limit;
  return out;
}

// A series that several selectors find is there once.
StatusOr<tsdb::QualityReport> Find(const tsdb::Storage& storage, const std::string& tenant,
                                   const Request& request, const Cancellation* cancellation) {
  tsdb::QualityReport all;
  all.complete_until = request.end;
  for (const auto& matchers : request.matchers) {
    ASSIGN_OR_RETURN(auto found,
                     storage.Quality(tenant, matchers, request.start, request.end, cancellation));
    all.complete_until = std::min(all.complete_until, found.complete_until);
    std::move(found.series.begin(), found.series.end(), std::back_inserter(all.series));
  }
  const auto less = [](const auto& a, const auto& b) { return a.labels < b.labels; };
  const auto same = [](const auto& a, const auto& b) { return a.labels == b.labels; };
  std::sort(all.series.begin(), all.series.end(), less);
  all.series.erase(std::unique(all.series.begin(), all.series.end(), same), all.series.end());
  return all;
}

void WriteCount(JsonWriter& json, std::string_view key, uint64_t count) {
  json.Key(key);
  json.Integer(static_cast<int64_t>(count));
}

void Write(JsonWriter& json, const std::string& name, const MetricQuality& metric) {
  json.BeginObject();
  json.Key("metric");
  json.Label(name);
  const std::pair<std::string_view, uint64_t> counts[] = {
      {"series", metric.series},       {"expected", metric.expected},
      {"found", metric.found},         {"gap_minutes", metric.gap_minutes},
      {"resets", metric.resets},       {"nans", metric.nans},
      {"negatives", metric.negatives}, {"bad_counts", metric.bad_counts},
      {"future", metric.future},
  };
  for (const auto& [key, count] : counts) WriteCount(json, key, count);
  json.Key("completeness");
  json.Number(metric.completeness());
  json.EndObject();
}

void WriteTime(JsonWriter& json, std::string_view key, int64_t t) {
  json.Key(key);
  json.Timestamp(t);
}

void Write(JsonWriter& json, const QualityGap& gap) {
  json.BeginObject();
  json.Key("labels");
  WriteLabels(json, *gap.labels);
  WriteTime(json, "from", gap.from);
  WriteTime(json, "to", gap.to);
  WriteCount(json, "minutes", gap.minutes);
  json.EndObject();
}

void Write(JsonWriter& json, const QualityAnomaly& anomaly) {
  json.BeginObject();
  json.Key("labels");
  WriteLabels(json, *anomaly.labels);
  WriteTime(json, "hour", anomaly.hour_end);
  json.Key("kind");
  json.Text(anomaly.kind);
  WriteCount(json, "samples", anomaly.samples);
  json.EndObject();
}

template <typename T>
void WriteFirst(SuccessAnswer& answer, std::string_view key, const std::vector<T>& all,
                size_t limit) {
  JsonWriter& json = answer.json();
  json.Key(key);
  json.BeginArray();
  for (size_t i = 0; i < std::min(limit, all.size()); ++i) Write(json, all[i]);
  json.EndArray();
  if (all.size() > limit) answer.AddWarning("results truncated due to limit");
}

HttpResponse Answer(const QualitySummary& summary, int64_t complete_until, size_t limit) {
  SuccessAnswer answer;
  JsonWriter& json = answer.json();
  json.BeginObject();
  WriteTime(json, "complete_until", complete_until);
  json.Key("metrics");
  json.BeginArray();
  for (const auto& [name, metric] : summary.metrics) Write(json, name, metric);
  json.EndArray();
  WriteFirst(answer, "gaps", summary.gaps, limit);
  WriteFirst(answer, "anomalies", summary.anomalies, limit);
  json.EndObject();
  return std::move(answer).Finish();
}

}  // namespace

Route QualityRoute(QualityOptions options, StorageSource source) {
  const auto answer = [=](const HttpRequest& http) -> StatusOr<HttpResponse> {
    tsdb::Storage* const storage = source();
    if (storage == nullptr) return Unavailable(kStarting);
    ASSIGN_OR_RETURN(const std::string tenant, options.tenant(http));
    const int64_t now = options.clock->NowMs();
    ASSIGN_OR_RETURN(const Request request, Read(http, now));
    ASSIGN_OR_RETURN(const auto report, Find(*storage, tenant, request, http.hung_up));
    const auto summary = QualitySummary::Of(report, request.start, request.end, now,
                                            storage->MetricMetadata(tenant));
    return Answer(summary, std::min(report.complete_until, now), request.limit);
  };
  Route route;
  route.methods = {"GET", "POST"};
  route.pattern = "/api/v1/quality";
  route.lane = Lane::kQuery;
  route.max_body_bytes = kMaxBodyBytes;
  route.handler = [answer](const HttpRequest& request, HttpResponse& response) {
    StatusOr<HttpResponse> made = answer(request);
    response = made.ok() ? *std::move(made) : ErrorAnswer(made.status());
  };
  return route;
}

}  // namespace tidemark::server
