#include "server/admission/rejections_route.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "server/api/answer.h"
#include "server/config/values.h"

namespace tidemark::server {
namespace {

constexpr uint64_t kDefaultLimit = 1000;

void Write(const Ledger::Entry& entry, JsonWriter& json) {
  json.BeginObject();
  const std::pair<std::string_view, std::string_view> texts[] = {
      {"sender", entry.sender},
      {"reason", RefusalLabel(entry.reason)},
      {"mode", entry.observed ? "observe" : "reject"},
      {"metric", entry.metric},
      {"label", entry.label},
      {"example", entry.example}};
  for (const auto& [key, text] : texts) {
    json.Key(key);
    json.Text(text);
  }
  json.Key("count");
  json.Integer(static_cast<int64_t>(entry.count));
  json.Key("first");
  json.Timestamp(entry.first_ms);
  json.Key("last");
  json.Timestamp(entry.last_ms);
  json.EndObject();
}

StatusOr<HttpResponse> Answer(const HttpRequest& request, const std::string& tenant,
                              const Ledger& ledger) {
  uint64_t left = kDefaultLimit;
  if (request.HasParam("limit")) {
    const StatusOr<uint64_t> limit = ParseCount(request.Param("limit"));
    if (!limit.ok()) {
      return InvalidArgument(
          fmt::format("invalid parameter \"limit\": {}", MessageOf(limit.status())));
    }
    left = *limit;
  }
  SuccessAnswer answer;
  answer.json().BeginObject();
  answer.json().Key("rejections");
  answer.json().BeginArray();
  const std::string_view reason = request.Param("reason");
  for (const Ledger::Entry& entry : ledger.Entries(tenant)) {
    if (!reason.empty() && reason != RefusalLabel(entry.reason)) continue;
    if (left == 0) break;
    --left;
    Write(entry, answer.json());
  }
  answer.json().EndArray();
  answer.json().EndObject();
  return std::move(answer).Finish();
}

}  // namespace

Route RejectionsRoute(bool enabled, TenantSource source, std::shared_ptr<const Ledger> ledger) {
  const auto answer = [=](const HttpRequest& request) -> StatusOr<HttpResponse> {
    if (!enabled) return Unavailable("admin APIs disabled: set server.admin_api to true");
    ASSIGN_OR_RETURN(const std::string tenant, source(request));
    return Answer(request, tenant, *ledger);
  };
  return {{"GET"},
          "/api/v1/admin/rejections",
          Lane::kControl,
          [answer](const HttpRequest& request, HttpResponse& response) {
            StatusOr<HttpResponse> made = answer(request);
            response = made.ok() ? *std::move(made) : ErrorAnswer(made.status());
          }};
}

}  // namespace tidemark::server
