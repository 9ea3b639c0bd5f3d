// Intake: the one way of what senders send into the storage, whatever protocol
// it came by: what is invalid is refused and counted, everything else committed.
//
//   const Intake::Outcome outcome = intake.Take(tenant, storage, [&](BodyWriter& writer) {
//     return writer.Write(body);
//   });
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "server/admission/admission.h"
#include "server/admission/ledger.h"
#include "server/aggregate/folds.h"
#include "server/ingest/body_writer.h"
#include "server/ingest/conflict_log.h"
#include "server/ingest/ingest_metrics.h"
#include "tsdb/base/clock.h"
#include "tsdb/base/metrics.h"
#include "tsdb/storage.h"

namespace tidemark::server {

// None of these can change while the server runs.
struct IntakeOptions {
  // ingest.max_future: how far ahead of the clock at the request's arrival a
  // sample may lie.  Checked here and not in storage, so that what a journal
  // holds is accepted again whatever the clock says then.
  int64_t max_future_ms = 600'000;
  tsdb::ConflictPolicies conflicts;  // ingest.conflict; the storage's are the same
  SeriesPolicies policies;           // asked of every series
  std::shared_ptr<Ledger> ledger;    // null: none is kept
  std::shared_ptr<Folds> folds;      // null: what a policy folds is refused
  // Into what new series of the tenant past its cardinality budget fold; null, or a
  // null answer: they are refused.  Needs `folds`.
  std::function<std::shared_ptr<const Fold>(std::string_view tenant)> overflow;
  const Clock* clock = &Clock::System();  // must outlive the Intake
};

// Threads: any number of Take at once.
class Intake {
 public:
  struct Outcome {
    // Not OK: nothing was stored.  What `write` said, or Commit:
    //   kInvalidArgument    the body is broken
    //   kResourceExhausted  the body is too large
    //   kUnavailable        not now
    Status status;
    IngestCounts received;
    IngestCounts stored;       // now, or before; without conflicts
    uint64_t refused = 0;      // samples, exemplars and metadata
    bool past_budget = false;  // some for a budget: they may be sent again
    // "stored 1998 of 2000 samples; refused 2: 2 x no metric name (e.g. {…})",
    // where any were.
    std::string text;
  };

  // `metrics` must outlive this.
  Intake(IntakeOptions options, Metrics& metrics);

  // `write` fills the writer; what it reads from must live until Take returns.  It may
  // be called twice.
  // `sender`: the address the request came from, for the ledger.
  Outcome Take(const std::string& tenant, tsdb::Storage& storage,
               const std::function<Status(BodyWriter&)>& write, std::string_view sender = {});

  IngestMetrics& metrics() { return metrics_; }
  const Clock& clock() const { return *options_.clock; }

 private:
  // A request on its way.
  struct Request {
    const std::string& tenant;
    tsdb::Storage& storage;
    const std::function<Status(BodyWriter&)>& write;
    int64_t max_time;
    std::shared_ptr<const Fold> overflow;  // null: none
  };
  void Prepare(const Request& request, BodyWriter& writer);
  Status Commit(const Request& request, BodyWriter& writer, tsdb::Appender& appender,
                tsdb::CommitReport& report);
  // What folds, after everything else is committed: either may be sent again.
  Status TakeFolded(const Request& request, const FoldBatch& folded, BodyWriter& writer);
  // Series that the cardinality budget refused.
  Status FoldRefused(const Request& request, const BodyWriter::RawLabelSet& refused,
                     BodyWriter& writer);

  const IntakeOptions options_;
  IngestMetrics metrics_;
  ConflictLog conflict_log_;
};

}  // namespace tidemark::server
