// status/runtimeinfo, config, flags, walreplay, and features.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <thread>
#include <utility>

#include "promql/parser/functions.h"
#include "server/api/answer.h"
#include "server/api/api_context.h"

namespace tidemark::server {
namespace {

// RFC 3339, as Go writes times.
std::string TimeText(int64_t ms) {
  const std::time_t seconds = ms / 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(seconds), ms % 1000);
}

std::string HostName() {
  char name[256] = {};
  return gethostname(name, sizeof name - 1) == 0 ? name : "";
}

std::string WorkingFolder() {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::current_path(error);
  return error ? "" : path.string();
}

void Field(JsonWriter& json, std::string_view key, std::string_view text) {
  json.Key(key);
  json.Text(text);
}

void Field(JsonWriter& json, std::string_view key, int64_t number) {
  json.Key(key);
  json.Integer(number);
}

// What is Go's own says nothing here; clients expect the keys.
StatusOr<HttpResponse> RuntimeInfo(const ApiContext& context, const HttpRequest&) {
  const ProcessInfo& info = context.options.process;
  SuccessAnswer answer;
  JsonWriter& json = answer.json();
  json.BeginObject();
  Field(json, "startTime", TimeText(info.start_ms));
  Field(json, "CWD", WorkingFolder());
  Field(json, "hostname", HostName());
  Field(json, "serverTime", TimeText(context.options.clock->NowMs()));
  json.Key("reloadConfigSuccess");
  json.Boolean(true);
  Field(json, "lastConfigTime", TimeText(info.start_ms));
  Field(json, "corruptionCount", 0);
  Field(json, "goroutineCount", 0);
  Field(json, "GOMAXPROCS", static_cast<int64_t>(std::thread::hardware_concurrency()));
  Field(json, "GOMEMLIMIT", static_cast<int64_t>(info.memory_bytes));
  Field(json, "GOGC", "");
  Field(json, "GODEBUG", "");
  Field(json, "storageRetention", info.retention);
  json.EndObject();
  return std::move(answer).Finish();
}

StatusOr<HttpResponse> ConfigYaml(const ApiContext& context, const HttpRequest&) {
  SuccessAnswer answer;
  answer.json().BeginObject();
  Field(answer.json(), "yaml", context.options.process.config);
  answer.json().EndObject();
  return std::move(answer).Finish();
}

StatusOr<HttpResponse> Flags(const ApiContext& context, const HttpRequest&) {
  SuccessAnswer answer;
  answer.json().BeginObject();
  for (const auto& [name, value] : context.options.process.flags) Field(answer.json(), name, value);
  answer.json().EndObject();
  return std::move(answer).Finish();
}

// Of one step: done once the storage is open.
StatusOr<HttpResponse> WalReplay(const ApiContext& context, const HttpRequest&) {
  SuccessAnswer answer;
  answer.json().BeginObject();
  Field(answer.json(), "min", 0);
  Field(answer.json(), "max", 1);
  Field(answer.json(), "current", context.storage() == nullptr ? 0 : 1);
  answer.json().EndObject();
  return std::move(answer).Finish();
}

StatusOr<HttpResponse> Features(const ApiContext& context, const HttpRequest&) {
  auto features = context.options.process.features;
  auto& promql = features["promql"];
  for (const char* modifier : {"anchored", "smoothed"}) {
    promql[modifier] = context.parser.extended_range_selectors;
  }
  for (const char* modifier : {"fill", "fill_left", "fill_right"}) {
    promql[modifier] = context.parser.binary_fill_modifiers;
  }
  for (const promql::Function* function : promql::AllFunctions()) {
    features["promql_functions"][std::string(function->name)] =
        !function->experimental || context.parser.experimental_functions;
  }
  SuccessAnswer answer;
  answer.json().BeginObject();
  for (const auto& [category, names] : features) {
    answer.json().Key(category);
    answer.json().BeginObject();
    for (const auto& [name, on] : names) {
      answer.json().Key(name);
      answer.json().Boolean(on);
    }
    answer.json().EndObject();
  }
  answer.json().EndObject();
  return std::move(answer).Finish();
}

}  // namespace

std::vector<Route> ProcessInfoRoutes(const ApiContextPtr& context) {
  std::vector<Route> routes;
  const std::pair<const char*, ApiHandler> kRoutes[] = {
      {"/api/v1/status/runtimeinfo", RuntimeInfo},
      {"/api/v1/status/config", ConfigYaml},
      {"/api/v1/status/flags", Flags},
      {"/api/v1/status/walreplay", WalReplay},
      {"/api/v1/features", Features},
  };
  for (const auto& [pattern, handler] : kRoutes) {
    routes.push_back(ApiRoute(context, pattern, handler));
    routes.back().lane = Lane::kControl;
  }
  return routes;
}

}  // namespace tidemark::server
