// Storage: labelled series of samples and histograms, kept in RocksDB.
//
//   ASSIGN_OR_RETURN(auto storage, Storage::Open(options, metrics));
//
//   std::unique_ptr<Appender> app = storage->NewAppender("default");
//   ASSIGN_OR_RETURN(SeriesRef series, app->GetSeries(labels));
//   RETURN_IF_ERROR(app->Append(series, Sample{t, v}));
//   ASSIGN_OR_RETURN(CommitReport report, app->Commit());
//
//   ASSIGN_OR_RETURN(auto querier, storage->NewQuerier("default", mint, maxt));
//   ASSIGN_OR_RETURN(auto set, querier->Select(matchers, hints));
//   for (size_t i = 0; i < set->size(); ++i) {
//     auto it = set->Samples(i);
//     while (it->Next()) Use(it->run());
//     RETURN_IF_ERROR(it->status());
//   }
//
// What is committed survives a crash of the process, and under fsync: always
// one of the machine; the same request may be sent again at any time, after
// any crash, and the database is the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tsdb/base/cancellation.h"
#include "tsdb/base/clock.h"
#include "tsdb/base/metrics.h"
#include "tsdb/base/progress.h"
#include "tsdb/base/status.h"
#include "tsdb/index/label_counts.h"
#include "tsdb/model/exemplar.h"
#include "tsdb/model/labels.h"
#include "tsdb/model/matcher.h"
#include "tsdb/model/sample.h"
#include "tsdb/model/sample_iterator.h"
#include "tsdb/series_gate.h"
#include "tsdb/tier/day_quality.h"
#include "tsdb/tier/tier_reader.h"

namespace tidemark::tsdb {

// ---------------------------------------------------------------- writing

// A series within one Appender: an index into what GetSeries has returned so
// far, 0, 1, 2 …; means nothing outside it.
using SeriesRef = uint32_t;

// What becomes of a sample at whose time another value is stored already.
enum class ConflictPolicy {
  kFirst,   // the value that was acknowledged first stays, and that is no error
  kLast,    // the new value replaces it
  kRefuse,  // the value that was acknowledged first stays; the sender is to be told
};

// Which policy is whose.
struct ConflictPolicies {
  ConflictPolicy all = ConflictPolicy::kFirst;
  std::map<std::string, ConflictPolicy, std::less<>> tenants;  // for whom it is another

  ConflictPolicy Of(std::string_view tenant) const {
    const auto found = tenants.find(tenant);
    return found == tenants.end() ? all : found->second;
  }
};

// A sample that Commit did not take, because another value is stored at its time.
struct Conflict {
  SeriesRef series;
  int64_t t;
};

// A series that Commit did not create, and why; nothing of it was taken.
struct RefusedSeries {
  SeriesRef series;
  Status status;
};

// What became of the samples of one Appender.
struct CommitReport {
  uint64_t written = 0;             // new; late ones included
  uint64_t late = 0;                // of those, older than the newest of their series
  uint64_t duplicates = 0;          // exactly what was stored already; nothing changed
  uint64_t replaced = 0;            // took the place of another value; not in `written`
  std::vector<Conflict> conflicts;  // not taken: the value first acknowledged stays
  // Of GetEncodedSeries, or by the SeriesGate, in any order.
  std::vector<RefusedSeries> refused;
};

// What a delete applied to.
struct DeleteReport {
  uint64_t series = 0;  // that the matchers select, with or without samples in the range
};

// Reads labels as a sender wrote them.
class LabelDecoder {
 public:
  virtual ~LabelDecoder() = default;
  //   kInvalidArgument  they are no labels of a series
  virtual StatusOr<Labels> Decode(std::string_view encoded) = 0;
};

// Appender: the one way in.  Collects samples of many series, then makes all of
// them visible and durable together, or none.  Two samples of one series and time
// are a conflict like any other, in the order in which they were added; a float
// counts as added before a histogram.
//
// Threads: one thread per Appender; any number of Appenders at once.
// Ownership: copies what it is given.  The Storage must outlive it.
class Appender {
 public:
  virtual ~Appender() = default;  // Drops what was not committed.

  // Finds the series, or plans to create it at Commit, which does so only if
  // something of it was added.
  //   kInvalidArgument    no metric name, or labels past the limits of the options
  //   kResourceExhausted  the tenant's or the machine's budget is spent
  virtual StatusOr<SeriesRef> GetSeries(const Labels& labels) = 0;

