// DryRun: what a schema would say of the series that are there.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "server/admission/label_schema.h"
#include "server/ingest/refusals.h"
#include "tsdb/base/cancellation.h"
#include "tsdb/base/status.h"
#include "tsdb/storage.h"

namespace tidemark::server {

struct DryRun {
  struct Finding {
    uint64_t series = 0;
    std::string example;  // masked
  };
  uint64_t series = 0;  // looked at
  uint64_t rejected = 0;
  uint64_t observed = 0;
  uint64_t aggregated = 0;                        // fold into others
  uint64_t outputs = 0;                           // how many these are
  std::map<Refusals::PartKey, Finding> findings;  // metric and label masked
};

// Asks of each of the tenant's series within [mint, maxt], by the very function
// that admission asks.
//   what Querier::Select says
StatusOr<DryRun> TrySchema(const LabelSchema& schema, std::string_view tenant,
                           const tsdb::Queryable& storage, int64_t mint, int64_t maxt,
                           const Cancellation* cancellation);

}  // namespace tidemark::server
