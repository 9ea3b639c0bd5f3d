#include "tsdb/tier/rollup.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "tsdb/base/log.h"
#include "tsdb/store/fault.h"
#include "tsdb/tier/day_aggs.h"

namespace tidemark::tsdb {
namespace {

constexpr int64_t kTurnMs = 1000;
constexpr int64_t kTryAgainMs = 60'000;
constexpr size_t kBatchBytes = 256 << 10;
// Below what queries and seals have.
constexpr int kNice = 10;

void LowerPriority() { setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), kNice); }

Status CheckRunning(const std::atomic<bool>& stopping) {
  return stopping.load(std::memory_order_relaxed) ? Cancelled("the storage closes") : OkStatus();
}

// Values of keys that ascend, mostly: a look at what comes next saves a search.
class AscendingReader {
 public:
  explicit AscendingReader(std::unique_ptr<StoreIterator> it) : it_(std::move(it)) {}

  // Empty: there is none.  Valid until the next call.
  StatusOr<std::string_view> Read(std::string wanted);

 private:
  const std::unique_ptr<StoreIterator> it_;
  std::string last_;  // wanted; the iterator is at the first key from there on
};

StatusOr<std::string_view> AscendingReader::Read(std::string wanted) {
  const bool ahead = !last_.empty() && wanted >= last_;
  if (ahead && it_->Valid() && it_->key() < wanted) it_->Next();
  if (!ahead || (it_->Valid() && it_->key() < wanted)) it_->Seek(wanted);
  RETURN_IF_ERROR(it_->status());
  last_ = std::move(wanted);
  return it_->Valid() && it_->key() == last_ ? it_->value() : std::string_view();
}

// One pass over the marks of one day.
class DayPass {
 public:
  struct Counts {
    uint64_t windows = 0;
    uint64_t discarded = 0;   // marks of days that are gone
    uint64_t unreadable = 0;  // series
  };

  // Raw is opened after the marks: it has what is behind them.
  DayPass(Store& store, Partition partition, const std::function<int64_t(TenantId)>& gone_until,
          const std::atomic<bool>& stopping)
      : store_(store),
        partition_(partition),
        gone_until_(gone_until),
        stopping_(stopping),
        marks_(store.NewIterator(Family::kTiers)),
        days_(store.NewIterator(Family::kTiers)),
        raw_(store.NewIterator(Family::kRaw)),
        made_(store),
        done_(store.NewBatch()) {}

  //   kDataLoss  some series could not be read; their marks stay
  Status Run();
  const Counts& counts() const { return counts_; }

 private:
  Status MakeWholeDay();
  Status MakeMarked();
  Status Make(TenantId tenant, SeriesId series);
  StatusOr<std::string_view> RawBlock(const RawKey& key);
  bool IsGone(TenantId tenant) const { return PartitionEnd(partition_) <= gone_until_(tenant); }
  bool IsFull() const { return made_.size_bytes() + done_->size_bytes() >= kBatchBytes; }
  Status Write();

  Store& store_;
  const Partition partition_;
  const std::function<int64_t(TenantId)>& gone_until_;
  const std::atomic<bool>& stopping_;
  const std::unique_ptr<StoreIterator> marks_;
  AscendingReader days_;  // only passes write them, one at a time
  const std::unique_ptr<StoreIterator> raw_;
  DayBatches made_;
  const std::unique_ptr<WriteBatch> done_;  // takes marks away; behind what was made for them
  Counts counts_;
  Status unreadable_;  // the first
};

Status DayPass::Run() {
  const std::string whole = DirtyPartitionKey(partition_);
  marks_->Seek(whole);
  if (marks_->Valid() && marks_->key() == whole) {
    RETURN_IF_ERROR(MakeWholeDay());
    if (unreadable_.ok()) done_->Delete(Family::kTiers, whole);
    marks_->Next();
  }
  RETURN_IF_ERROR(MakeMarked());
  RETURN_IF_ERROR(Write());
  return unreadable_;
}

Status DayPass::MakeWholeDay() {
  RawKey key;
  for (raw_->Seek(RawPartitionKey(partition_)); raw_->Valid(); raw_->Next()) {
    if (!DecodeRawKey(raw_->key(), key)) return DataLoss("a key of raw that is none");
    if (key.partition != partition_) break;
    if (!IsGone(key.tenant)) RETURN_IF_ERROR(Make(key.tenant, key.series));
    if (IsFull()) RETURN_IF_ERROR(Write());
  }
  return raw_->status();
}

Status DayPass::MakeMarked() {
  DirtyKey at;
  std::vector<std::string> seen;
  while (marks_->Valid() && DecodeDirtyKey(marks_->key(), at) && at.partition == partition_) {
    const DirtyKey first = at;
    seen.clear();
    for (; marks_->Valid() && DecodeDirtyKey(marks_->key(), at); marks_->Next()) {
      if (at.partition != partition_ || at.tenant != first.tenant || at.series != first.series) {
        break;
      }
      seen.emplace_back(marks_->key());
    }
    const uint64_t unreadable = counts_.unreadable;
    if (IsGone(first.tenant)) {
      counts_.discarded += seen.size();
    } else {
      RETURN_IF_ERROR(Make(first.tenant, first.series));
    }
    if (counts_.unreadable > unreadable) continue;
    for (const std::string& mark : seen) done_->Delete(Family::kTiers, mark);
    if (IsFull()) RETURN_IF_ERROR(Write());
  }
  return marks_->status();
}

