#include "server/process_info.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "server/config/values.h"

namespace tidemark::server {
namespace {

std::string Text(bool on) { return on ? "true" : "false"; }

std::map<std::string, std::string> Flags(const Config& config) {
  return {
      {"enable-feature", fmt::format("{}", fmt::join(config.features, ","))},
      {"query.lookback-delta", PrintDuration(config.query.lookback_delta_ms)},
      {"query.max-concurrency", std::to_string(config.http.query_workers)},
      {"query.max-samples", std::to_string(config.query.max_samples)},
      {"query.timeout", PrintDuration(config.query.timeout_ms)},
      {"storage.tsdb.path", config.storage.path},
      {"storage.tsdb.retention.time", PrintDuration(config.storage.raw_retention_ms)},
      {"web.cors.origin", config.http.cors_origin},
      {"web.enable-admin-api", Text(config.admin_api)},
      {"web.enable-otlp-receiver", "true"},
      {"web.enable-remote-write-receiver", "true"},
      {"web.listen-address", PrintHostPort({config.http.host, config.http.port})},
      {"web.max-connections", std::to_string(config.http.max_connections)},
  };
}

std::map<std::string, std::map<std::string, bool>> Features(const Config& config) {
  return {
      {"api",
       {{"admin", config.admin_api},
        {"exclude_alerts", true},
        {"label_values_match", true},
        {"otlp_write_receiver", true},
        {"query_stats", true},
        {"query_warnings", true},
        {"remote_write_receiver", true},
        {"time_range_labels", true},
        {"time_range_series", true}}},
      {"otlp_receiver",
       {{"delta_conversion", false}, {"native_delta_ingestion", config.otlp.keep_delta}}},
      {"prometheus", {{"agent_mode", false}, {"server_mode", true}}},
      {"promql",
       {{"at_modifier", true},
        {"delayed_name_removal", config.query.delayed_name_removal},
        {"duration_expr", config.query.parser.duration_expressions},
        {"negative_offset", true},
        {"per_query_lookback_delta", true},
        {"subqueries", true}}},
      {"tsdb", {{"exemplar_storage", true}, {"native_histograms", true}, {"st_storage", true}}},
  };
}

}  // namespace

ProcessInfo ProcessInfoOf(const Config& config, int64_t start_ms) {
  ProcessInfo info;
  info.start_ms = start_ms;
  info.config = PrintConfig(config);
  info.flags = Flags(config);
  info.retention = PrintDuration(config.storage.raw_retention_ms);
  info.memory_bytes = config.storage.memory_bytes;
  info.features = Features(config);
  return info;
}

}  // namespace tidemark::server
