#include "server/aggregate/fold_writer.h"

#include <iterator>
#include <optional>
#include <span>
#include <type_traits>

#include "tsdb/base/log.h"

namespace tidemark::server {
namespace {

// How often idle inputs are looked for; it costs a look at each input.
constexpr int64_t kSweepMs = 60'000;

template <typename T>
void MoveTo(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  from.clear();
}

void MoveTo(FoldChanges& to, FoldChanges from) {
  MoveTo(to.points, from.points);
  MoveTo(to.records, from.records);
}

// Points that the storage did not take, by what their output is called.
class PointAppender {
 public:
  explicit PointAppender(tsdb::Appender& appender) : appender_(appender) {}

  // Not OK: none of the request can be written.
  Status Append(const FoldPoint& point) {
    if (outputs_.empty() || outputs_.back() != point.output) {
      series_ = appender_.GetSeries(point.labels);
      outputs_.resize(series_.ok() ? *series_ + 1 : outputs_.size(), point.output);
    }
    Status status = series_.status();
    if (status.ok()) {
      status = point.histogram != nullptr
                   ? appender_.AppendHistogram(*series_, point.t, *point.histogram)
                   : appender_.Append(*series_, tsdb::Sample{point.t, point.v});
    }
    if (status.code() == StatusCode::kUnavailable) return status;
    if (!status.ok()) lost_.push_back(point.output);
    return OkStatus();
  }

  Status AppendExemplar(const tsdb::Labels& output, const tsdb::Exemplar& exemplar) {
    const auto series = appender_.GetSeries(output);
    outputs_.resize(series.ok() ? *series + 1 : outputs_.size());
    const Status status =
        series.ok() ? appender_.AppendExemplar(*series, exemplar) : series.status();
    return status.code() == StatusCode::kUnavailable ? status : OkStatus();
  }

  void NoteRefused(const tsdb::CommitReport& report) {
    for (const tsdb::RefusedSeries& one : report.refused) lost_.push_back(outputs_[one.series]);
  }
  const std::vector<FoldId>& lost() const { return lost_; }

 private:
  tsdb::Appender& appender_;
  StatusOr<tsdb::SeriesRef> series_ = Unavailable("none yet");
  std::vector<FoldId> outputs_;  // by ref
  std::vector<FoldId> lost_;
};

using Exemplars = std::vector<std::pair<tsdb::Labels, tsdb::Exemplar>>;

// Which outputs lost a point.
StatusOr<std::vector<FoldId>> Write(tsdb::Appender& appender, const FoldChanges& changes,
                                    const Exemplars& exemplars) {
  PointAppender points(appender);
  for (const FoldPoint& point : changes.points) RETURN_IF_ERROR(points.Append(point));
  for (const auto& [labels, exemplar] : exemplars) {
    RETURN_IF_ERROR(points.AppendExemplar(labels, exemplar));
  }
  for (const FoldChanges::Record& record : changes.records) {
    RETURN_IF_ERROR(appender.SetState(record.key, record.value));
  }
  ASSIGN_OR_RETURN(const tsdb::CommitReport report, appender.Commit());
  points.NoteRefused(report);
  return points.lost();
}

// The part of `all` of the series that ends at `end`; `begin` moves there.
template <typename T>
std::span<const T> Part(const std::vector<T>& all, size_t& begin, size_t end) {
  const std::span<const T> part = std::span(all).subspan(begin, end - begin);
  begin = end;
  return part;
}

FoldVerdict AddTo(Aggregator& aggregator, FoldInput& input, const tsdb::Sample& sample,
                  int64_t now_ms) {
  return aggregator.Add(input, sample, now_ms);
}
FoldVerdict AddTo(Aggregator& aggregator, FoldInput& input, const tsdb::HistogramSample& sample,
                  int64_t now_ms) {
  return aggregator.AddHistogram(input, sample.t, sample.h, now_ms);
}

// The samples of one series on their way into the Aggregator.
struct Feed {
  Aggregator& aggregator;
  const FoldBatch::Series& series;
  const int64_t now_ms;
  FoldReport& report;
  FoldReport::Refused& refused;

  // `count`: of those that were refused.
  template <typename T>
  void Add(std::span<const T> samples, uint64_t& count) {
    if (samples.empty()) return;
    FoldVerdict verdict;
    FoldInput* const input = aggregator.Find(
        series.labels, *series.fold, std::is_same_v<T, tsdb::HistogramSample>, now_ms, verdict);
    for (const T& sample : samples) {
      if (input != nullptr) verdict = AddTo(aggregator, *input, sample, now_ms);
      Count(verdict, count);
    }
  }

  void Count(FoldVerdict verdict, uint64_t& count) {
    if (IsRefused(verdict)) {
      refused.why = verdict;
      ++count;
    } else if (verdict == FoldVerdict::kRepeated) {
      ++report.repeated;
    } else {
      ++report.counted;
      if (verdict == FoldVerdict::kBehindGrid) ++report.behind_grid;
    }
  }
};

}  // namespace

Status FoldWriter::Take(tsdb::Storage& storage, const FoldBatch& batch, FoldReport& report) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(LoadLocked(storage));
  RETURN_IF_ERROR(WriteRestLocked(storage));
  ApplyLocked(batch, report);
  return WriteAppliedLocked(storage);
}

