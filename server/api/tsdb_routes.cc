// status/tsdb and status/tsdb/blocks.
#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "server/api/answer.h"
#include "server/api/api_context.h"
#include "server/api/tsdb_status.h"

namespace tidemark::server {
namespace {

constexpr size_t kDefaultLimit = 10;
constexpr size_t kMaxLimit = 10'000;

// What counts as active, as Prometheus' head does.
constexpr int64_t kActiveMs = 2 * 3'600'000LL;

StatusOr<size_t> ReadLimit(const HttpRequest& http) {
  const std::string_view text = http.Param("limit");
  if (text.empty()) return kDefaultLimit;
  int64_t limit = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (stop != text.data() + text.size() || error != std::errc() || limit < 1) {
    return InvalidArgument("limit must be a positive number");
  }
  if (limit > static_cast<int64_t>(kMaxLimit)) {
    return InvalidArgument(fmt::format("limit must not exceed {}", kMaxLimit));
  }
  return static_cast<size_t>(limit);
}

tsdb::TenantStats StatsOf(const tsdb::Storage& storage, const std::string& tenant) {
  for (tsdb::TenantStats& stats : storage.Stats()) {
    if (stats.tenant == tenant) return std::move(stats);
  }
  return {};
}

void Write(JsonWriter& json, std::string_view key, const std::vector<NamedCount>& counts) {
  json.Key(key);
  json.BeginArray();
  for (const NamedCount& one : counts) {
    json.BeginObject();
    json.Key("name");
    json.Text(one.name);
    json.Key("value");
    json.Integer(static_cast<int64_t>(one.count));
    json.EndObject();
  }
  json.EndArray();
}

// A series that is not sealed yet has one open chunk.
void WriteHead(JsonWriter& json, const TsdbStatus& status, const tsdb::TenantStats& stats) {
  json.Key("headStats");
  json.BeginObject();
  const std::pair<std::string_view, int64_t> kFields[] = {
      {"numSeries", static_cast<int64_t>(status.series)},
      {"numLabelPairs", static_cast<int64_t>(status.label_pairs)},
      {"chunkCount", static_cast<int64_t>(stats.head_series)},
      {"minTime", stats.min_time},
      {"maxTime", stats.max_time},
  };
  for (const auto& [key, value] : kFields) {
    json.Key(key);
    json.Integer(value);
  }
  json.EndObject();
}

StatusOr<HttpResponse> TsdbStatusAnswer(const ApiContext& context, const HttpRequest& http) {
  ASSIGN_OR_RETURN(const size_t limit, ReadLimit(http));
  ASSIGN_OR_RETURN(const Scope scope, ScopeOf(context, http));
  const int64_t now = context.options.clock->NowMs();
  ASSIGN_OR_RETURN(const auto querier,
                   scope.storage->NewQuerier(scope.tenant, now - kActiveMs, now));
  ASSIGN_OR_RETURN(const TsdbStatus status,
                   ReadTsdbStatus(*querier, now - kActiveMs, now, limit, *http.hung_up));
  SuccessAnswer answer;
  JsonWriter& json = answer.json();
  json.BeginObject();
  WriteHead(json, status, StatsOf(*scope.storage, scope.tenant));
  Write(json, "seriesCountByMetricName", status.series_by_metric);
  Write(json, "labelValueCountByLabelName", status.values_by_label);
  Write(json, "memoryInBytesByLabelName", status.bytes_by_label);
  Write(json, "seriesCountByLabelValuePair", status.series_by_pair);
  json.EndObject();
  return std::move(answer).Finish();
}

// Blocks of series by day are no blocks of Prometheus'.
StatusOr<HttpResponse> Blocks(const ApiContext&, const HttpRequest&) {
  SuccessAnswer answer;
  answer.json().BeginObject();
  answer.json().Key("blocks");
  answer.json().BeginArray();
  answer.json().EndArray();
  answer.json().EndObject();
  return std::move(answer).Finish();
}

}  // namespace

std::vector<Route> TsdbRoutes(const ApiContextPtr& context) {
  return {ApiRoute(context, "/api/v1/status/tsdb", TsdbStatusAnswer),
          ApiRoute(context, "/api/v1/status/tsdb/blocks", Blocks)};
}

}  // namespace tidemark::server
