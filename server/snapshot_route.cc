#include "server/snapshot_route.h"

#include <algorithm>
#include <string>
#include <utility>

#include "server/api/answer.h"
#include "tsdb/base/quote.h"

namespace tidemark::server {
namespace {

// What Go's strconv.ParseBool takes.
constexpr std::string_view kBooleans[] = {"1", "t", "T", "TRUE",  "true",  "True",
                                          "0", "f", "F", "FALSE", "false", "False"};

Status CheckSkipHead(std::string_view text) {
  if (text.empty() || std::count(std::begin(kBooleans), std::end(kBooleans), text) > 0) {
    return OkStatus();
  }
  return InvalidArgument(
      "invalid parameter \"skip_head\": unable to parse boolean: strconv.ParseBool: parsing " +
      Quoted(text) + ": invalid syntax");
}

StatusOr<std::string> Snapshot(bool enabled, const StorageSource& source,
                               const HttpRequest& request) {
  if (!enabled) return Unavailable("admin APIs disabled: set server.admin_api to true");
  RETURN_IF_ERROR(CheckSkipHead(request.Param("skip_head")));
  tsdb::Storage* storage = source();
  if (storage == nullptr) return Unavailable(kStarting);
  return storage->Snapshot();
}

HttpResponse Answer(const StatusOr<std::string>& name) {
  if (!name.ok()) return ErrorAnswer(name.status());
  SuccessAnswer answer;
  answer.json().BeginObject();
  answer.json().Key("name");
  answer.json().Text(*name);
  answer.json().EndObject();
  return std::move(answer).Finish();
}

}  // namespace

Route SnapshotRoute(bool enabled, StorageSource storage) {
  // Not in the control lane: it reads every file.
  return {
      {"POST", "PUT"},
      "/api/v1/admin/tsdb/snapshot",
      Lane::kQuery,
      [enabled, storage = std::move(storage)](const HttpRequest& request, HttpResponse& response) {
        response = Answer(Snapshot(enabled, storage, request));
      }};
}

}  // namespace tidemark::server