  // The same for labels in the bytes of a remote-write request: protobuf's of
  // the field `labels` of prometheus.TimeSeries.  A series that was sent before
  // in the same bytes, sorted by name, is found by a hash of them, and nothing
  // is decoded.  For others Commit asks the decoder, at most once; what is wrong
  // with them is then in the report, if not returned here.  Samples of series
  // that had to be decoded count as added after all others.
  // `encoded` and `decoder`, one for all of an Appender, must live until Commit
  // returns.
  virtual StatusOr<SeriesRef> GetEncodedSeries(std::string_view encoded, LabelDecoder& decoder) {
    StatusOr<Labels> labels = decoder.Decode(encoded);
    if (!labels.ok()) return labels.status();
    return GetSeries(*labels);
  }

  // Adds one sample, of any age inside retention, in any order.  `start`: when
  // what it counts began, in milliseconds since the Unix epoch, as the sender
  // says; 0: not known.  Any time is taken, be it after the sample's.  It is kept
  // if the sample is: that of a duplicate, or of a sample that is refused, changes
  // nothing; where the last value wins, a sample that replaces another brings its
  // own, or none.
  //   kOutOfRange       older than raw retention
  //   kInvalidArgument  a histogram that does not pass FloatHistogram::Validate
  // A refused sample leaves the Appender as it was; others may still go in.
  virtual Status Append(SeriesRef series, const Sample& sample, int64_t start) = 0;
  virtual Status AppendHistogram(SeriesRef series, int64_t t, const FloatHistogram& h,
                                 int64_t start) = 0;
  // The same for one that has passed Validate, which is not asked again; leaves `h`
  // with any value.
  virtual Status TakeHistogram(SeriesRef series, int64_t t, FloatHistogram& h, int64_t start) {
    return AppendHistogram(series, t, h, start);
  }
  // Without a start.
  Status Append(SeriesRef series, const Sample& sample) { return Append(series, sample, 0); }
  Status AppendHistogram(SeriesRef series, int64_t t, const FloatHistogram& h) {
    return AppendHistogram(series, t, h, 0);
  }
  Status TakeHistogram(SeriesRef series, int64_t t, FloatHistogram& h) {
    return TakeHistogram(series, t, h, 0);
  }

  // Beside the samples; an exemplar that is stored already changes nothing.
  virtual Status AppendExemplar(SeriesRef series, const Exemplar& exemplar) = 0;
  virtual Status SetMetadata(std::string_view metric, const Metadata& metadata) = 0;

  // Bytes that the caller keeps beside the tenant's samples, under a key of its own
  // choice, for Storage::States; none: they go.  The last call for a key counts.
  //   kUnimplemented  this storage keeps none
  virtual Status SetState(std::string /*key*/, std::optional<std::string> /*value*/) {
    return Unimplemented("this storage keeps no state");
  }

  // Writes all of it as one RocksDB batch.  Call at most once.
  //   kUnavailable  not written, for now: the disk is full or failing, or a
  //                 memory budget is spent.  Send the same again later.
  virtual StatusOr<CommitReport> Commit() = 0;
};

// ---------------------------------------------------------------- reading

// What Select found: all labels first, then the samples of any series.
//
// Threads: const functions from any thread; Samples of different series, or of
// the same one twice, may be read at once.
// Ownership: holds what it needs; must not outlive its Querier.
class SeriesSet {
 public:
  virtual ~SeriesSet() = default;
  virtual size_t size() const = 0;
  // Ascending in label order, unless SelectHints::any_order was set.
  virtual const Labels& labels(size_t i) const = 0;
  virtual std::unique_ptr<SampleIterator> Samples(size_t i) const = 0;
  // The window aggregates of the same series, at any time, also outside the range
  // of Select; null: there are only samples.
  virtual const TierReader* tiers() const { return nullptr; }
};

// What the caller is going to do; everything may be left at its default, and a
// storage may ignore any of it but `start` and `end`.
struct SelectHints {
  // Samples outside [start, end] are not wanted; within the Querier's range.
  int64_t start = std::numeric_limits<int64_t>::min();
  int64_t end = std::numeric_limits<int64_t>::max();
  int64_t step_ms = 0;   // of the query; 0: instant
  int64_t range_ms = 0;  // of the range selector; 0: instant selector
  std::string function;  // the one directly above the selector
  std::vector<std::string> grouping;
  bool by = false;                // grouping keeps (by) or drops (without)
  size_t limit = 0;               // series; 0: all
  int64_t max_resolution_ms = 0;  // the coarsest tier that will do; 0: raw
  bool start_times = false;       // fill SampleRun::start
  bool buckets = true;            // false: of histograms only what counts and sums need
  // The series need not be in label order, only in one that is the same for the
  // same series: the storage's own, in which they are found and read sooner.
  bool any_order = false;
  const Cancellation* cancellation = nullptr;
};

// Querier: a view of one tenant's series over [mint, maxt], both inclusive, as
// of the moment it was made or later.
//
// Threads: any.  Ownership: the Storage must outlive it.
class Querier {
 public:
  virtual ~Querier() = default;