// Marks, and so these keys, ascend: mostly the next one is meant.
StatusOr<std::string_view> DayPass::RawBlock(const RawKey& key) {
  const std::string wanted = EncodeRawKey(key);
  if (raw_->Valid() && raw_->key() < wanted) raw_->Next();
  if (!raw_->Valid() || raw_->key() != wanted) raw_->Seek(wanted);
  RETURN_IF_ERROR(raw_->status());
  return raw_->Valid() && raw_->key() == wanted ? raw_->value() : std::string_view();
}

// One that cannot be read keeps its aggregates as they are.
Status DayPass::Make(TenantId tenant, SeriesId series) {
  RETURN_IF_ERROR(CheckRunning(stopping_));
  ASSIGN_OR_RETURN(const std::string_view block,
                   RawBlock(RawKeyOf(tenant, series, PartitionEnd(partition_))));
  StatusOr<DayAggs> aggs = MakeDayAggs(block);
  Status status = aggs.status();
  if (aggs.ok()) {
    counts_.windows += aggs->hours.size() + (aggs->day ? 1 : 0);
    ASSIGN_OR_RETURN(const std::string_view days,
                     days_.Read(DayBlockKey(partition_, tenant, series)));
    status = PutDayAggs(partition_, tenant, series, *std::move(aggs), days, made_);
  }
  if (status.code() != StatusCode::kDataLoss) return status;
  ++counts_.unreadable;
  unreadable_.Update(status);
  return OkStatus();
}

Status DayPass::Write() {
  RETURN_IF_ERROR(FaultPoint("rollup.made"));
  RETURN_IF_ERROR(made_.Write(store_));
  RETURN_IF_ERROR(FaultPoint("rollup.kept"));
  RETURN_IF_ERROR(store_.Write(*done_, WriteMode::kNoSync));
  done_->Clear();
  return FaultPoint("rollup.written");
}

}  // namespace

namespace {

// Since when the day is due, or will be.
int64_t DueSince(const DirtyDays::Day& day, int64_t open_day_every_ms) {
  const int64_t end = PartitionEnd(day.partition);
  return std::max(day.oldest_ms, std::min(end, day.oldest_ms + open_day_every_ms));
}

void AddGauges(const std::shared_ptr<const DirtyDays>& dirty, const RollupOptions& options,
               Metrics& metrics) {
  metrics.AddGauge("tidemark_rollup_dirty_windows",
                   "Hours of a series whose samples changed since they were aggregated; one may "
                   "count more than once.",
                   [dirty] { return static_cast<double>(dirty->windows()); });
  metrics.AddGauge("tidemark_rollup_oldest_dirty_seconds",
                   "Since when the oldest of these hours waits.", [dirty, clock = options.clock] {
                     const int64_t now = clock->NowMs();
                     const int64_t waits = now - dirty->oldest_ms().value_or(now);
                     return static_cast<double>(waits) / 1000;
                   });
  metrics.AddGauge("tidemark_rollup_lag_seconds",
                   "For how long aggregates have been due that are not made yet.",
                   [dirty, clock = options.clock, every = options.open_day_every_ms] {
                     const int64_t now = clock->NowMs();
                     int64_t since = now;
                     for (const DirtyDays::Day& day : dirty->Days()) {
                       since = std::min(since, DueSince(day, every));
                     }
                     return static_cast<double>(now - since) / 1000;
                   });
}

}  // namespace

Rollup::Rollup(const RollupOptions& options, Store& store, std::shared_ptr<DirtyDays> dirty,
               Metrics& metrics)
    : options_(options),
      store_(store),
      dirty_(std::move(dirty)),
      windows_made_(metrics.AddCounter("tidemark_rollup_windows_made_total",
                                       "Hours and days of a series that were aggregated.")),
      failures_(metrics.AddCounter(
          "tidemark_rollup_failures_total",
          "Passes over a day that failed, or found samples that cannot be read.")),
      discarded_(metrics.AddCounter(
          "tidemark_rollup_discarded_marks_total",
          "Changes of days whose samples retention had dropped: too late for aggregates.")) {
  mismatches_ = metrics.AddCounter(
      "tidemark_rollup_mismatches_total",
      "Aggregates of a day that were not as its samples said when these were to be dropped, and "
      "were made again.");
  AddGauges(dirty_, options_, metrics);
}

Rollup::~Rollup() { Stop(); }

