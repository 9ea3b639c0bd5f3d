// POST /api/v1/otlp/v1/metrics: OTLP over HTTP, in protobuf
// (opentelemetry.io/docs/specs/otlp, "OTLP/HTTP"); otlp_writer.h says what becomes
// of it.
//
// Answers, in protobuf as well:
//
//   200  everything is stored, or was before.  Or some of it was refused: then
//        partial_success has how many and, like remote write's 400, why
//   400  broken compression or protobuf: nothing is stored
//   413  past ingest.max_decoded_bytes, or labels past 128 MiB: nothing is stored
//   415  JSON, or another Content-Encoding than gzip or zstd
//   429  a budget of the tenant is spent for new series; samples of known ones
//        are stored.  With Retry-After
//   503  starting, or no room at the moment: nothing is stored.  With Retry-After
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "server/http/http.h"
#include "server/ingest/intake.h"
#include "server/otlp/otlp_writer.h"
#include "server/sources.h"

namespace tidemark::server {

// None of these can change while the server runs.
struct OtlpOptions {
  OtlpTranslation translation;
  size_t max_decoded_bytes = 32 << 20;
  TenantSource tenant = DefaultTenant;
};

// Threads: handlers run in any number.
std::vector<Route> OtlpRoutes(OtlpOptions options, StorageSource storage,
                              std::shared_ptr<Intake> intake);

}  // namespace tidemark::server
