#include "server/admission/budget.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "server/admission/hour_growth.h"
#include "tsdb/base/check.h"

namespace tidemark::server {
namespace {

// Metrics of which it is known which rules match; past it all are forgotten, so
// that refused ones with ever new names take no memory.
constexpr size_t kMaxKnownMetrics = 10'000;

// Which rules a metric is under, as indices.
struct MetricRules {
  bool critical = false;
  std::vector<uint32_t> metrics;
  std::vector<uint32_t> labels;
};

template <typename Rules>
void Match(const Rules& rules, std::string_view metric, std::vector<uint32_t>& out) {
  for (size_t i = 0; i < rules.size(); ++i) {
    if (rules[i].metrics.Matches(metric)) out.push_back(static_cast<uint32_t>(i));
  }
}

bool IsPast(uint64_t used, uint64_t limit) { return limit != 0 && used >= limit; }

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

std::string_view BudgetKindName(BudgetKind kind) {
  constexpr std::array<std::string_view, kBudgetKinds> kNames = {"tenant", "metrics", "label"};
  return kNames[static_cast<size_t>(kind)];
}

// The counts of one tenant.
//
// Threads: as the Budget's lock allows.
class Budget::Tenant {
 public:
  explicit Tenant(const TenantBudget& budget)
      : budget_(budget), by_metrics_(budget.metrics.size()), by_label_(budget.labels.size()) {}

  // A limit that a new series is past, and what to say.
  struct Past {
    BudgetKind kind;
    std::string text;
  };
  std::optional<Past> CheckHard(const tsdb::Labels& labels) {
    if (IsOverflow(labels) && overflows_ < kMaxOverflows) return std::nullopt;
    const MetricRules& rules = RulesOf(labels.metric_name());
    const uint64_t kept = rules.critical ? 0 : budget_.reserve;
    if (budget_.series.hard != 0 && series_ + kept >= budget_.series.hard) return PastTenant(kept);
    for (const uint32_t i : rules.metrics) {
      const MetricBudget& rule = budget_.metrics[i];
      if (IsPast(by_metrics_[i], rule.series.hard)) return PastMetrics(i);
    }
    for (const uint32_t i : rules.labels) {
      if (IsPast(by_label_[i].size(), budget_.labels[i].values.hard) && IsNewValue(i, labels)) {
        return PastLabel(i);
      }
    }
    return std::nullopt;
  }

  // Kinds of which a soft limit is passed by one more series.
  std::array<bool, kBudgetKinds> CheckSoft(const tsdb::Labels& labels) {
    const MetricRules& rules = RulesOf(labels.metric_name());
    std::array<bool, kBudgetKinds> past{};
    past[0] = IsPast(series_, budget_.series.soft);
    for (const uint32_t i : rules.metrics) {
      past[1] |= IsPast(by_metrics_[i], budget_.metrics[i].series.soft);
    }
    for (const uint32_t i : rules.labels) {
      past[2] |=
          IsPast(by_label_[i].size(), budget_.labels[i].values.soft) && IsNewValue(i, labels);
    }
    return past;
  }

  void Add(const tsdb::Labels& labels, int64_t now_ms) {
    growth_.NoteChange(now_ms, series_);
    ++series_;
    if (IsOverflow(labels)) ++overflows_;
    const MetricRules& rules = RulesOf(labels.metric_name());
    for (const uint32_t i : rules.metrics) ++by_metrics_[i];
    for (const uint32_t i : rules.labels) {
      const std::string_view value = labels.Get(budget_.labels[i].label);
      if (!value.empty()) ++by_label_[i][View(value)];
    }
  }

  void Remove(const tsdb::Labels& labels, int64_t now_ms) {
    CHECK(series_ > 0, "a series left that was not counted");
    growth_.NoteChange(now_ms, series_);
    --series_;
    if (IsOverflow(labels)) --overflows_;
    const MetricRules& rules = RulesOf(labels.metric_name());
    for (const uint32_t i : rules.metrics) --by_metrics_[i];
    for (const uint32_t i : rules.labels) {
      const std::string_view value = labels.Get(budget_.labels[i].label);
      if (value.empty()) continue;
      const auto found = by_label_[i].find(View(value));
      CHECK(found != by_label_[i].end(), "a label's value left that was not counted");
      if (--found->second == 0) by_label_[i].erase(found);
    }
  }

  std::vector<BudgetUse> Usage(int64_t now_ms) const {
    std::vector<BudgetUse> out;
    out.push_back({BudgetKind::kTenant, "", "", budget_.series, budget_.reserve, series_,
                   growth_.Growth(now_ms, series_)});
    for (size_t i = 0; i < by_metrics_.size(); ++i) {
      const MetricBudget& rule = budget_.metrics[i];
      out.push_back(
          {BudgetKind::kMetrics, "", rule.metrics.value(), rule.series, 0, by_metrics_[i], 0});
    }
    for (size_t i = 0; i < by_label_.size(); ++i) {
      const LabelBudget& rule = budget_.labels[i];
      out.push_back({BudgetKind::kLabel, rule.label, rule.metrics.value(), rule.values, 0,
                     by_label_[i].size(), 0});
    }
    return out;
  }

