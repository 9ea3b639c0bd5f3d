// BudgetConfig: how many active series each tenant may have, read from YAML.
//
//   default:                       # every tenant without a section of its own
//     series: { soft: 40000, hard: 50000, reserve: 5000 }
//     critical: [ "payments_.*", up ]
//     metrics:
//       - { pattern: "http_.*", soft: 8000, hard: 10000 }
//     labels:
//       - { name: user_id, metrics: "http_.*", soft: 80, hard: 100 }
//     on_limit: fold               # or reject, the default
//     overflow_labels: [ job ]     # what series that fold keep, beside their name
//     overflow_gauges: max         # what is made of gauges: sum, the default, avg,
//                                  # min, max or last
//   tenants:
//     acme:
//       series: { hard: 200000 }
//
// Patterns are RE2 over whole metric names; a metric is under every rule that
// matches.  A limit that is not there, or 0, limits nothing.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/aggregate/fold.h"
#include "tsdb/base/status.h"
#include "tsdb/model/matcher.h"

namespace tidemark::server {

struct BudgetLimit {
  uint64_t soft = 0;  // past it new series are taken, and counted
  uint64_t hard = 0;  // past it new series are refused
};

struct MetricBudget {
  tsdb::Matcher metrics;
  BudgetLimit series;  // of all metrics that match, together
};

struct LabelBudget {
  std::string label;
  tsdb::Matcher metrics;
  BudgetLimit values;  // different ones, over all metrics that match
};

struct TenantBudget {
  BudgetLimit series;
  // Of series.hard, what only metrics that are critical may use.
  uint64_t reserve = 0;
  std::vector<tsdb::Matcher> critical;
  std::vector<MetricBudget> metrics;
  std::vector<LabelBudget> labels;
  // Into what new series past a hard limit fold; null: they are refused.
  std::shared_ptr<const Fold> overflow;
};

struct BudgetConfig {
  TenantBudget all;
  std::map<std::string, TenantBudget, std::less<>> tenants;  // for whom it is another

  const TenantBudget& Of(std::string_view tenant) const {
    const auto found = tenants.find(tenant);
    return found == tenants.end() ? all : found->second;
  }
};

// `name` stands for the file in messages.
//   kInvalidArgument  not YAML, an unknown key, a pattern or number that is none, a
//                     soft limit or a reserve above the hard one, or overflow_labels
//                     that nothing bounds; with the line
StatusOr<BudgetConfig> ParseBudgets(std::string_view yaml, std::string_view name);
// The same of a file.
//   kNotFound  it cannot be read
StatusOr<BudgetConfig> LoadBudgets(const std::string& file);

}  // namespace tidemark::server