void Rollup::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Rollup::Stop() {
  {
    MutexLock lock(mutex_);
    stopping_.store(true);
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Rollup::Sleep(int64_t ms) {
  std::unique_lock<std::mutex> lock(mutex_.native());
  return !wake_.wait_for(lock, std::chrono::milliseconds(ms), [this] { return stopping_.load(); });
}

void Rollup::Run() {
  LowerPriority();
  while (Sleep(kTurnMs)) RunDue();
}

bool Rollup::IsDue(const DirtyDays::Day& day, int64_t now) const {
  {
    MutexLock lock(mutex_);
    if (stopping_.load()) return false;
    const auto again = again_ms_.find(day.partition);
    if (again != again_ms_.end() && now < again->second) return false;
  }
  return now >= DueSince(day, options_.open_day_every_ms);
}

void Rollup::RunDue() {
  for (const DirtyDays::Day& day : dirty_->Days()) {
    if (store_.load().stalled) return;
    if (IsDue(day, options_.clock->NowMs())) RollUpDay(day.partition).IgnoreError();
  }
}

Status Rollup::RollUpAll() {
  for (const DirtyDays::Day& day : dirty_->Days()) {
    const Status status = RollUpDay(day.partition);
    if (status.code() != StatusCode::kDataLoss) RETURN_IF_ERROR(status);
  }
  return OkStatus();
}

Status Rollup::RollUpDay(Partition partition) {
  MutexLock day_lock(day_mutex_);
  const std::vector<uint64_t> settled = dirty_->Settled(partition);
  if (settled.empty()) return OkStatus();
  DayPass pass(store_, partition, options_.gone_until, stopping_);
  const Status status = pass.Run();
  windows_made_->Add(pass.counts().windows);
  discarded_->Add(pass.counts().discarded);
  passes_.fetch_add(1);
  MutexLock lock(mutex_);
  if (status.ok()) {
    again_ms_.erase(partition);
    dirty_->Clear(partition, settled);
    return OkStatus();
  }
  if (status.code() == StatusCode::kCancelled) return status;
  failures_->Add();
  if (again_ms_.count(partition) == 0) {
    Log(LogLevel::kError,
        "hours could not be aggregated; queries read their samples, and it is "
        "tried again",
        {{"day_ends_ms", PartitionEnd(partition)},
         {"unreadable_series", pass.counts().unreadable},
         {"error", MessageOf(status)}});
  }
  again_ms_[partition] = options_.clock->NowMs() + kTryAgainMs;
  return status;
}

// ---------------------------------------------------------------- before raw goes

Status Rollup::Finish(Partition partition) {
  if (!HasTiers(partition)) return OkStatus();
  const Status made = RollUpDay(partition);
  // What cannot be read today cannot be tomorrow, and must not fill the disk.
  const bool unreadable = made.code() == StatusCode::kDataLoss;
  if (!unreadable) RETURN_IF_ERROR(made);
  if (!unreadable && dirty_->IsDirty(partition)) {
    return FailedPrecondition("a day still changes whose samples are past retention");
  }
  return Verify(partition);
}

Status Rollup::Verify(Partition partition) {
  MutexLock day_lock(day_mutex_);
  uint64_t mismatches = 0;
  const std::unique_ptr<StoreIterator> raw = store_.NewIterator(Family::kRaw);
  RawKey key;
  for (raw->Seek(RawPartitionKey(partition)); raw->Valid(); raw->Next()) {
    if (!DecodeRawKey(raw->key(), key)) return DataLoss("a key of raw that is none");
    if (key.partition != partition) break;
    RETURN_IF_ERROR(CheckRunning(stopping_));
    if (PartitionEnd(partition) <= options_.gone_until(key.tenant)) continue;
    ASSIGN_OR_RETURN(const bool as_expected, VerifySeries(key, raw->value()));
    mismatches += as_expected ? 0 : 1;
  }
  RETURN_IF_ERROR(raw->status());
  mismatches_->Add(mismatches);
  if (mismatches > 0) {
    passes_.fetch_add(1);
    Log(LogLevel::kError, "aggregates were not as the samples said, and were made again",
        {{"day_ends_ms", PartitionEnd(partition)}, {"series", mismatches}});
  }
  return FaultPoint("rollup.verified");
}

// False where something was wrong, and is mended.
StatusOr<bool> Rollup::VerifySeries(const RawKey& key, std::string_view raw_block) {
  StatusOr<DayAggs> aggs = MakeDayAggs(raw_block);
  if (!aggs.ok()) return true;  // nothing to compare with
  ASSIGN_OR_RETURN(const bool holds,
                   HoldsDayAggs(store_, key.partition, key.tenant, key.series, *aggs));
  if (holds) return true;
  ASSIGN_OR_RETURN(const auto days,
                   store_.Get(Family::kTiers, DayBlockKey(key.partition, key.tenant, key.series)));
  DayBatches mended(store_);
  RETURN_IF_ERROR(PutDayAggs(key.partition, key.tenant, key.series, *aggs,
                             days.value_or(std::string()), mended));
  RETURN_IF_ERROR(mended.Write(store_));
  ASSIGN_OR_RETURN(const bool holds_now,
                   HoldsDayAggs(store_, key.partition, key.tenant, key.series, *aggs));
  if (!holds_now) return Internal("aggregates do not come back as they were written");
  return false;
}

}  // namespace tidemark::tsdb
