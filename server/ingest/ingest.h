// POST /api/v1/write: remote write 1.0 and 2.0, by the Content-Type.
//
// Answers (specifications: prometheus.io/docs/specs/prw/remote_write_spec and
// …_spec_2_0; what senders make of them: 5xx is sent again for ever, every other
// code but 429 drops the whole request):
//
//   202  of a replica that is not elected (server/ha): taken, and not stored
//   204  everything is stored, or was before
//   400  broken compression or protobuf: nothing is stored.  Or some of it is
//        invalid: that is refused, everything else is stored, and the body says
//        "stored 1998 of 2000 samples; refused 2: 2 x duplicate label name
//        (e.g. {__name__="up", …})"
//   413  past ingest.max_decoded_bytes
//   415  another Content-Type or Content-Encoding, named with what is supported;
//        either header may be missing, as old senders leave them out
//   429  a budget of the tenant is spent for new series; samples of known ones
//        are stored.  With Retry-After
//   503  starting, or no room at the moment: nothing is stored.  With Retry-After
//
// A sample whose time already holds another value is a conflict; what becomes of
// it is ingest.conflict:
//
//   first   the value acknowledged first stays, tidemark_ingest_conflicts_total
//           counts it, and the answer is 204, because no sender can mend that by
//           knowing
//   last    the new value replaces it; tidemark_ingest_replaced_samples_total
//   refuse  as first, but the sample is refused: 400, with the others stored
//
// Sending the same request again, for whatever reason, changes nothing.
//
// Every answer to a request of 2.0 has X-Prometheus-Remote-Write-{Samples,
// Histograms,Exemplars}-Written: what of it is stored now, be it by this request
// or one before.  Conflicts do not count, so a sender sees them as failed samples.
// A bad reference to a symbol costs the series, exemplar or metadata that has it;
// where the symbols do not begin with "" the request is broken.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "server/ha/ha_pairs.h"
#include "server/http/http.h"
#include "server/ingest/intake.h"
#include "server/sources.h"

namespace tidemark::server {

// None of these can change while the server runs.
struct IngestOptions {
  size_t max_decoded_bytes = 32 << 20;  // ingest.max_decoded_bytes: a body, decoded
  std::shared_ptr<HaPairs> pairs;       // null: ha.enabled is false
  TenantSource tenant = DefaultTenant;
};

// Threads: handlers run in any number.
std::vector<Route> IngestRoutes(IngestOptions options, StorageSource storage,
                                std::shared_ptr<Intake> intake);

}  // namespace tidemark::server
