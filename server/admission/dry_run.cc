#include "server/admission/dry_run.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "server/mask_digits.h"

namespace tidemark::server {
namespace {

void Count(const SeriesRefusal& refusal, const tsdb::Labels& labels,
           std::span<const proto::LabelView> views, DryRun& run) {
  ++(refusal.observed ? run.observed : run.rejected);
  DryRun::Finding& finding =
      run.findings[{refusal.observed, refusal.reason, MaskDigits(labels.metric_name()),
                    MaskDigits(refusal.label)}];
  if (finding.series++ == 0) finding.example = MaskedLabels(views);
}

}  // namespace

StatusOr<DryRun> TrySchema(const LabelSchema& schema, std::string_view tenant,
                           const tsdb::Queryable& storage, int64_t mint, int64_t maxt,
                           const Cancellation* cancellation) {
  ASSIGN_OR_RETURN(const std::unique_ptr<tsdb::Querier> querier,
                   storage.NewQuerier(tenant, mint, maxt));
  tsdb::SelectHints hints;
  hints.start = mint;
  hints.end = maxt;
  hints.any_order = true;
  hints.cancellation = cancellation;
  ASSIGN_OR_RETURN(const tsdb::Matcher all,
                   tsdb::Matcher::Make(tsdb::Matcher::Op::kNotEqual, tsdb::kMetricName, ""));
  ASSIGN_OR_RETURN(const std::unique_ptr<tsdb::SeriesSet> set, querier->Select({&all, 1}, hints));
  DryRun run;
  run.series = set->size();
  std::vector<proto::LabelView> views;
  absl::flat_hash_set<std::string> outputs;
  for (size_t i = 0; i < set->size(); ++i) {
    const tsdb::Labels& labels = set->labels(i);
    views.clear();
    for (const tsdb::LabelView l : labels) views.push_back({l.name, l.value});
    const auto refusal = schema.Check(tenant, views);
    if (!refusal) continue;
    if (refusal->fold == nullptr) {
      Count(*refusal, labels, views, run);
    } else if (!refusal->only_if_owned) {
      ++run.aggregated;
      outputs.insert(refusal->fold->Output(labels).packed());
    }
  }
  run.outputs = outputs.size();
  return run;
}

}  // namespace tidemark::server
