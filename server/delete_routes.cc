#include "server/delete_routes.h"

#include <memory>
#include <span>
#include <string>
#include <utility>

#include "server/api/answer.h"
#include "server/api/params.h"
#include "server/mask_digits.h"
#include "tsdb/base/log.h"

namespace tidemark::server {
namespace {

struct Sources {
  bool enabled;
  TenantSource tenant;
  StorageSource storage;
};

StatusOr<tsdb::Storage*> ReadyStorage(const Sources& sources) {
  if (!sources.enabled) return Unavailable("admin APIs disabled: set server.admin_api to true");
  tsdb::Storage* const storage = sources.storage();
  if (storage == nullptr) return Unavailable(kStarting);
  return storage;
}

std::string ToString(std::span<const tsdb::Matcher> matchers) {
  std::string out;
  for (const tsdb::Matcher& matcher : matchers) {
    out += (out.empty() ? "{" : ",") + matcher.ToString();
  }
  return MaskDigits(out + "}");
}

Status DeleteSeries(const Sources& sources, const HttpRequest& request) {
  ASSIGN_OR_RETURN(tsdb::Storage* const storage, ReadyStorage(sources));
  ASSIGN_OR_RETURN(const std::string tenant, sources.tenant(request));
  if (!request.HasParam("match[]")) return InvalidArgument("no match[] parameter provided");
  ASSIGN_OR_RETURN(const int64_t start, OptionalTime(request, "start", kMinTimeMs));
  ASSIGN_OR_RETURN(const int64_t end, OptionalTime(request, "end", kMaxTimeMs));
  const StatusOr<MatcherSets> sets = ParseMatchers(request);
  if (!sets.ok()) return InvalidParameter("match[]", sets.status());
  for (const auto& matchers : *sets) {
    ASSIGN_OR_RETURN(const tsdb::DeleteReport report,
                     storage->Delete(tenant, matchers, start, end));
    Log(LogLevel::kInfo, "samples were deleted",
        {{"client", request.remote_addr},
         {"tenant", tenant},
         {"match", ToString(matchers)},
         {"start_ms", start},
         {"end_ms", end},
         {"series", report.series}});
  }
  return OkStatus();
}

Status CleanTombstones(const Sources& sources, const HttpRequest&) {
  ASSIGN_OR_RETURN(tsdb::Storage* const storage, ReadyStorage(sources));
  return storage->CleanTombstones();
}

// Not in the control lane: they take as long as there is work.
Route Admin(std::string path, std::shared_ptr<const Sources> sources,
            Status (*act)(const Sources&, const HttpRequest&)) {
  return {{"POST", "PUT"},
          "/api/v1/admin/tsdb/" + std::move(path),
          Lane::kQuery,
          [sources = std::move(sources), act](const HttpRequest& request, HttpResponse& response) {
            const Status done = act(*sources, request);
            if (done.ok()) {
              response.status = 204;
            } else {
              response = ErrorAnswer(done);
            }
          }};
}

}  // namespace

std::vector<Route> DeleteRoutes(bool enabled, TenantSource tenant, StorageSource storage) {
  const auto sources =
      std::make_shared<const Sources>(Sources{enabled, std::move(tenant), std::move(storage)});
  return {Admin("delete_series", sources, DeleteSeries),
          Admin("clean_tombstones", sources, CleanTombstones)};
}

}  // namespace tidemark::server