 private:
  // Whether new series may fold into this one; not all that call themselves so do.
  bool IsOverflow(const tsdb::Labels& labels) const {
    return budget_.overflow != nullptr && labels.Has(kOverflowLabel) &&
           budget_.overflow->Output(labels) == labels;
  }

  const MetricRules& RulesOf(std::string_view metric) {
    const auto found = rules_.find(View(metric));
    if (found != rules_.end()) return found->second;
    if (rules_.size() >= kMaxKnownMetrics) rules_.clear();
    MetricRules rules;
    rules.critical = std::any_of(budget_.critical.begin(), budget_.critical.end(),
                                 [metric](const tsdb::Matcher& m) { return m.Matches(metric); });
    Match(budget_.metrics, metric, rules.metrics);
    Match(budget_.labels, metric, rules.labels);
    return rules_.emplace(std::string(metric), std::move(rules)).first->second;
  }

  bool IsNewValue(uint32_t i, const tsdb::Labels& labels) const {
    const std::string_view value = labels.Get(budget_.labels[i].label);
    return !value.empty() && !by_label_[i].contains(View(value));
  }

  // Short: answers to senders keep 120 bytes of it.
  Past PastTenant(uint64_t kept) const {
    const std::string why = kept == 0 ? "" : fmt::format(" less its reserve of {}", kept);
    return {BudgetKind::kTenant,
            fmt::format("{} active series; raise series.hard {}{} in admission.budgets", series_,
                        budget_.series.hard, why)};
  }
  Past PastMetrics(uint32_t i) const {
    const MetricBudget& rule = budget_.metrics[i];
    return {BudgetKind::kMetrics,
            fmt::format("{} active series; raise hard {} of metrics {} in admission.budgets",
                        by_metrics_[i], rule.series.hard, rule.metrics.value())};
  }
  Past PastLabel(uint32_t i) const {
    const LabelBudget& rule = budget_.labels[i];
    return {BudgetKind::kLabel,
            fmt::format("{} values of {}; drop the label, or raise hard {} in admission.budgets",
                        by_label_[i].size(), rule.label, rule.values.hard)};
  }

  const TenantBudget& budget_;
  uint64_t series_ = 0;
  uint64_t overflows_ = 0;
  HourGrowth growth_;
  std::vector<uint64_t> by_metrics_;
  // How many active series each value has.
  std::vector<absl::flat_hash_map<std::string, uint64_t>> by_label_;
  absl::flat_hash_map<std::string, MetricRules> rules_;
};

Budget::Budget(BudgetConfig config, const Clock& clock)
    : config_(std::move(config)), clock_(clock) {}
Budget::~Budget() = default;

void Budget::AddMetrics(Metrics& metrics) {
  for (size_t i = 0; i < kBudgetKinds; ++i) {
    const std::string kind(BudgetKindName(static_cast<BudgetKind>(i)));
    refused_[i] =
        metrics.AddCounter("tidemark_admission_series_refused_total",
                           "New series refused at a hard limit of admission.budgets, once "
                           "for each time that they were sent, by kind of limit.",
                           {{"limit", kind}});
    past_soft_[i] = metrics.AddCounter("tidemark_admission_series_past_soft_total",
                                       "New series taken past a soft limit of admission.budgets, "
                                       "by kind of limit.",
                                       {{"limit", kind}});
  }
}

Budget::Tenant& Budget::Of(std::string_view tenant) {
  const auto found = tenants_.find(View(tenant));
  if (found != tenants_.end()) return *found->second;
  return *tenants_.emplace(std::string(tenant), std::make_unique<Tenant>(config_.Of(tenant)))
              .first->second;
}

Status Budget::Admit(std::string_view tenant, const tsdb::Labels& labels) {
  MutexLock lock(mutex_);
  Tenant& counts = Of(tenant);
  if (auto past = counts.CheckHard(labels)) {
    Counter* const counter = refused_[static_cast<size_t>(past->kind)];
    if (counter != nullptr) counter->Add();
    return OutOfRange(past->text);
  }
  const auto soft = counts.CheckSoft(labels);
  for (size_t i = 0; i < kBudgetKinds; ++i) {
    if (soft[i] && past_soft_[i] != nullptr) past_soft_[i]->Add();
  }
  counts.Add(labels, clock_.NowMs());
  return OkStatus();
}

void Budget::Note(std::string_view tenant, const tsdb::Labels& labels) {
  MutexLock lock(mutex_);
  Of(tenant).Add(labels, clock_.NowMs());
}

void Budget::Forget(std::string_view tenant, const tsdb::Labels& labels) {
  MutexLock lock(mutex_);
  Of(tenant).Remove(labels, clock_.NowMs());
}

std::shared_ptr<const Fold> Budget::Overflow(std::string_view tenant) const {
  return config_.Of(tenant).overflow;
}

std::vector<BudgetUse> Budget::Usage(std::string_view tenant) const {
  MutexLock lock(mutex_);
  const auto found = tenants_.find(View(tenant));
  const int64_t now_ms = clock_.NowMs();
  if (found == tenants_.end()) return Tenant(config_.Of(tenant)).Usage(now_ms);
  return found->second->Usage(now_ms);
}

}  // namespace tidemark::server
