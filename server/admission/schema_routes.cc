#include "server/admission/schema_routes.h"

#include <algorithm>
#include <string>
#include <utility>

#include "server/admission/dry_run.h"
#include "server/admission/label_schema.h"
#include "server/api/answer.h"
#include "server/api/params.h"

namespace tidemark::server {
namespace {

constexpr int64_t kDefaultWindowMs = 3'600'000;
constexpr size_t kDefaultFindings = 1000;

using Finding = std::pair<Refusals::PartKey, DryRun::Finding>;

std::vector<Finding> MostSeriesFirst(const DryRun& run) {
  std::vector<Finding> out(run.findings.begin(), run.findings.end());
  std::stable_sort(out.begin(), out.end(), [](const Finding& a, const Finding& b) {
    return a.second.series > b.second.series;
  });
  return out;
}

void WriteCount(std::string_view key, uint64_t count, JsonWriter& json) {
  json.Key(key);
  json.Integer(static_cast<int64_t>(count));
}

void Write(const Finding& finding, JsonWriter& json) {
  const auto& [key, of_key] = finding;
  const std::pair<std::string_view, std::string_view> texts[] = {
      {"reason", RefusalLabel(key.reason)},
      {"mode", key.observed ? "observe" : "reject"},
      {"metric", key.metric},
      {"label", key.label},
      {"example", of_key.example}};
  json.BeginObject();
  for (const auto& [name, text] : texts) {
    json.Key(name);
    json.Text(text);
  }
  WriteCount("series", of_key.series, json);
  json.EndObject();
}

HttpResponse Tell(const LabelSchema& schema, const DryRun& run, size_t limit) {
  SuccessAnswer answer;
  JsonWriter& json = answer.json();
  json.BeginObject();
  WriteCount("version", schema.version(), json);
  WriteCount("rules", schema.rules(), json);
  WriteCount("series", run.series, json);
  WriteCount("rejected", run.rejected, json);
  WriteCount("observed", run.observed, json);
  WriteCount("aggregated", run.aggregated, json);
  WriteCount("outputs", run.outputs, json);
  WriteCount("projected", run.series - run.rejected - run.aggregated + run.outputs, json);
  json.Key("findings");
  json.BeginArray();
  for (const Finding& finding : MostSeriesFirst(run)) {
    if (limit-- == 0) break;
    Write(finding, json);
  }
  json.EndArray();
  json.EndObject();
  return std::move(answer).Finish();
}

StatusOr<HttpResponse> Try(const HttpRequest& request, const std::string& tenant,
                           const tsdb::Storage& storage, int64_t now_ms) {
  if (request.Param("dry_run") != "1") {
    return FailedPrecondition(
        "only dry_run=1 is served; to apply a schema, write it to the file that admission.schema "
        "names, and start the server again");
  }
  if (request.body.empty()) {
    return InvalidArgument(
        "no schema: send its YAML as the body, with a Content-Type like "
        "application/yaml");
  }
  ASSIGN_OR_RETURN(const LabelSchema schema, LabelSchema::Parse(request.body, "schema"));
  ASSIGN_OR_RETURN(const int64_t window, OptionalDurationMs(request, "window", kDefaultWindowMs));
  ASSIGN_OR_RETURN(const size_t limit, Limit(request));
  ASSIGN_OR_RETURN(const DryRun run,
                   TrySchema(schema, tenant, storage, now_ms - window, now_ms, request.hung_up));
  return Tell(schema, run, limit == 0 ? kDefaultFindings : limit);
}

}  // namespace

Route SchemaRoute(bool enabled, TenantSource tenant_source, StorageSource source,
                  const Clock& clock) {
  const auto answer = [=, &clock](const HttpRequest& request) -> StatusOr<HttpResponse> {
    if (!enabled) return Unavailable("admin APIs disabled: set server.admin_api to true");
    const tsdb::Storage* const storage = source();
    if (storage == nullptr) return Unavailable(kStarting);
    ASSIGN_OR_RETURN(const std::string tenant, tenant_source(request));
    return Try(request, tenant, *storage, clock.NowMs());
  };
  // Not in the control lane: it reads the labels of every series.
  return {{"POST", "PUT"},
          "/api/v1/admin/schema",
          Lane::kQuery,
          [answer](const HttpRequest& request, HttpResponse& response) {
            StatusOr<HttpResponse> made = answer(request);
            response = made.ok() ? *std::move(made) : ErrorAnswer(made.status());
          }};
}

}  // namespace tidemark::server
