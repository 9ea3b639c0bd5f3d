// Budget: counts active series, and refuses new ones past the hard limits.
//
//   const auto budget = std::make_shared<Budget>(config);
//   storage_options.series_gate = budget;
//   for (const BudgetUse& use : budget->Usage("default")) …
//
// It hears of a series when it becomes active and when it leaves the memory, never
// of its samples: known series cost nothing.  Counts are exact at any moment,
// whatever runs at once.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "server/admission/budget_config.h"
#include "tsdb/base/clock.h"
#include "tsdb/base/metrics.h"
#include "tsdb/base/mutex.h"
#include "tsdb/series_gate.h"

namespace tidemark::server {

// Which kind of limit: of the tenant, of a metric pattern, or of a label's values.
enum class BudgetKind : size_t { kTenant, kMetrics, kLabel };
inline constexpr size_t kBudgetKinds = 3;
std::string_view BudgetKindName(BudgetKind kind);  // "tenant", "metrics", "label"

// One limit, and how much of it is used.
struct BudgetUse {
  BudgetKind kind;
  std::string label;    // of kLabel
  std::string metrics;  // the pattern; empty for kTenant
  BudgetLimit limit;
  uint64_t reserve = 0;  // of kTenant
  uint64_t used = 0;     // active series, or different values
  int64_t growth = 0;    // of kTenant: within the last hour
};

// Threads: all functions may be called from any thread.
class Budget : public tsdb::SeriesGate {
 public:
  // `clock` must outlive this.
  explicit Budget(BudgetConfig config, const Clock& clock = Clock::System());
  ~Budget() override;

  // Once, before the storage is opened; `metrics` must outlive this.
  void AddMetrics(Metrics& metrics);

  //   kOutOfRange  past a hard limit; the message says which, and what to change.
  //                It has no value of a label: those may be card numbers
  Status Admit(std::string_view tenant, const tsdb::Labels& labels) override;
  void Note(std::string_view tenant, const tsdb::Labels& labels) override;
  void Forget(std::string_view tenant, const tsdb::Labels& labels) override;

  // Into what the tenant's new series past a hard limit fold; null: they are refused.
  // What they fold into is admitted whatever the limits, up to kMaxOverflows.
  static constexpr uint64_t kMaxOverflows = 10'000;
  std::shared_ptr<const Fold> Overflow(std::string_view tenant) const;

  // Of the tenant's limits, its own first; of a tenant without series, zeros.
  std::vector<BudgetUse> Usage(std::string_view tenant) const;

 private:
  class Tenant;

  Tenant& Of(std::string_view tenant) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const BudgetConfig config_;
  const Clock& clock_;
  std::array<Counter*, kBudgetKinds> refused_{};
  std::array<Counter*, kBudgetKinds> past_soft_{};
  mutable Mutex mutex_;
  absl::flat_hash_map<std::string, std::unique_ptr<Tenant>> tenants_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tidemark::server