  // The series that match all of `matchers` and may have samples in the hints'
  // range.
  //   kInvalidArgument  no matcher that excludes the empty value: it would
  //                     select every series
  //   kCancelled, kDeadlineExceeded  as the hints' cancellation says
  virtual StatusOr<std::unique_ptr<SeriesSet>> Select(std::span<const Matcher> matchers,
                                                      const SelectHints& hints) const = 0;

  // Names, or values of one name, over all series that match (no matcher: all),
  // sorted; at most `limit` (0: all).
  virtual StatusOr<std::vector<std::string>> LabelNames(std::span<const Matcher> matchers,
                                                        size_t limit) const = 0;
  virtual StatusOr<std::vector<std::string>> LabelValues(std::string_view name,
                                                         std::span<const Matcher> matchers,
                                                         size_t limit) const = 0;
};

// Queryable: where queriers come from.  What promql reads through, so that a
// remote storage, or a test's, can stand in.
class Queryable {
 public:
  virtual ~Queryable() = default;
  virtual StatusOr<std::unique_ptr<Querier>> NewQuerier(std::string_view tenant, int64_t mint,
                                                        int64_t maxt) const = 0;
};

// ---------------------------------------------------------------- the whole

enum class FsyncMode {
  kAlways,    // before Commit returns: survives a crash of the machine
  kInterval,  // at least every StorageOptions::fsync_interval_ms
};

// None of these can change while the Storage is open.
struct StorageOptions {
  std::string path = "data";
  FsyncMode fsync = FsyncMode::kAlways;
  int64_t fsync_interval_ms = 1000;
  // Samples older than this are refused, and dropped when they become so; 0: never.
  int64_t raw_retention_ms = 90LL * 86'400'000;
  // Window aggregates are kept for so long; 0: for ever.
  int64_t hour_retention_ms = 400LL * 86'400'000;
  int64_t day_retention_ms = 5 * 365LL * 86'400'000;
  // How often the aggregates of a day that is not over are made.
  int64_t rollup_open_day_ms = 6 * 3'600'000LL;
  // Raw retention of tenants that have one of their own, longer or shorter.
  std::map<std::string, int64_t, std::less<>> raw_retention_ms_by_tenant;
  // A series without a new sample for so long leaves the memory, once its
  // samples are sealed; 0: never.
  int64_t series_idle_ms = 2 * 3'600'000LL;
  // For head, memtables and block cache together; past it Commit says kUnavailable.
  uint64_t memory_bytes = 2ULL << 30;
  // Commit says kUnavailable while less of the file system is free than this share.
  double min_free_disk = 0.05;
  ConflictPolicies conflicts;
  // Bounds on one series' labels.
  size_t max_label_names = 64;
  size_t max_label_name_bytes = 1024;
  size_t max_label_value_bytes = 4096;
  // Asked about each new series; null: all may be created.
  std::shared_ptr<SeriesGate> series_gate;
  // Of Open, which on a large journal takes seconds.
  Progress opening;
  // Must outlive the Storage.
  const Clock* clock = &Clock::System();
};

struct TenantStats {
  std::string tenant;
  uint64_t series = 0;       // known
  uint64_t head_series = 0;  // with samples not yet sealed
  int64_t min_time = 0;      // of the samples not yet sealed; 0 when there are none
  int64_t max_time = 0;
};

// Exemplars of one series, in time order.
struct SeriesExemplars {
  Labels labels;
  std::vector<Exemplar> exemplars;
};

// The quality of one series, day by day.
struct SeriesQuality {
  Labels labels;
  std::vector<DayQuality> days;
};

struct QualityReport {
  // Up to here all that was acknowledged is in the report; later hours may change.
  int64_t complete_until = std::numeric_limits<int64_t>::min();
  std::vector<SeriesQuality> series;
};

// Threads: all functions but Close may be called from any thread.
class Storage : public Queryable {
 public:
  // Opens, or creates, the database at options.path, and brings the head back
  // from the journal.
  //   kFailedPrecondition  in use by another process, or written by a newer version
  //   kDataLoss            something stored cannot be read; the message says what
  //   kCancelled           as options.opening says
  // `metrics` must outlive the Storage.
  static StatusOr<std::unique_ptr<Storage>> Open(const StorageOptions& options, Metrics& metrics);

