#include "server/config/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "server/config/features.h"
#include "server/config/nearest.h"
#include "server/config/otlp_settings.h"
#include "server/config/values.h"

namespace tidemark::server {
namespace {

// Where in a Config a setting lives.
template <typename T>
using Field = T& (*)(Config&);

template <typename T>
const T& Get(Field<T> field, const Config& config) {
  return field(const_cast<Config&>(config));  // a Field only returns a reference
}

// A setting whose text `parse` reads, `print` writes and `check` accepts.
template <typename T, typename Parse, typename Print, typename Check>
Setting Make(std::string_view key, Field<T> field, Parse parse, Print print, Check check) {
  return {key,
          [=](Config& config, std::string_view text) -> Status {
            ASSIGN_OR_RETURN(const auto value, parse(text));
            RETURN_IF_ERROR(check(value));
            field(config) = static_cast<T>(value);
            return OkStatus();
          },
          [=](const Config& config) { return print(Get(field, config)); }};
}

template <typename T>
auto AtLeast(T least, std::string (*print)(T)) {
  return [=](T value) {
    if (value >= least) return OkStatus();
    return InvalidArgument(fmt::format("must be at least {}", print(least)));
  };
}

std::string PrintCount(uint64_t value) { return std::to_string(value); }

Setting Count(std::string_view key, Field<uint64_t> field, uint64_t least = 1) {
  return Make(key, field, ParseCount, PrintCount, AtLeast<uint64_t>(least, PrintCount));
}

Setting Bytes(std::string_view key, Field<uint64_t> field, uint64_t least = 1) {
  return Make(key, field, ParseBytes, PrintBytes, AtLeast<uint64_t>(least, PrintBytes));
}

Setting Duration(std::string_view key, Field<int64_t> field, int64_t least_ms = 1) {
  return Make(key, field, ParseDuration, PrintDuration, AtLeast<int64_t>(least_ms, PrintDuration));
}

Setting Bool(std::string_view key, Field<bool> field) {
  return Make(
      key, field, ParseBool, [](bool value) { return std::string(value ? "true" : "false"); },
      [](bool) { return OkStatus(); });
}

Setting Text(std::string_view key, Field<std::string> field) {
  return Make(
      key, field, [](std::string_view text) { return StatusOr<std::string>(std::string(text)); },
      [](const std::string& value) { return value; },
      [](const std::string& value) {
        return value.empty() ? InvalidArgument("must not be empty") : OkStatus();
      });
}

// May be empty.
Setting FileName(std::string_view key, Field<std::string> field) {
  return Make(
      key, field, [](std::string_view text) { return StatusOr<std::string>(std::string(text)); },
      [](const std::string& value) { return value; },
      [](const std::string&) { return OkStatus(); });
}

Setting Share(std::string_view key, Field<double> field) {
  return Make(key, field, ParseShare, PrintShare, [](double) { return OkStatus(); });
}

Setting Listen() {
  return {"server.listen",
          [](Config& config, std::string_view text) -> Status {
            ASSIGN_OR_RETURN(HostPort address, ParseHostPort(text));
            config.http.host = std::move(address.host);
            config.http.port = address.port;
            return OkStatus();
          },
          [](const Config& config) {
            return PrintHostPort({config.http.host, config.http.port});
          }};
}

Setting Fsync() {
  return {"storage.fsync",
          [](Config& config, std::string_view text) -> Status {
            if (text != "always" && text != "interval") {
              return InvalidArgument(fmt::format("expected always or interval, got \"{}\"", text));
            }
            config.storage.fsync =
                text == "always" ? tsdb::FsyncMode::kAlways : tsdb::FsyncMode::kInterval;
            return OkStatus();
          },
          [](const Config& config) -> std::string {
            return config.storage.fsync == tsdb::FsyncMode::kAlways ? "always" : "interval";
          }};
}

// "[acme=30d, lab=0]", or without the brackets; `parse` reads what is behind "=".
template <typename T, typename Parse>
StatusOr<std::map<std::string, T, std::less<>>> ParseByTenant(std::string_view text,
                                                              std::string_view example,
                                                              Parse parse) {
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  std::map<std::string, T, std::less<>> out;
  for (const absl::string_view item :
       absl::StrSplit(absl::string_view(text.data(), text.size()), ',', absl::SkipWhitespace())) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(item, absl::MaxSplits('=', 1));
    const std::string tenant(absl::StripAsciiWhitespace(parts.first));
    const std::string value(absl::StripAsciiWhitespace(parts.second));
    if (tenant.empty() || value.empty()) {
      return InvalidArgument(fmt::format("expected {}, got \"{}\"", example, std::string(item)));
    }
    ASSIGN_OR_RETURN(const T parsed, parse(value));
    if (!out.emplace(tenant, parsed).second) {
      return InvalidArgument(fmt::format("tenant {} is named twice", tenant));
    }
  }
  return out;
}

template <typename T, typename Print>
std::string PrintByTenant(const std::map<std::string, T, std::less<>>& values, Print print) {
  std::string out;
  for (const auto& [tenant, value] : values) {
    out += fmt::format("{}{}={}", out.empty() ? "" : ", ", tenant, print(value));
  }
  return "[" + out + "]";
}

Setting TenantRetention() {
  return {"storage.retention.raw_by_tenant",
          [](Config& config, std::string_view text) -> Status {
            ASSIGN_OR_RETURN(
                config.storage.raw_retention_ms_by_tenant,
                ParseByTenant<int64_t>(text, "TENANT=DURATION, as in [acme=30d]", ParseDuration));
            return OkStatus();
          },
          [](const Config& config) {
            return PrintByTenant(config.storage.raw_retention_ms_by_tenant, PrintDuration);
          }};
}

constexpr std::pair<std::string_view, tsdb::ConflictPolicy> kConflictPolicies[] = {
    {"first", tsdb::ConflictPolicy::kFirst},
    {"last", tsdb::ConflictPolicy::kLast},
    {"refuse", tsdb::ConflictPolicy::kRefuse},
};

StatusOr<tsdb::ConflictPolicy> ParseConflictPolicy(std::string_view text) {
  for (const auto& [name, policy] : kConflictPolicies) {
    if (text == name) return policy;
  }
  return InvalidArgument(fmt::format("expected first, last or refuse, got \"{}\"", text));
}

std::string PrintConflictPolicy(tsdb::ConflictPolicy policy) {
  return std::string(kConflictPolicies[static_cast<size_t>(policy)].first);
}

std::vector<Setting> ConflictSettings() {
  return {{"ingest.conflict",
           [](Config& config, std::string_view text) -> Status {
             ASSIGN_OR_RETURN(config.storage.conflicts.all, ParseConflictPolicy(text));
             return OkStatus();
           },
           [](const Config& config) { return PrintConflictPolicy(config.storage.conflicts.all); }},
          {"ingest.conflict_by_tenant",
           [](Config& config, std::string_view text) -> Status {
             ASSIGN_OR_RETURN(config.storage.conflicts.tenants,
                              ParseByTenant<tsdb::ConflictPolicy>(
                                  text, "TENANT=POLICY, as in [acme=last]", ParseConflictPolicy));
             return OkStatus();
           },
           [](const Config& config) {
             return PrintByTenant(config.storage.conflicts.tenants, PrintConflictPolicy);
           }}};
}

Setting Features() {
  return {
      "features", [](Config& config, std::string_view text) { return SetFeatures(text, config); },
      [](const Config& config) { return fmt::format("[{}]", fmt::join(config.features, ", ")); }};
}

std::vector<Setting> ServerSettings() {
  return {
      Listen(),
      Bool("server.admin_api", [](Config& c) -> bool& { return c.admin_api; }),
      Count("server.http.backlog", [](Config& c) -> uint64_t& { return c.http.backlog; }),
      Count("server.http.max_connections",
            [](Config& c) -> uint64_t& { return c.http.max_connections; }),
      Bytes(
          "server.http.max_head_bytes",
          [](Config& c) -> uint64_t& { return c.http.max_head_bytes; }, 1 << 10),
      Bytes(
          "server.http.max_buffered_bytes",
          [](Config& c) -> uint64_t& { return c.http.max_buffered_bytes; }, 1 << 20),
      Duration("server.http.head_timeout",
               [](Config& c) -> int64_t& { return c.http.head_timeout_ms; }),
      Duration("server.http.body_timeout",
               [](Config& c) -> int64_t& { return c.http.body_timeout_ms; }),
      Duration("server.http.idle_timeout",
               [](Config& c) -> int64_t& { return c.http.idle_timeout_ms; }),
      Duration("server.http.write_timeout",
               [](Config& c) -> int64_t& { return c.http.write_timeout_ms; }),
      Duration("server.http.drain_timeout",
               [](Config& c) -> int64_t& { return c.http.drain_timeout_ms; }),
      Count("server.http.control_workers",
            [](Config& c) -> uint64_t& { return c.http.control_workers; }),
      Count("server.http.write_workers",
            [](Config& c) -> uint64_t& { return c.http.write_workers; }),
      Count("server.http.max_queued", [](Config& c) -> uint64_t& { return c.http.max_queued; }),
      Text("server.http.cors_origin", [](Config& c) -> std::string& { return c.http.cors_origin; }),
  };
}

std::vector<Setting> StorageSettings() {
  return {
      Text("storage.path", [](Config& c) -> std::string& { return c.storage.path; }),
      Fsync(),
      Duration("storage.fsync_interval",
               [](Config& c) -> int64_t& { return c.storage.fsync_interval_ms; }),
      Bytes(
          "storage.memory", [](Config& c) -> uint64_t& { return c.storage.memory_bytes; },
          64 << 20),
      Duration(
          "storage.series_idle", [](Config& c) -> int64_t& { return c.storage.series_idle_ms; }, 0),
      Share("storage.min_free_disk", [](Config& c) -> double& { return c.storage.min_free_disk; }),
      Duration(
          "storage.retention.raw", [](Config& c) -> int64_t& { return c.storage.raw_retention_ms; },
          0),
      TenantRetention(),
      Duration(
          "storage.retention.hour",
          [](Config& c) -> int64_t& { return c.storage.hour_retention_ms; }, 0),
      Duration(
          "storage.retention.day", [](Config& c) -> int64_t& { return c.storage.day_retention_ms; },
          0),
      Duration(
          "storage.rollup_open_day",
          [](Config& c) -> int64_t& { return c.storage.rollup_open_day_ms; }, 60'000),
      Count("storage.max_label_names",
            [](Config& c) -> uint64_t& { return c.storage.max_label_names; }),
      Bytes("storage.max_label_name_bytes",
            [](Config& c) -> uint64_t& { return c.storage.max_label_name_bytes; }),
      Bytes("storage.max_label_value_bytes",
            [](Config& c) -> uint64_t& { return c.storage.max_label_value_bytes; }),
  };
}

std::vector<Setting> IngestSettings() {
  std::vector<Setting> conflict = ConflictSettings();
  return {
      Duration(
          "ingest.max_future", [](Config& c) -> int64_t& { return c.ingest.max_future_ms; }, 0),
      Bytes("ingest.max_decoded_bytes",
            [](Config& c) -> uint64_t& { return c.ingest.max_decoded_bytes; }),
      std::move(conflict[0]),
      std::move(conflict[1]),
  };
}

std::vector<Setting> HaSettings() {
  return {
      Bool("ha.enabled", [](Config& c) -> bool& { return c.ha.enabled; }),
      Text("ha.cluster_label", [](Config& c) -> std::string& { return c.ha.cluster_label; }),
      Text("ha.replica_label", [](Config& c) -> std::string& { return c.ha.replica_label; }),
      Duration("ha.failover_timeout", [](Config& c) -> int64_t& { return c.ha.failover_ms; }),
      Bytes(
          "ha.held_bytes", [](Config& c) -> uint64_t& { return c.ha.held_bytes; }, 0),
  };
}

std::vector<Setting> OtherSettings() {
  return {
      Duration("query.timeout", [](Config& c) -> int64_t& { return c.query.timeout_ms; }),
      Duration("query.lookback_delta",
               [](Config& c) -> int64_t& { return c.query.lookback_delta_ms; }),
      Count("query.max_samples", [](Config& c) -> uint64_t& { return c.query.max_samples; }),
      Count("query.max_series", [](Config& c) -> uint64_t& { return c.query.max_series; }),
      Bytes(
          "query.max_memory", [](Config& c) -> uint64_t& { return c.query.max_memory_bytes; },
          1 << 20),
      Count("query.concurrency", [](Config& c) -> uint64_t& { return c.http.query_workers; }),
      FileName("admission.schema", [](Config& c) -> std::string& { return c.schema_file; }),
      FileName("admission.budgets", [](Config& c) -> std::string& { return c.budgets_file; }),
      Duration(
          "admission.aggregate.interval",
          [](Config& c) -> int64_t& { return c.aggregate.interval_ms; }, 1000),
      Duration(
          "admission.aggregate.delay", [](Config& c) -> int64_t& { return c.aggregate.delay_ms; },
          0),
      Duration(
          "admission.aggregate.idle", [](Config& c) -> int64_t& { return c.aggregate.idle_ms; },
          60'000),
      Bytes("admission.aggregate.max_state",
            [](Config& c) -> uint64_t& { return c.aggregate.max_bytes; }),
      Bool("tenancy.enabled", [](Config& c) -> bool& { return c.tenancy; }),
      Features(),
  };
}

std::vector<Setting> AllSettings() {
  std::vector<Setting> all = ServerSettings();
  for (auto more :
       {StorageSettings(), IngestSettings(), HaSettings(), OtlpSettings(), OtherSettings()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

}  // namespace

const std::vector<Setting>& Settings() {
  static const std::vector<Setting>& settings = *new std::vector<Setting>(AllSettings());
  return settings;
}

StatusOr<const Setting*> FindSetting(std::string_view key) {
  std::vector<std::string_view> keys;
  for (const Setting& setting : Settings()) {
    if (setting.key == key) return &setting;
    keys.push_back(setting.key);
  }
  return InvalidArgument(
      fmt::format("unknown setting {}; the nearest known is {}", key, Nearest(key, keys)));
}

}  // namespace tidemark::server
