// Config: everything that can be set, from a YAML file and from assignments.
//
//   ASSIGN_OR_RETURN(Config config, LoadConfig("tidemark.yml", {"storage.memory=4GiB"}));
//
// With no file and no assignment it is the defaults, which need no changes to
// serve.  config.example.yml, beside this file, has every key with its default
// and what it means.  Settings of features that do not exist are unknown keys,
// and those are errors: nobody should believe in a limit that nothing enforces.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "promql/engine.h"
#include "server/aggregate/aggregator.h"
#include "server/ha/ha_options.h"
#include "server/http/http_options.h"
#include "server/otlp/otlp_translation.h"
#include "tsdb/base/status.h"
#include "tsdb/storage.h"

namespace tidemark::server {

// Sections and options are those of the modules; what has no section of its own:
//   http   server.listen and server.http; its query_workers are query.concurrency
//   query  with what `features` switches on in query.parser
struct Config {
  Config();

  HttpOptions http;
  bool admin_api = false;  // server.admin_api: serve /api/v1/admin
  tsdb::StorageOptions storage;
  struct Ingest {
    int64_t max_future_ms = 600'000;
    uint64_t max_decoded_bytes = 32 << 20;
  } ingest;
  HaOptions ha;
  std::string schema_file;      // admission.schema; "": none
  std::string budgets_file;     // admission.budgets; "": none
  AggregatorOptions aggregate;  // admission.aggregate
  OtlpTranslation otlp;         // its lookback is query.lookback_delta
  promql::EngineOptions query;
  bool tenancy = false;  // tenancy.enabled: X-Scope-OrgID names the tenant
  std::vector<std::string> features;
};

// Reads `file` ("": none), then applies `assignments`, "key=value" each.
//   kNotFound         the file cannot be read
//   kInvalidArgument  not YAML, an unknown key, a bad value: the message has the
//                     file and line, the key, and the nearest known one
StatusOr<Config> LoadConfig(const std::string& file, const std::vector<std::string>& assignments);

// The same for YAML text; `name` stands for the file in messages.  After an
// error `config` is partly changed.
Status ApplyYaml(std::string_view text, std::string_view name, Config& config);

// "storage.retention.raw=90d".
Status ApplyAssignment(std::string_view assignment, Config& config);

// Every setting as "key: value", in the order of config.example.yml.
std::string PrintConfig(const Config& config);

}  // namespace tidemark::server