  // `tenant` is created by its first Commit.
  virtual std::unique_ptr<Appender> NewAppender(std::string_view tenant) = 0;

  // What senders said of the tenant's metrics, by name.
  virtual std::map<std::string, Metadata> MetricMetadata(std::string_view tenant) const = 0;
  // For whom there is any, in no order.
  virtual std::vector<std::string> TenantsWithStates() const { return {}; }
  // What SetState of the tenant's appenders left, by key, ascending.
  //   kDataLoss  something stored cannot be read
  virtual StatusOr<std::vector<std::pair<std::string, std::string>>> States(
      std::string_view /*tenant*/) const {
    return std::vector<std::pair<std::string, std::string>>();
  }
  // The exemplars within [mint, maxt], both inclusive, of the series that match;
  // series without any are left out, the others ascend in label order.
  //   kDataLoss  something stored cannot be read
  virtual StatusOr<std::vector<SeriesExemplars>> Exemplars(std::string_view tenant,
                                                           std::span<const Matcher> matchers,
                                                           int64_t mint, int64_t maxt) const = 0;

  // How complete the series that match are in the days that [mint, maxt], both
  // inclusive, touches, as far as their aggregates are made; in label order.  Series
  // without any are left out.
  //   kDataLoss                      something stored cannot be read
  //   kCancelled, kDeadlineExceeded  as `cancellation` says, which may be null
  virtual StatusOr<QualityReport> Quality(std::string_view /*tenant*/,
                                          std::span<const Matcher> /*matchers*/, int64_t /*mint*/,
                                          int64_t /*maxt*/,
                                          const Cancellation* /*cancellation*/) const {
    return QualityReport();
  }

  // Deletes the samples and exemplars within [mint, maxt], both inclusive, of the
  // series that match all of `matchers`.  What was acknowledged before the call
  // is gone for queries when it returns, and stays gone after a crash; what is
  // acknowledged later, at the same times too, is new, and stays.  The bytes go
  // with the next seal and compaction (CleanTombstones).  A sample at the very
  // smallest int64 is not deleted.
  //   kInvalidArgument  no matcher that excludes the empty value, or an empty range
  //   kUnavailable      not durable, for now: the disk is failing.  Samples may be
  //                     gone for queries already; ask for the same again later
  virtual StatusOr<DeleteReport> Delete(std::string_view tenant, std::span<const Matcher> matchers,
                                        int64_t mint, int64_t maxt) = 0;

  // Takes the bytes of what was deleted off the disk; as long as a Flush.
  virtual Status CleanTombstones() = 0;

  // Seals everything into blocks, makes the aggregates of what changed, compacts, and
  // returns when that is done.
  virtual Status Flush() = 0;

  // A consistent copy with everything acknowledged before the call, in
  // <path>/snapshots/<what it returns>; RestoreSnapshot (tsdb/snapshot/restore.h)
  // makes a database of it.  Reads and writes go on.
  //   kUnavailable  the disk is full or failing; nothing is left of it
  virtual StatusOr<std::string> Snapshot() = 0;

  virtual std::vector<TenantStats> Stats() const = 0;

  // Counts the tenant's series that are in memory, those with samples in the last
  // series_idle_ms, by the values of `names` (none: of all labels); only those that
  // match all of `matchers` (no matcher: all).  Of each label the `top` values with
  // the most series.  Costs a look at each value, none at the series.
  virtual StatusOr<LabelCounts> CountLabels(std::string_view tenant,
                                            std::span<const Matcher> matchers,
                                            std::span<const std::string> names,
                                            size_t top) const = 0;

  // Why writes are refused at the moment, or OK.
  virtual Status WriteHealth() const = 0;

  // Stops background work and closes the files.  Call once, after all Appenders
  // and Queriers are gone; the destructor does it otherwise.
  virtual Status Close() = 0;
};

}  // namespace tidemark::tsdb
