// HeadTenant: what is in memory for one tenant; TenantTable: all of them.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tsdb/base/mutex.h"
#include "tsdb/index/series_index.h"
#include "tsdb/model/exemplar.h"
#include "tsdb/model/matcher.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb {

inline constexpr int64_t kNothingSealed = std::numeric_limits<int64_t>::min();

// Threads: all functions may be called from any thread.
class HeadTenant {
 public:
  HeadTenant(TenantId tenant_id, std::string tenant_name)
      : id(tenant_id), name(std::move(tenant_name)) {}

  const TenantId id;
  const std::string name;
  SeriesIndex index;

  // No sample after it is in raw, for any series.
  std::atomic<int64_t> sealed_bound{kNothingSealed};
  void RaiseSealedBound(int64_t t);

  // Whether the catalog may have series that are not in memory; and a time after
  // which none of those has samples.
  std::atomic<bool> has_absent{false};
  std::atomic<int64_t> absent_until{kNothingSealed};
  void NoteAbsent(int64_t newest);
  // Whether the catalog has the tenant; until then each commit writes it.
  std::atomic<bool> catalogued{false};

  // A number no series of the tenant has had: the metric's ordinal and a counter.
  SeriesId NewSeriesId(std::string_view metric);
  // What the catalog says: the next number of the metric has this counter.
  void LoadMetric(std::string_view metric, uint32_t ordinal, uint32_t next);
  // Its name, and the counter of its next series.
  std::pair<std::string, uint32_t> MetricOf(uint32_t ordinal) const;
  // The ordinals of all metrics with a name that the matchers allow.
  std::vector<uint32_t> MetricsMatching(std::span<const Matcher> matchers) const;

  // False when the metric's metadata are these already.
  bool IsNewMetadata(std::string_view metric, const Metadata& metadata) const;
  void SetMetadata(std::string_view metric, const Metadata& metadata);
  bool HasMetadata(std::string_view metric) const;
  void RemoveMetadata(std::string_view metric);
  std::map<std::string, Metadata> AllMetadata() const;

 private:
  struct Metric {
    uint32_t ordinal;
    uint32_t next;  // counter
  };

  mutable Mutex mutex_;
  std::map<std::string, Metric, std::less<>> metrics_ ABSL_GUARDED_BY(mutex_);
  uint32_t next_ordinal_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, Metadata, std::less<>> metadata_ ABSL_GUARDED_BY(mutex_);
};

// Threads: all functions may be called from any thread.
class TenantTable {
 public:
  // Null when there is none.
  HeadTenant* Find(std::string_view name) const;
  HeadTenant* Find(TenantId id) const;
  HeadTenant& FindOrCreate(std::string_view name);
  // One that the catalog has.
  HeadTenant& Load(TenantId id, std::string_view name);
  std::vector<HeadTenant*> All() const;
  std::map<TenantId, std::string> Names() const;

 private:
  HeadTenant& AddLocked(TenantId id, std::string_view name) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable SharedMutex mutex_;
  std::map<TenantId, std::unique_ptr<HeadTenant>> by_id_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, HeadTenant*, std::less<>> by_name_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace tidemark::tsdb
