#include "server/ingest/conflict_log.h"

#include "tsdb/base/log.h"

namespace tidemark::server {
namespace {

constexpr int64_t kEveryNs = 10'000'000'000;

}  // namespace

bool ConflictLog::IsDue() {
  const int64_t now = clock_.MonotonicNs();
  int64_t next = next_ns_.load(std::memory_order_relaxed);
  return now >= next &&
         next_ns_.compare_exchange_strong(next, now + kEveryNs, std::memory_order_relaxed);
}

bool ConflictLog::Note(std::string_view tenant, const tsdb::CommitReport& report,
                       const std::function<std::string(tsdb::SeriesRef)>& describe) {
  const uint64_t samples = report.conflicts.size() + report.replaced;
  if (samples == 0) return false;
  untold_.fetch_add(samples, std::memory_order_relaxed);
  if (!IsDue()) return false;
  const bool kept = !report.conflicts.empty();
  const std::string example = kept ? describe(report.conflicts[0].series) : std::string();
  Log(LogLevel::kWarn,
      kept ? "samples conflict with values stored before, which stay; see ingest.conflict"
           : "samples replaced values stored before; see ingest.conflict",
      {{"tenant", tenant},
       {"samples", untold_.exchange(0, std::memory_order_relaxed)},
       {"example", example},
       {"timestamp", kept ? report.conflicts[0].t : 0}});
  return true;
}

}  // namespace tidemark::server