StatusOr<bool> FoldWriter::Owns(tsdb::Storage& storage, const tsdb::Labels& labels) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(LoadLocked(storage));
  return aggregator_.Owns(labels);
}

Status FoldWriter::Tick(tsdb::Storage& storage) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(LoadLocked(storage));
  RETURN_IF_ERROR(WriteRestLocked(storage));
  const int64_t now_ms = clock_.NowMs();
  aggregator_.EmitQuiet(now_ms);
  if (now_ms >= next_sweep_ms_) {
    next_sweep_ms_ = now_ms + kSweepMs;
    CollectLocked();
    aggregator_.Expire(now_ms);
  }
  return WriteAppliedLocked(storage);
}

Status FoldWriter::Finish(tsdb::Storage& storage) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(LoadLocked(storage));
  RETURN_IF_ERROR(WriteRestLocked(storage));
  aggregator_.EmitAll(clock_.NowMs());
  return WriteAppliedLocked(storage);
}

FoldWriter::Size FoldWriter::size() const {
  MutexLock lock(mutex_);
  return {aggregator_.inputs(), aggregator_.outputs(), aggregator_.bytes()};
}

// Once, and the only reading under the lock: nobody could go on without it.
Status FoldWriter::LoadLocked(tsdb::Storage& storage) {
  if (loaded_) return OkStatus();
  ASSIGN_OR_RETURN(const auto states, storage.States(tenant_));
  const size_t unreadable = aggregator_.Load(states, clock_.NowMs());
  if (unreadable > 0) {
    metrics_.unreadable->Add(unreadable);
    Log(LogLevel::kError, "state of folded series cannot be read: they begin anew",
        {{"tenant", tenant_}, {"records", unreadable}});
  }
  loaded_ = true;
  return OkStatus();
}

// What failed before: while the disk takes nothing, nothing more is taken into memory.
Status FoldWriter::WriteRestLocked(tsdb::Storage& storage) {
  if (failed_ <= written_ || committing_) return OkStatus();
  return CommitLocked(storage);
}

void FoldWriter::ApplyLocked(const FoldBatch& batch, FoldReport& report) {
  const int64_t now_ms = clock_.NowMs();
  size_t floats = 0, histograms = 0, exemplars = 0;
  for (size_t i = 0; i < batch.series.size(); ++i) {
    const FoldBatch::Series& series = batch.series[i];
    FoldReport::Refused refused{i, FoldVerdict::kCounted, 0, 0, 0};
    Feed feed{aggregator_, series, now_ms, report, refused};
    feed.Add(Part(batch.floats, floats, series.floats_end), refused.floats);
    feed.Add(Part(batch.histograms, histograms, series.histograms_end), refused.histograms);
    const auto of_exemplars = Part(batch.exemplars, exemplars, series.exemplars_end);
    if (IsRefused(refused.why)) {
      refused.exemplars = of_exemplars.size();
      report.refused.push_back(refused);
    } else if (!of_exemplars.empty()) {
      const tsdb::Labels output = series.fold->Output(series.labels);
      for (const tsdb::Exemplar& one : of_exemplars) exemplars_.emplace_back(output, one);
    }
  }
  aggregator_.EmitDue(now_ms);
}

void FoldWriter::CollectLocked() {
  aggregator_.EmitDue(clock_.NowMs());
  MoveTo(changes_, aggregator_.TakeChanges());
}

// Until what the Aggregator knows now is stored, by this thread or another one.
Status FoldWriter::WriteAppliedLocked(tsdb::Storage& storage) {
  const uint64_t mine = ++applied_;
  while (written_ < mine) {
    if (!committing_) {
      RETURN_IF_ERROR(CommitLocked(storage));
      continue;
    }
    const uint64_t failures = failures_;
    std::unique_lock<std::mutex> lock(mutex_.native(), std::adopt_lock);
    changed_.wait(lock);
    lock.release();
    if (failures_ != failures && failed_ >= mine && written_ < mine) return failure_;
  }
  return OkStatus();
}

Status FoldWriter::CommitLocked(tsdb::Storage& storage) {
  CollectLocked();
  const uint64_t target = applied_;
  if (changes_.empty() && exemplars_.empty()) {
    written_ = target;
    return OkStatus();
  }
  committing_ = true;
  FoldChanges changes = std::exchange(changes_, {});
  Exemplars exemplars = std::exchange(exemplars_, {});
  mutex_.Unlock();
  const StatusOr<std::vector<FoldId>> lost =
      Write(*storage.NewAppender(tenant_), changes, exemplars);
  mutex_.Lock();
  committing_ = false;
  if (lost.ok()) {
    written_ = target;
    for (const FoldId& output : *lost) aggregator_.NoteLost(output);
    metrics_.points->Add(changes.points.size());
    metrics_.lost_points->Add(lost->size());
  } else {
    MoveTo(changes, std::move(changes_));  // what came meanwhile counts after it
    changes_ = std::move(changes);
    MoveTo(exemplars, exemplars_);
    exemplars_ = std::move(exemplars);
    failed_ = target;
    failure_ = lost.status();
    ++failures_;
  }
  changed_.notify_all();
  return lost.status();
}

}  // namespace tidemark::server
