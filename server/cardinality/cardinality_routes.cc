#include "server/cardinality/cardinality_routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "server/api/json_writer.h"
#include "server/api/value_json.h"
#include "server/cardinality/cardinality_request.h"
#include "server/http_status.h"

namespace tidemark::server {
namespace {

// Selectors of many KiB come as forms.
constexpr size_t kMaxBodyBytes = 1 << 20;

struct Context {
  CardinalityOptions options;
  StorageSource storage;
};

HttpResponse Json(JsonWriter&& json) {
  HttpResponse response;
  response.status = 200;
  response.content_type = "application/json";
  response.body = std::move(json).Take();
  return response;
}

HttpResponse Failed(const Status& status) {
  HttpResponse response;
  response.status = HttpStatusOf(status.code());
  response.content_type = "text/plain; charset=utf-8";
  response.body = std::string(MessageOf(status)) + "\n";
  return response;
}

void WriteCount(JsonWriter& json, std::string_view key, uint64_t count) {
  json.Key(key);
  json.Integer(static_cast<int64_t>(count));
}

StatusOr<tsdb::Storage*> ReadyStorage(const Context& context) {
  tsdb::Storage* const storage = context.storage();
  if (storage == nullptr) return Unavailable(kStarting);
  return storage;
}

// ---------------------------------------------------------------- label_names

HttpResponse LabelNamesAnswer(tsdb::LabelCounts counts, size_t limit) {
  uint64_t values = 0;
  for (const tsdb::LabelCount& label : counts.labels) values += label.values;
  std::stable_sort(
      counts.labels.begin(), counts.labels.end(),
      [](const tsdb::LabelCount& a, const tsdb::LabelCount& b) { return a.values > b.values; });
  JsonWriter json;
  json.BeginObject();
  WriteCount(json, "label_values_count_total", values);
  WriteCount(json, "label_names_count", counts.labels.size());
  json.Key("cardinality");
  json.BeginArray();
  for (size_t i = 0; i < std::min(limit, counts.labels.size()); ++i) {
    json.BeginObject();
    json.Key("label_name");
    json.Label(counts.labels[i].name);
    WriteCount(json, "label_values_count", counts.labels[i].values);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return Json(std::move(json));
}

StatusOr<HttpResponse> LabelNames(const Context& context, const HttpRequest& http) {
  ASSIGN_OR_RETURN(const CardinalityRequest request, ReadCardinalityRequest(http));
  ASSIGN_OR_RETURN(tsdb::Storage* const storage, ReadyStorage(context));
  ASSIGN_OR_RETURN(const std::string tenant, context.options.tenant(http));
  ASSIGN_OR_RETURN(tsdb::LabelCounts counts, storage->CountLabels(tenant, request.matchers, {}, 0));
  return LabelNamesAnswer(std::move(counts), request.limit);
}

// ---------------------------------------------------------------- label_values

void WriteLabel(JsonWriter& json, const tsdb::LabelCount& label) {
  json.BeginObject();
  json.Key("label_name");
  json.Label(label.name);
  WriteCount(json, "label_values_count", label.values);
  WriteCount(json, "series_count", label.series);
  json.Key("cardinality");
  json.BeginArray();
  for (const tsdb::ValueCount& one : label.top) {
    json.BeginObject();
    json.Key("label_value");
    json.Label(one.value);
    WriteCount(json, "series_count", one.series);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

StatusOr<HttpResponse> LabelValues(const Context& context, const HttpRequest& http) {
  if (!http.HasParam("label_names[]")) {
    return InvalidArgument("'label_names[]' param is required");
  }
  ASSIGN_OR_RETURN(const CardinalityRequest request, ReadCardinalityRequest(http));
  ASSIGN_OR_RETURN(tsdb::Storage* const storage, ReadyStorage(context));
  ASSIGN_OR_RETURN(const std::string tenant, context.options.tenant(http));
  ASSIGN_OR_RETURN(
      tsdb::LabelCounts counts,
      storage->CountLabels(tenant, request.matchers, request.label_names, request.limit));
  std::stable_sort(
      counts.labels.begin(), counts.labels.end(),
      [](const tsdb::LabelCount& a, const tsdb::LabelCount& b) { return a.series > b.series; });
  JsonWriter json;
  json.BeginObject();
  WriteCount(json, "series_count_total", counts.all_series);
  json.Key("labels");
  json.BeginArray();
  for (const tsdb::LabelCount& label : counts.labels) WriteLabel(json, label);
  json.EndArray();
  json.EndObject();
  return Json(std::move(json));
}

// ---------------------------------------------------------------- active_series

Status TooMany(size_t limit) {
  return InvalidArgument(fmt::format(
      "more than {} series (query.max_series): ask for fewer with the selector", limit));
}

StatusOr<HttpResponse> ActiveSeries(const Context& context, const HttpRequest& http) {
  if (!http.HasParam("selector")) return InvalidArgument("missing 'selector' parameter");
  ASSIGN_OR_RETURN(const CardinalityRequest request, ReadCardinalityRequest(http));
  ASSIGN_OR_RETURN(tsdb::Storage* const storage, ReadyStorage(context));
  ASSIGN_OR_RETURN(const std::string tenant, context.options.tenant(http));
  const int64_t now = context.options.clock->NowMs();
  const int64_t active = context.options.active_ms;
  ASSIGN_OR_RETURN(const auto querier,
                   storage->NewQuerier(tenant, active == 0 ? 0 : now - active, now));
  tsdb::SelectHints hints;
  hints.start = active == 0 ? 0 : now - active;
  hints.end = now;
  hints.function = "series";  // no samples will be read
  hints.limit = context.options.max_series + 1;
  hints.cancellation = http.hung_up;
  ASSIGN_OR_RETURN(const auto set, querier->Select(request.matchers, hints));
  if (set->size() > context.options.max_series) return TooMany(context.options.max_series);
  JsonWriter json;
  json.BeginObject();
  json.Key("data");
  json.BeginArray();
  for (size_t i = 0; i < set->size(); ++i) WriteLabels(json, set->labels(i));
  json.EndArray();
  json.EndObject();
  return Json(std::move(json));
}

using Handler = StatusOr<HttpResponse> (*)(const Context&, const HttpRequest&);

Route MakeRoute(const std::shared_ptr<const Context>& context, std::string pattern,
                Handler handler) {
  Route route;
  route.methods = {"GET", "POST"};
  route.pattern = std::move(pattern);
  route.lane = Lane::kQuery;
  route.max_body_bytes = kMaxBodyBytes;
  route.handler = [context, handler](const HttpRequest& request, HttpResponse& response) {
    StatusOr<HttpResponse> answer = handler(*context, request);
    response = answer.ok() ? *std::move(answer) : Failed(answer.status());
  };
  return route;
}

}  // namespace

std::vector<Route> CardinalityRoutes(CardinalityOptions options, StorageSource storage) {
  const auto context =
      std::make_shared<const Context>(Context{std::move(options), std::move(storage)});
  return {MakeRoute(context, "/api/v1/cardinality/label_names", LabelNames),
          MakeRoute(context, "/api/v1/cardinality/label_values", LabelValues),
          MakeRoute(context, "/api/v1/cardinality/active_series", ActiveSeries)};
}

}  // namespace tidemark::server
