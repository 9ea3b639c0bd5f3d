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

Intake::Outcome Intake::Take(const std::string& tenant, tsdb::Storage& storage,
                             const std::function<Status(BodyWriter&)>& write,
                             std::string_view sender) {
  Outcome outcome;
  const std::unique_ptr<tsdb::Appender> appender = storage.NewAppender(tenant);
  BodyWriter writer(*appender, options_.clock->NowMs() + options_.max_future_ms);
  if (!options_.policies.empty()) writer.Ask(options_.policies, {tenant, sender});
  if (options_.folds != nullptr) {
    writer.FoldInto(
        [&](const tsdb::Labels& labels) { return options_.folds->Owns(tenant, storage, labels); });
  }
  outcome.status = write(writer);
  if (!outcome.status.ok()) return outcome;
  tsdb::CommitReport report;
  outcome.status = Commit(tenant, writer, *appender, report);
  if (outcome.status.ok()) outcome.status = TakeFolded(tenant, storage, writer);
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

Status Intake::TakeFolded(const std::string& tenant, tsdb::Storage& storage, BodyWriter& writer) {
  if (writer.folded().empty()) return OkStatus();
  FoldReport report;
  RETURN_IF_ERROR(options_.folds->Take(tenant, storage, writer.folded(), report));
  writer.NoteFoldRefused(report);
  return OkStatus();
}

Status Intake::Commit(const std::string& tenant, BodyWriter& writer, tsdb::Appender& appender,
                      tsdb::CommitReport& report) {
  if (writer.accepted().all() == 0) return OkStatus();
  ASSIGN_OR_RETURN(report, appender.Commit());
  writer.NoteRefused(report);
  if (options_.conflicts.Of(tenant) == tsdb::ConflictPolicy::kRefuse) {
    writer.RefuseConflicts(report);
  }
  conflict_log_.Note(tenant, report,
                     [&writer](tsdb::SeriesRef series) { return writer.Describe(series); });
  return OkStatus();
}

}  // namespace tidemark::server
