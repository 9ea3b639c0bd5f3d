// Aggregator: adds series up into others that have fewer labels, for one tenant.
//
//   FoldVerdict why;
//   if (FoldInput* input = aggregator.Find(labels, fold, false, now_ms, why)) {
//     why = aggregator.Add(*input, {t, v}, now_ms);
//   }
//   aggregator.EmitDue(now_ms);
//   FoldChanges changes = aggregator.TakeChanges();   // to be stored together
//
// An input is a series that folds, an output what it folds into.  An output has
// points on a grid, interval_ms apart: one for each (end - interval, end] in which a
// sample of an input lies.
//
// Counters, classic buckets and native histograms.  The output is a counter; between
// two of its points it grows by the sum of the increases of its inputs between these
// times, each counted once:
//
//   - an increase belongs to the time of the sample that shows it; the first
//     sample of an input shows none, as for PromQL's increase()
//   - of an input only samples later than its newest count: sent again, or out of
//     order, they are kRepeated (the newer one showed their increase already)
//   - what is for a point already emitted counts at the next one: kBehindGrid
//
// Gauges.  A point is the function of the newest value of each input at that time,
// no older than lookback_ms.
//
// A point is emitted when a sample of its output lies delay_ms after it; or delay_ms
// after it by the clock, where nothing came for that long.  A series of points that
// begins above zero gets a zero 1 ms before, so that no increase is lost.  When the
// last input ended by a stale marker, so does the output, 1 ms after its last point.
//
// State is bounded by max_bytes: past it new inputs are refused (kFull), known ones
// never.  An input not heard of for idle_ms is forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "server/aggregate/fold.h"
#include "server/aggregate/fold_records.h"
#include "server/aggregate/fold_state.h"
#include "tsdb/base/status.h"
#include "tsdb/model/sample.h"

namespace tidemark::server {

struct AggregatorOptions {
  int64_t interval_ms = 15'000;
  int64_t delay_ms = 10'000;
  int64_t idle_ms = 3'600'000;
  int64_t lookback_ms = 300'000;   // of gauges
  uint64_t max_bytes = 256 << 20;  // of memory
};

enum class FoldVerdict {
  kCounted,
  kBehindGrid,  // counts at the next point
  kRepeated,    // nothing new in it
  // Refused:
  kNotFinite,  // a counter's NaN or Inf would stay in the sum for ever
  kFull,
  kNoFunction,
  kGaugeHistogram,
  kMixedHistograms,  // exponential and custom buckets in one output
};
// For a sender: what to change; "" of what is not refused.
std::string_view FoldVerdictText(FoldVerdict verdict);
inline bool IsRefused(FoldVerdict verdict) { return verdict >= FoldVerdict::kNotFinite; }

// A sample of an output.
struct FoldPoint {
  FoldId output;
  tsdb::Labels labels;
  int64_t t = 0;
  double v = 0;
  std::unique_ptr<tsdb::FloatHistogram> histogram;  // instead of v
};

// What has to be stored together, or not at all.
struct FoldChanges {
  struct Record {
    std::string key;
    std::optional<std::string> value;  // none: the record goes
  };
  std::vector<FoldPoint> points;
  std::vector<Record> records;  // in this order
  bool empty() const { return points.empty() && records.empty(); }
};

// Threads: one at a time.
class Aggregator {
 public:
  explicit Aggregator(const AggregatorOptions& options);

  // Before anything else: all records that TakeChanges ever gave, as they are now.
  // Those that cannot be read are left out and counted: it is as if they had never been.
  size_t Load(const std::vector<std::pair<std::string, std::string>>& records, int64_t now_ms);

  // The input with these labels, known or new; null: `why` says.  Valid until
  // Expire.
  FoldInput* Find(const tsdb::Labels& labels, const Fold& fold, bool histograms, int64_t now_ms,
                  FoldVerdict& why);
  // `now_ms`: the clock, here and below.
  FoldVerdict Add(FoldInput& input, const tsdb::Sample& sample, int64_t now_ms);
  // What has passed Validate.
  FoldVerdict AddHistogram(FoldInput& input, int64_t t, const tsdb::FloatHistogram& h,
                           int64_t now_ms);
  // Whether an output has these labels, so that a series with them must fold, too.
  bool Owns(const tsdb::Labels& labels) const;

  // Of outputs that had a sample since the last call.
  void EmitDue(int64_t now_ms);
  // Of those that fell silent, too.
  void EmitQuiet(int64_t now_ms);
  // All that is for a time that has passed: before the process ends.
  void EmitAll(int64_t now_ms);
  // Forgets inputs that are idle.  Right after TakeChanges.
  void Expire(int64_t now_ms);

  FoldChanges TakeChanges();
  // A point of the output was not stored: the next ones begin from zero.
  void NoteLost(const FoldId& output);

  size_t inputs() const { return by_input_.size(); }
  size_t outputs() const { return outputs_.size(); }
  uint64_t bytes() const { return bytes_; }

 private:
  FoldOutput& OutputOf(const tsdb::Labels& labels, FoldFunction function, bool histograms);
  FoldInput& NewInput(const FoldId& id, FoldOutput& output);
  FoldInput& NewInputAt(uint32_t place, const FoldId& id, FoldOutput& output);
  void AddPages(uint32_t pages);
  // Takes the sample's time; `ended`: it is a stale marker.
  void Advance(FoldInput& input, int64_t t, bool ended, int64_t now_ms);
  FoldWindow& WindowFor(FoldOutput& output, int64_t t, bool& behind);
  void EmitUpTo(FoldOutput& output, int64_t end);
  void Emit(FoldOutput& output, FoldWindow& window, bool last);
  void EmitCounter(FoldOutput& output, FoldWindow& window, bool last);
  void EmitGauge(FoldOutput& output, const FoldWindow& window);
  std::optional<FoldGauge> GaugeAt(FoldInput& input, int64_t end);
  void Put(const FoldOutput& output, int64_t t, double v);
  void PutHistogram(const FoldOutput& output, int64_t t, tsdb::FloatHistogram h);
  void NoteDirty(FoldOutput& output);
  void NoteDirty(const FoldInput& input);
  FoldChanges::Record PageRecord(uint32_t page) const;
  void Forget(FoldInput& input);
  void ForgetOutputs();
  void Weigh(FoldInput& input);
  bool LoadRecord(const FoldKey& key, std::string_view value, int64_t now_ms);
  bool LoadOutput(const FoldId& id, std::string_view value, int64_t now_ms);
  bool LoadPage(uint32_t page, std::string_view value, int64_t now_ms);
  bool LoadInput(uint32_t place, StoredInput stored, int64_t now_ms);
  FoldId LabelsId(const tsdb::Labels& labels) const;
  FoldId InputId(const tsdb::Labels& labels, const FoldId& output) const;

  const AggregatorOptions options_;
  uint64_t seed_;
  bool seed_stored_ = false;
  absl::flat_hash_map<FoldId, uint32_t> by_input_;  // places
  std::deque<FoldInput> inputs_;                    // whole pages
  std::vector<uint32_t> free_;
  absl::flat_hash_map<FoldId, std::unique_ptr<FoldOutput>> outputs_;
  absl::flat_hash_map<FoldId, uint32_t> owned_;  // LabelsId: outputs with these labels
  uint64_t bytes_ = 0;

  std::vector<FoldOutput*> queue_;
  std::vector<FoldOutput*> dirty_outputs_;
  std::vector<bool> page_dirty_;  // by page
  std::vector<uint32_t> dirty_pages_;
  std::vector<std::string> erased_;
  std::vector<FoldPoint> points_;
};

}  // namespace tidemark::server
