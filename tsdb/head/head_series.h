// HeadSeries: one series' unsealed samples, and what is needed to tell new
// samples from duplicates and conflicts.
//
//   switch (series.AddFloat(t, v, sealed)) { case Outcome::kNew: … }
//
// Where a sample can be:
//
//   open chunk (one per type) -> closed chunk or late buffer: the open piece
//     -> frozen pieces (a seal is under way) -> sealed: family raw
//
// A chunk is closed at the end of its block, so that a seal can store it as it
// is.  After a seal, newest_t and its value stay, so that the next sample in
// order needs no read; what lies at or before `sealed_bound` may be in raw, and
// a sample there that is not in memory is taken only with a SealedView of it.
//
// A delete takes samples out of what is open, and leaves a cut in the open piece
// that hides what is frozen or sealed (tsdb/head/piece.h).  So a sample that is
// added later, in the same interval, is new, and stays.
//
// Threads: under its shard's lock, but for the atomics.
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "tsdb/chunk/float_chunk.h"
#include "tsdb/chunk/histogram_chunk.h"
#include "tsdb/chunk/start_column.h"
#include "tsdb/head/piece.h"
#include "tsdb/index/series.h"

namespace tidemark::tsdb {

enum class Outcome {
  kNew,        // in order, or of unknown order
  kNewLate,    // older than the newest sample
  kUnsealed,   // a duplicate of a sample in memory, which may not be durable yet
  kSealed,     // a duplicate of a sample that is in raw
  kConflict,   // another value is stored at its time
  kReplaced,   // as kConflict, and this one is now in its place
  kNeedsRead,  // cannot be told without a SealedView; nothing changed
};

// Whether the sample is stored now, and was not before.
inline bool IsTaken(Outcome outcome) {
  return outcome == Outcome::kNew || outcome == Outcome::kNewLate || outcome == Outcome::kReplaced;
}

// What raw holds at some times of one series, read outside of all locks.
class SealedView {
 public:
  virtual ~SealedView() = default;
  // Whether the read is of `t`, and newer than the series' last hand-over.
  virtual bool Covers(int64_t t, uint32_t hand_overs) const = 0;
  virtual const SampleValue* Find(int64_t t) const = 0;
};

class HeadSeries {
 public:
  // `sealed_bound`: no sample after it is in raw; the smallest int64 for a new
  // series.
  HeadSeries(TenantId series_tenant, SeriesId series_id, DenseRef index_ref, size_t shard_index,
             int64_t sealed_bound)
      : id(series_id),
        tenant(series_tenant),
        ref(index_ref),
        shard(static_cast<uint8_t>(shard_index)),
        sealed_bound_(sealed_bound) {}

  // `sealed` may be null: then kNeedsRead is possible.
  Outcome AddFloat(int64_t t, double v, const SealedView* sealed);
  Outcome AddHistogram(int64_t t, const FloatHistogram& h, const SealedView* sealed);
  // As the above for a journal record's sample, which was found to be new, or a
  // duplicate, when it was acknowledged: raw is not asked.
  Outcome ReplayFloat(int64_t t, double v);
  Outcome ReplayHistogram(int64_t t, const FloatHistogram& h);
  // The value at `t` becomes this one, whatever is there.
  void ReplaceFloat(int64_t t, double v);
  void ReplaceHistogram(int64_t t, const FloatHistogram& h);
  // Keeps when what the sample at `t` counts began: directly after one of the above
  // took it.  `start` is not 0.
  void NoteStart(int64_t t, int64_t start);
  // The start of an unsealed sample; 0: not known, or there is none.
  int64_t StartOf(int64_t t) const;
  // All samples in `times` are gone.
  void Delete(const TimeInterval& times);

  // Moves all samples and cuts into a frozen piece and returns it; null when
  // there are none.
  std::shared_ptr<const Piece> Freeze();
  // The piece is in raw now, and readable there: forgets it.
  void HandOver(const std::shared_ptr<const Piece>& piece, int64_t newest_sealed);

  // Copies of, or shares in, all that may lie within [mint, maxt]; oldest first.
  std::vector<std::shared_ptr<const Piece>> Snapshot(int64_t mint, int64_t maxt) const;

  // Asks for the memory that the Add functions read, so that cache misses of many
  // series do not wait for each other; then, once that is there, for the end of
  // the open chunk.
  void Prefetch() const {
    constexpr size_t kLine = 64;
    const char* const at = reinterpret_cast<const char*>(this);
    for (size_t i = 0; i < sizeof(HeadSeries); i += kLine) __builtin_prefetch(at + i, 1);
  }
  void PrefetchFloats() const { floats_.PrefetchEnd(); }

