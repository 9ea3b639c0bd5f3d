#include "server/ingest/intake.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

namespace tidemark::server {
namespace {

std::string Tell(const BodyWriter& writer, size_t conflicts) {
  const Refusals& refusals = writer.refusals();
  std::string text = fmt::format(
      "stored {} of {} samples; refused {}: {}", writer.accepted().samples() - conflicts,
      writer.received().samples(), refusals.total(), refusals.ToString());
  if (conflicts > 0 && refusals.count(Refusal::kConflict) == 0) {
    text += fmt::format("; {} conflict with values stored before", conflicts);
  }
  return text;
}

}  // namespace

Intake::Intake(IntakeOptions options, Metrics& metrics)
    : options_(std::move(options)), metrics_(metrics), conflict_log_(*options_.clock) {}

void Intake::Prepare(const Request& request, BodyWriter& writer) {
  if (options_.folds == nullptr) return;
  writer.FoldInto([this, &request](const tsdb::Labels& labels) {
    return options_.folds->Owns(request.tenant, request.storage, labels);
  });
}

Intake::Outcome Intake::Take(const std::string& tenant, tsdb::Storage& storage,
                             const std::function<Status(BodyWriter&)>& write,
                             std::string_view sender) {
  Outcome outcome;
  const Request request{tenant, storage, write, options_.clock->NowMs() + options_.max_future_ms,
                        options_.overflow ? options_.overflow(tenant) : nullptr};
  const std::unique_ptr<tsdb::Appender> appender = storage.NewAppender(tenant);
  BodyWriter writer(*appender, request.max_time);
  if (!options_.policies.empty()) writer.Ask(options_.policies, {tenant, sender});
  Prepare(request, writer);
  outcome.status = write(writer);
  if (!outcome.status.ok()) return outcome;
  tsdb::CommitReport report;
  outcome.status = Commit(request, writer, *appender, report);
  if (outcome.status.ok()) outcome.status = TakeFolded(request, writer.folded(), writer);
  if (!outcome.status.ok()) return outcome;

  metrics_.CountRefusals(writer.refusals());
  if (options_.ledger != nullptr) options_.ledger->Note({tenant, sender}, writer.refusals());
  metrics_.CountCommit(writer.accepted(), report);
  outcome.received = writer.received();
  outcome.stored = writer.Stored(report);
  outcome.refused = writer.refusals().total();
  outcome.past_budget = writer.refusals().count(Refusal::kSeriesBudget) > 0;
  if (outcome.refused > 0) outcome.text = Tell(writer, report.conflicts.size());
  return outcome;
}

Status Intake::TakeFolded(const Request& request, const FoldBatch& folded, BodyWriter& writer) {
  if (folded.empty()) return OkStatus();
  FoldReport report;
  RETURN_IF_ERROR(options_.folds->Take(request.tenant, request.storage, folded, report));
  writer.NoteFoldRefused(folded, report);
  return OkStatus();
}

// Through the request once more: which series are refused is known after the commit,
// and keeping all samples until then would cost every request.
Status Intake::FoldRefused(const Request& request, const BodyWriter::RawLabelSet& refused,
                           BodyWriter& writer) {
  const std::unique_ptr<tsdb::Appender> unused = request.storage.NewAppender(request.tenant);
  BodyWriter second(*unused, request.max_time);
  Prepare(request, second);
  second.FoldOnly(refused, request.overflow, writer.newest());
  RETURN_IF_ERROR(request.write(second));
  return TakeFolded(request, second.folded(), writer);
}

Status Intake::Commit(const Request& request, BodyWriter& writer, tsdb::Appender& appender,
                      tsdb::CommitReport& report) {
  if (writer.accepted().all() == 0) return OkStatus();
  ASSIGN_OR_RETURN(report, appender.Commit());
  BodyWriter::RawLabelSet folding;
  writer.NoteRefused(report, request.overflow == nullptr ? nullptr : &folding);
  if (options_.conflicts.Of(request.tenant) == tsdb::ConflictPolicy::kRefuse) {
    writer.RefuseConflicts(report);
  }
  conflict_log_.Note(request.tenant, report,
                     [&writer](tsdb::SeriesRef series) { return writer.Describe(series); });
  return folding.empty() ? OkStatus() : FoldRefused(request, folding, writer);
}

}  // namespace tidemark::server
