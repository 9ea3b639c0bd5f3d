#include "server/cardinality/overview.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "server/api/answer.h"
#include "server/api/params.h"

namespace tidemark::server {
namespace {

constexpr size_t kDefaultLimit = 20;
constexpr size_t kMaxLimit = 500;
constexpr size_t kMaxBodyBytes = 1 << 20;

struct Request {
  std::vector<tsdb::Matcher> matchers;
  std::string focus;
  size_t limit = kDefaultLimit;
};

StatusOr<Request> ReadRequest(const HttpRequest& http) {
  Request out;
  ASSIGN_OR_RETURN(MatcherSets sets, ParseMatchers(http));
  if (sets.size() > 1) return InvalidArgument("only one match[] is taken here");
  if (!sets.empty()) out.matchers = std::move(sets[0]);
  out.focus = http.Param("focus");
  const std::string_view text = http.Param("limit");
  if (text.empty()) return out;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), out.limit);
  if (stop != text.data() + text.size() || error != std::errc() || out.limit > kMaxLimit) {
    return InvalidArgument("limit must be a number from 0 to 500");
  }
  return out;
}

void WriteCount(JsonWriter& json, std::string_view key, uint64_t count) {
  json.Key(key);
  json.Integer(static_cast<int64_t>(count));
}

// [{"<key>":value,"series":n},…]
void WriteTop(JsonWriter& json, std::string_view key, const std::vector<tsdb::ValueCount>& top) {
  json.BeginArray();
  for (const tsdb::ValueCount& one : top) {
    json.BeginObject();
    json.Key(key);
    json.Label(one.value);
    WriteCount(json, "series", one.series);
    json.EndObject();
  }
  json.EndArray();
}

// Open, for more keys.
void BeginLabel(JsonWriter& json, const tsdb::LabelCount& label) {
  json.BeginObject();
  json.Key("name");
  json.Label(label.name);
  WriteCount(json, "values", label.values);
  WriteCount(json, "series", label.series);
}

void WriteLabels(JsonWriter& json, std::vector<tsdb::LabelCount> labels, size_t limit) {
  std::stable_sort(
      labels.begin(), labels.end(),
      [](const tsdb::LabelCount& a, const tsdb::LabelCount& b) { return a.values > b.values; });
  json.Key("labels");
  json.BeginArray();
  for (size_t i = 0; i < std::min(limit, labels.size()); ++i) {
    BeginLabel(json, labels[i]);
    json.EndObject();
  }
  json.EndArray();
}

// At the pace of the last hour; new series stop at the reserve.
void WriteForecast(JsonWriter& json, const BudgetUse& use) {
  json.Key("growthLastHour");
  json.Integer(use.growth);
  const uint64_t room = use.limit.hard - use.reserve;
  if (use.limit.hard == 0 || use.growth <= 0 || use.used >= room) return;
  json.Key("exhaustedInSeconds");
  json.Integer(static_cast<int64_t>(3600.0 * static_cast<double>(room - use.used) /
                                    static_cast<double>(use.growth)));
}

void WriteBudget(JsonWriter& json, const std::vector<BudgetUse>& budget) {
  json.Key("budget");
  json.BeginArray();
  for (const BudgetUse& use : budget) {
    json.BeginObject();
    json.Key("limit");
    json.Text(BudgetKindName(use.kind));
    json.Key("label");
    json.Label(use.label);
    json.Key("metrics");
    json.Text(use.metrics);
    WriteCount(json, "used", use.used);
    WriteCount(json, "soft", use.limit.soft);
    WriteCount(json, "hard", use.limit.hard);
    WriteCount(json, "reserve", use.reserve);
    if (use.limit.hard != 0) {
      json.Key("usedRatio");
      json.Number(static_cast<double>(use.used) / static_cast<double>(use.limit.hard));
    }
    if (use.kind == BudgetKind::kTenant) WriteForecast(json, use);
    json.EndObject();
  }
  json.EndArray();
}

const tsdb::LabelCount* Find(const tsdb::LabelCounts& counts, std::string_view name) {
  for (const tsdb::LabelCount& label : counts.labels) {
    if (label.name == name) return &label;
  }
  return nullptr;
}

StatusOr<HttpResponse> Overview(const HttpRequest& http, const TenantSource& tenant_of,
                                tsdb::Storage* storage, const Budget* budget) {
  ASSIGN_OR_RETURN(const Request request, ReadRequest(http));
  if (storage == nullptr) return Unavailable(kStarting);
  ASSIGN_OR_RETURN(const std::string tenant, tenant_of(http));
  ASSIGN_OR_RETURN(tsdb::LabelCounts counts,
                   storage->CountLabels(tenant, request.matchers, {}, request.limit));
  SuccessAnswer answer;
  JsonWriter& json = answer.json();
  json.BeginObject();
  WriteCount(json, "activeSeries", counts.all_series);
  WriteCount(json, "matchingSeries", counts.series);
  json.Key("metrics");
  const tsdb::LabelCount* const metrics = Find(counts, tsdb::kMetricName);
  WriteTop(json, "name", metrics == nullptr ? std::vector<tsdb::ValueCount>() : metrics->top);
  if (!request.focus.empty()) {
    const tsdb::LabelCount* const found = Find(counts, request.focus);
    const tsdb::LabelCount focus =
        found == nullptr ? tsdb::LabelCount{request.focus, 0, 0, {}} : *found;
    json.Key("focus");
    BeginLabel(json, focus);
    json.Key("top");
    WriteTop(json, "value", focus.top);
    json.EndObject();
  }
  WriteLabels(json, std::move(counts.labels), request.limit);
  WriteBudget(json, budget == nullptr ? std::vector<BudgetUse>() : budget->Usage(tenant));
  json.EndObject();
  return std::move(answer).Finish();
}

}  // namespace

Route OverviewRoute(TenantSource tenant, StorageSource storage,
                    std::shared_ptr<const Budget> budget) {
  Route route;
  route.methods = {"GET", "POST"};
  route.pattern = "/api/v1/cardinality";
  route.lane = Lane::kQuery;
  route.max_body_bytes = kMaxBodyBytes;
  route.handler = [tenant = std::move(tenant), storage = std::move(storage),
                   budget = std::move(budget)](const HttpRequest& http, HttpResponse& response) {
    StatusOr<HttpResponse> answer = Overview(http, tenant, storage(), budget.get());
    response = answer.ok() ? *std::move(answer) : ErrorAnswer(answer.status());
  };
  return route;
}

}  // namespace tidemark::server