  // Where samples, or cuts, are that no seal has handed over; more, where samples are
  // far apart.
  TimeIntervals Unsealed() const;

  bool has_samples() const;  // or cuts, that no seal has handed over
  // Of the unsealed samples, both inclusive; min_t() > max_t() without any.
  int64_t min_t() const { return min_t_; }
  int64_t max_t() const { return max_t_; }
  uint32_t hand_overs() const { return hand_overs_; }
  // No sample after it is in raw.
  int64_t sealed_bound() const { return sealed_bound_; }
  // Bytes of unsealed samples, roughly.
  uint32_t sample_bytes() const { return sample_bytes_; }

  // Whether the catalog has the series; until then each commit that touches it
  // writes the record again.
  bool catalogued() const { return catalogued_.load(std::memory_order_acquire); }
  void SetCatalogued() { catalogued_.store(true, std::memory_order_release); }

  // Records that are to bring it into the catalog and are not written yet.  They
  // hold pointers to it, also after their commits have ended.
  void Await() { awaited_.fetch_add(1, std::memory_order_relaxed); }
  void NoteWritten() {
    SetCatalogued();
    awaited_.fetch_sub(1, std::memory_order_release);
  }
  bool is_awaited() const { return awaited_.load(std::memory_order_acquire) > 0; }

  const SeriesId id;
  const TenantId tenant;
  const DenseRef ref;   // in the tenant's index
  const uint8_t shard;  // of the Head
  // Whether the shard has it in its list of series with unsealed samples.
  bool listed = false;
  // Whether the evictor is about to remove it.
  bool doomed = false;
  // Of the shard, when a sample came last.
  uint32_t turn = 0;
  // Where its presence is noted already; the sealer's alone.
  std::optional<Partition> noted_in;

 private:
  enum class NewestKind : uint8_t {
    kNone,       // no sample yet
    kFloat,      // newest_v_ is its value
    kHistogram,  // or deleted: the value is not kept
  };
  struct OpenStarts {
    StartWriter floats;
    StartWriter histograms;
  };
  struct Found {
    std::optional<SampleValue> value;
    bool is_cut = false;  // no value; and what raw has is deleted
  };

  // Where `t` stands, other than the newest sample: kNew, kNewLate, kNeedsRead,
  // or what comparing with what is found says.
  template <typename Same>
  Outcome Classify(int64_t t, const SealedView* sealed, bool replay, const Same& same) const;
  Found FindUnsealed(int64_t t) const;
  // Where the newest sample is, if it is a float.
  bool IsUnsealed(int64_t newest) const;
  std::optional<SampleValue> FindOpen(int64_t t) const;
  Outcome PutFloat(int64_t t, double v, Outcome outcome);
  Outcome PutHistogram(int64_t t, const FloatHistogram& h, Outcome outcome);
  void RemoveOpen(const TimeInterval& times);
  void LateFloat(int64_t t, double v);
  void LateHistogram(int64_t t, const FloatHistogram& h);
  void CloseFloats();
  void FreezeFloats();
  void CloseHistograms();
  void FreezeHistograms();
  Piece& open_piece();
  bool has_cuts() const;
  // Of the open chunks; null when no sample of them has a start.
  StartWriter* float_starts() const { return starts_ == nullptr ? nullptr : &starts_->floats; }
  StartWriter* histogram_starts() const {
    return starts_ == nullptr ? nullptr : &starts_->histograms;
  }
  void Note(int64_t t, size_t bytes);
  void Recount();

  FloatChunk floats_;
  std::unique_ptr<HistogramChunk> histograms_;
  std::unique_ptr<OpenStarts> starts_;
  std::unique_ptr<Piece> piece_;  // what is neither open nor frozen
  std::vector<std::shared_ptr<const Piece>> frozen_;

  int64_t newest_t_ = 0;
  double newest_v_ = 0;  // kFloat only
  NewestKind newest_kind_ = NewestKind::kNone;
  std::atomic<bool> catalogued_{false};
  std::atomic<uint16_t> awaited_{0};
  uint32_t hand_overs_ = 0;
  uint32_t sample_bytes_ = 0;
  int64_t sealed_bound_;
  int64_t float_block_end_ = 0;  // of the open chunks
  int64_t histogram_block_end_ = 0;
  int64_t min_t_ = std::numeric_limits<int64_t>::max();
  int64_t max_t_ = std::numeric_limits<int64_t>::min();
};

}  // namespace tidemark::tsdb
