#include "tsdb/head/head_series.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "tsdb/base/check.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb {
namespace {

// A chunk is closed when it has so many samples, or bytes: it is what a reader
// of the open chunk copies, and what a late sample is looked for in.
constexpr uint32_t kMaxChunkSamples = 1024;
constexpr size_t kMaxChunkBytes = 32 << 10;
// Inserting into a sorted vector is quick while it is short; then its samples
// become chunks of their own.
constexpr size_t kMaxLate = 512;

template <typename Chunk>
bool IsFull(const Chunk& chunk) {
  return chunk.count() >= kMaxChunkSamples || chunk.bytes().size() >= kMaxChunkBytes;
}

template <typename Chunk>
std::shared_ptr<const ClosedChunk> CopyOf(const Chunk& chunk, const StartWriter* starts) {
  const ChunkView view = chunk.view();
  return std::make_shared<const ClosedChunk>(
      ClosedChunk{view.codec, view.count, chunk.min_t(), chunk.max_t(), std::string(view.bytes),
                  starts == nullptr ? std::string() : starts->Finish()});
}

// As CopyOf, but the bytes move, and leave the chunk empty: what they were given
// too much of is free soon.
template <typename Chunk>
std::shared_ptr<const ClosedChunk> TakeFrom(Chunk& chunk, const StartWriter* starts) {
  const ChunkView view = chunk.view();
  const int64_t first = chunk.min_t();
  const int64_t last = chunk.max_t();
  return std::make_shared<const ClosedChunk>(
      ClosedChunk{view.codec, view.count, first, last, chunk.Take(),
                  starts == nullptr ? std::string() : starts->Finish()});
}

void AppendTo(FloatChunk& chunk, const Sample& sample) { chunk.Append(sample.t, sample.v); }
void AppendTo(HistogramChunk& chunk, const HistogramSample& sample) {
  chunk.Append(sample.t, sample.h);
}

// Encodes sorted late samples into chunks that end where blocks do.
template <typename Chunk, typename T>
void CloseLate(std::vector<T>& late, Piece& piece) {
  Chunk chunk;
  StartWriter starts;
  int64_t block_end = 0;
  for (const T& sample : late) {
    if (!chunk.empty() && (sample.t > block_end || IsFull(chunk))) {
      piece.chunks.push_back(CopyOf(chunk, &starts));
      chunk.Clear();
      starts = {};
    }
    if (chunk.empty()) block_end = BlockEnd(sample.t);
    AppendTo(chunk, sample);
    const int64_t start = FindLateStart(piece, sample.t);
    if (start != 0) starts.Add(chunk.count() - 1, sample.t, start);
  }
  if (!chunk.empty()) piece.chunks.push_back(CopyOf(chunk, &starts));
  const auto is_closed = [&late](const SampleStart& start) { return FindLate(late, start.t); };
  std::erase_if(piece.late_starts, is_closed);
  late.clear();
}

void AppendFrom(const SampleRun& run, size_t i, FloatChunk& chunk) {
  chunk.Append(run.t[i], run.v[i]);
}
void AppendFrom(const SampleRun& run, size_t i, HistogramChunk& chunk) {
  chunk.Append(run.t[i], run.h[i]);
}

// What is left of an open chunk, and of its starts, which may be null, when the
// samples in `times` are gone.
template <typename Chunk>
Chunk Without(const Chunk& chunk, const TimeInterval& times, StartWriter* starts) {
  Chunk out;
  StartWriter kept;
  const std::string column = starts == nullptr ? std::string() : starts->Finish();
  StartReader reader(column);
  const std::unique_ptr<ChunkDecoder> decoder = NewChunkDecoder(chunk.view());
  while (decoder->Next()) {
    const SampleRun& run = decoder->run();
    for (size_t i = 0; i < run.size(); ++i) {
      const int64_t start = reader.Next(run.t[i]);
      if (times.Contains(run.t[i])) continue;
      AppendFrom(run, i, out);
      if (start != 0) kept.Add(out.count() - 1, run.t[i], start);
    }
  }
  CHECK(decoder->status().ok(), "a chunk in memory does not decode");
  if (starts != nullptr) *starts = std::move(kept);
  return out;
}

template <typename T>
void InsertSorted(std::vector<T>& late, T sample) {
  const auto at = std::upper_bound(late.begin(), late.end(), sample.t,
                                   [](int64_t t, const T& other) { return t < other.t; });
  late.insert(at, std::move(sample));
}

template <typename T>
std::vector<T> Between(const std::vector<T>& late, int64_t mint, int64_t maxt) {
  std::vector<T> out;
  for (const T& sample : late) {
    if (sample.t >= mint && sample.t <= maxt) out.push_back(sample);
  }
  return out;
}

bool Overlaps(const ClosedChunk& chunk, int64_t mint, int64_t maxt) {
  return chunk.min_t <= maxt && chunk.max_t >= mint;
}

// Calls use(min_t, max_t, bytes) for every part of the piece.
template <typename Use>
void ForEachPart(const Piece& piece, const Use& use) {
  for (const auto& chunk : piece.chunks) {
    use(chunk->min_t, chunk->max_t, chunk->bytes.size() + chunk->starts.size());
  }
  for (const SampleStart& start : piece.late_starts) use(start.t, start.t, sizeof(start));
  for (const Sample& sample : piece.late_floats) use(sample.t, sample.t, sizeof(Sample));
  for (const HistogramSample& sample : piece.late_histograms) {
    use(sample.t, sample.t, sample.h.SizeBytes());
  }
}

}  // namespace

TimeIntervals HeadSeries::Unsealed() const {
  TimeIntervals out;
  out.Add({min_t_, max_t_});
  const auto add_cuts = [&out](const Piece& piece) {
    for (const TimeInterval& cut : piece.cuts.all()) out.Add(cut);
  };
  if (piece_ != nullptr) add_cuts(*piece_);
  for (const auto& piece : frozen_) add_cuts(*piece);
  return out;
}

bool HeadSeries::has_samples() const {
  return !floats_.empty() || (histograms_ != nullptr && !histograms_->empty()) ||
         piece_ != nullptr || !frozen_.empty();
}

bool HeadSeries::has_cuts() const {
  return (piece_ != nullptr && !piece_->cuts.empty()) ||
         std::any_of(frozen_.begin(), frozen_.end(),
                     [](const auto& piece) { return !piece->cuts.empty(); });
}

Piece& HeadSeries::open_piece() {
  if (piece_ == nullptr) piece_ = std::make_unique<Piece>();
  return *piece_;
}

// ---------------------------------------------------------------- classification

std::optional<SampleValue> HeadSeries::FindOpen(int64_t t) const {
  if (!floats_.empty() && t >= floats_.min_t() && t <= floats_.max_t()) {
    if (auto found = FindInChunk(floats_.view(), t)) return found;
  }
  if (histograms_ != nullptr && !histograms_->empty() && t >= histograms_->min_t() &&
      t <= histograms_->max_t()) {
    if (auto found = FindInChunk(histograms_->view(), t)) return found;
  }
  return piece_ == nullptr ? std::nullopt : FindInPiece(*piece_, t);
}

HeadSeries::Found HeadSeries::FindUnsealed(int64_t t) const {
  if (!has_samples()) return {};
  const bool in_range = t >= min_t_ && t <= max_t_;
  if (in_range) {
    if (auto found = FindOpen(t)) return {std::move(found)};
  }
  if (piece_ != nullptr && piece_->cuts.Contains(t)) return {std::nullopt, true};
  for (auto piece = frozen_.rbegin(); piece != frozen_.rend(); ++piece) {
    if (in_range) {
      if (auto found = FindInPiece(**piece, t)) return {std::move(found)};
    }
    if ((*piece)->cuts.Contains(t)) return {std::nullopt, true};
  }
  return {};
}

bool HeadSeries::IsUnsealed(int64_t newest) const {
  if (!floats_.empty() && floats_.max_t() == newest) return true;
  return has_samples() && FindUnsealed(newest).value.has_value();
}

template <typename Same>
Outcome HeadSeries::Classify(int64_t t, const SealedView* sealed, bool replay,
                             const Same& same) const {
  const Found unsealed = FindUnsealed(t);
  if (unsealed.value) return same(*unsealed.value) ? Outcome::kUnsealed : Outcome::kConflict;
  if (t <= sealed_bound_ && !unsealed.is_cut && !replay) {
    if (sealed == nullptr || !sealed->Covers(t, hand_overs_)) return Outcome::kNeedsRead;
    if (const SampleValue* found = sealed->Find(t)) {
      return same(*found) ? Outcome::kSealed : Outcome::kConflict;
    }
  }
  const bool late = newest_kind_ != NewestKind::kNone && t < newest_t_;
  return late ? Outcome::kNewLate : Outcome::kNew;
}

Outcome HeadSeries::AddFloat(int64_t t, double v, const SealedView* sealed) {
  if (newest_kind_ != NewestKind::kNone) {
    if (t > newest_t_ && t > sealed_bound_) return PutFloat(t, v, Outcome::kNew);
    if (t == newest_t_ && newest_kind_ == NewestKind::kFloat) {
      if (std::bit_cast<uint64_t>(v) != std::bit_cast<uint64_t>(newest_v_)) {
        return Outcome::kConflict;
      }
      return IsUnsealed(t) ? Outcome::kUnsealed : Outcome::kSealed;
    }
  }
  const auto same = [v](const SampleValue& found) { return SameValue(found, SampleValue(v)); };
  return PutFloat(t, v, Classify(t, sealed, false, same));
}

Outcome HeadSeries::ReplayFloat(int64_t t, double v) {
  if (newest_kind_ == NewestKind::kNone || t > newest_t_) return PutFloat(t, v, Outcome::kNew);
  const auto same = [v](const SampleValue& found) { return SameValue(found, SampleValue(v)); };
  return PutFloat(t, v, Classify(t, nullptr, true, same));
}

Outcome HeadSeries::AddHistogram(int64_t t, const FloatHistogram& h, const SealedView* sealed) {
  if (newest_kind_ != NewestKind::kNone && t > newest_t_ && t > sealed_bound_) {
    return PutHistogram(t, h, Outcome::kNew);
  }
  const auto same = [&h](const SampleValue& found) {
    const auto* other = std::get_if<FloatHistogram>(&found);
    return other != nullptr && SameHistogram(*other, h);
  };
  return PutHistogram(t, h, Classify(t, sealed, false, same));
}

Outcome HeadSeries::ReplayHistogram(int64_t t, const FloatHistogram& h) {
  const auto same = [&h](const SampleValue& found) {
    const auto* other = std::get_if<FloatHistogram>(&found);
    return other != nullptr && SameHistogram(*other, h);
  };
  return PutHistogram(t, h, Classify(t, nullptr, true, same));
}

// ---------------------------------------------------------------- adding

void HeadSeries::Note(int64_t t, size_t bytes) {
  min_t_ = std::min(min_t_, t);
  max_t_ = std::max(max_t_, t);
  sample_bytes_ += static_cast<uint32_t>(bytes);
}

Outcome HeadSeries::PutFloat(int64_t t, double v, Outcome outcome) {
  if (outcome != Outcome::kNew && outcome != Outcome::kNewLate) return outcome;
  if (!floats_.empty() && t <= floats_.max_t()) {
    LateFloat(t, v);
  } else {
    if (!floats_.empty() && (t > float_block_end_ || IsFull(floats_))) CloseFloats();
    if (floats_.empty()) float_block_end_ = BlockEnd(t);
    const size_t before = floats_.bytes().size();
    floats_.Append(t, v);
    Note(t, floats_.bytes().size() - before);
  }
  if (newest_kind_ == NewestKind::kNone || t >= newest_t_) {
    newest_t_ = t;
    newest_v_ = v;
    newest_kind_ = NewestKind::kFloat;
  }
  return outcome;
}

Outcome HeadSeries::PutHistogram(int64_t t, const FloatHistogram& h, Outcome outcome) {
  if (outcome != Outcome::kNew && outcome != Outcome::kNewLate) return outcome;
  if (histograms_ == nullptr) histograms_ = std::make_unique<HistogramChunk>();
  if (!histograms_->empty() && t <= histograms_->max_t()) {
    LateHistogram(t, h);
  } else {
    if (!histograms_->empty() && (t > histogram_block_end_ || IsFull(*histograms_))) {
      CloseHistograms();
    }
    if (histograms_->empty()) histogram_block_end_ = BlockEnd(t);
    const size_t before = histograms_->bytes().size();
    histograms_->Append(t, h);
    Note(t, histograms_->bytes().size() - before);
  }
  if (newest_kind_ == NewestKind::kNone || t >= newest_t_) {
    newest_t_ = t;
    newest_kind_ = NewestKind::kHistogram;
  }
  return outcome;
}

void HeadSeries::LateFloat(int64_t t, double v) {
  Piece& piece = open_piece();
  if (piece.late_floats.size() >= kMaxLate) CloseLate<FloatChunk>(piece.late_floats, piece);
  InsertSorted(piece.late_floats, Sample{t, v});
  Note(t, sizeof(Sample));
}

void HeadSeries::LateHistogram(int64_t t, const FloatHistogram& h) {
  Piece& piece = open_piece();
  if (piece.late_histograms.size() >= kMaxLate) {
    CloseLate<HistogramChunk>(piece.late_histograms, piece);
  }
  Note(t, h.SizeBytes());
  InsertSorted(piece.late_histograms, HistogramSample{t, h});
}

void HeadSeries::CloseFloats() {
  if (floats_.empty()) return;
  open_piece().chunks.push_back(CopyOf(floats_, float_starts()));
  floats_.Clear();
  if (starts_ != nullptr) starts_->floats = {};
}

void HeadSeries::FreezeFloats() {
  if (floats_.empty()) return;
  open_piece().chunks.push_back(TakeFrom(floats_, float_starts()));
}

void HeadSeries::CloseHistograms() {
  if (histograms_ == nullptr || histograms_->empty()) return;
  open_piece().chunks.push_back(CopyOf(*histograms_, histogram_starts()));
  histograms_->Clear();
  if (starts_ != nullptr) starts_->histograms = {};
}

void HeadSeries::FreezeHistograms() {
  if (histograms_ == nullptr || histograms_->empty()) return;
  open_piece().chunks.push_back(TakeFrom(*histograms_, histogram_starts()));
}

// ---------------------------------------------------------------- starts

void HeadSeries::NoteStart(int64_t t, int64_t start) {
  const auto add = [&](StartWriter OpenStarts::*writer, uint32_t count) {
    if (starts_ == nullptr) starts_ = std::make_unique<OpenStarts>();
    StartWriter& to = (*starts_).*writer;
    const size_t before = to.SizeBytes();
    to.Add(count - 1, t, start);
    Note(t, to.SizeBytes() - before);
  };
  if (!floats_.empty() && floats_.max_t() == t) return add(&OpenStarts::floats, floats_.count());
  if (histograms_ != nullptr && !histograms_->empty() && histograms_->max_t() == t) {
    return add(&OpenStarts::histograms, histograms_->count());
  }
  InsertSorted(open_piece().late_starts, SampleStart{t, start});
  Note(t, sizeof(SampleStart));
}

int64_t HeadSeries::StartOf(int64_t t) const {
  int64_t start = 0;
  if (starts_ != nullptr) {
    if (!floats_.empty()) start = FindStartInChunk(floats_.view(), starts_->floats.Finish(), t);
    if (start == 0 && histograms_ != nullptr && !histograms_->empty()) {
      start = FindStartInChunk(histograms_->view(), starts_->histograms.Finish(), t);
    }
  }
  if (start == 0 && piece_ != nullptr) start = FindStartInPiece(*piece_, t);
  for (auto piece = frozen_.rbegin(); piece != frozen_.rend() && start == 0; ++piece) {
    start = FindStartInPiece(**piece, t);
  }
  return start;
}

// ---------------------------------------------------------------- replacing and deleting

void HeadSeries::ReplaceFloat(int64_t t, double v) {
  RemoveOpen({t, t});
  open_piece().last_wins = true;
  PutFloat(t, v, Outcome::kNew);
}

void HeadSeries::ReplaceHistogram(int64_t t, const FloatHistogram& h) {
  RemoveOpen({t, t});
  open_piece().last_wins = true;
  PutHistogram(t, h, Outcome::kNew);
}

void HeadSeries::Delete(const TimeInterval& times) {
  RemoveOpen(times);
  open_piece().cuts.Add(times);
  // A value that is sent again at that time must not count as a duplicate.
  if (newest_kind_ == NewestKind::kFloat && times.Contains(newest_t_)) {
    newest_kind_ = NewestKind::kHistogram;
  }
}

void HeadSeries::RemoveOpen(const TimeInterval& times) {
  if (!floats_.empty() && times.Overlaps({floats_.min_t(), floats_.max_t()})) {
    floats_ = Without(floats_, times, float_starts());
  }
  if (histograms_ != nullptr && !histograms_->empty() &&
      times.Overlaps({histograms_->min_t(), histograms_->max_t()})) {
    *histograms_ = Without(*histograms_, times, histogram_starts());
  }
  if (piece_ != nullptr) RemoveTimes(times, *piece_);
  Recount();
}

// ---------------------------------------------------------------- sealing and reading

std::shared_ptr<const Piece> HeadSeries::Freeze() {
  FreezeFloats();
  FreezeHistograms();
  // Whether and when there is more is not known: idle series keep no memory.
  floats_ = FloatChunk();
  histograms_.reset();
  starts_.reset();
  if (piece_ == nullptr) return nullptr;
  CloseLate<FloatChunk>(piece_->late_floats, *piece_);
  CloseLate<HistogramChunk>(piece_->late_histograms, *piece_);
  frozen_.push_back(std::shared_ptr<const Piece>(std::move(piece_)));
  return frozen_.back();
}

void HeadSeries::HandOver(const std::shared_ptr<const Piece>& piece, int64_t newest_sealed) {
  std::erase(frozen_, piece);
  sealed_bound_ = std::max(sealed_bound_, newest_sealed);
  ++hand_overs_;
  Recount();
}

void HeadSeries::Recount() {
  min_t_ = std::numeric_limits<int64_t>::max();
  max_t_ = std::numeric_limits<int64_t>::min();
  sample_bytes_ = 0;
  const auto count = [this](int64_t first, int64_t last, size_t bytes) {
    min_t_ = std::min(min_t_, first);
    Note(last, bytes);
  };
  if (!floats_.empty()) count(floats_.min_t(), floats_.max_t(), floats_.bytes().size());
  if (histograms_ != nullptr && !histograms_->empty()) {
    count(histograms_->min_t(), histograms_->max_t(), histograms_->bytes().size());
  }
  if (piece_ != nullptr) ForEachPart(*piece_, count);
  for (const auto& piece : frozen_) ForEachPart(*piece, count);
}

std::vector<std::shared_ptr<const Piece>> HeadSeries::Snapshot(int64_t mint, int64_t maxt) const {
  // Where there are cuts, a snapshot without samples hides what raw has.
  if (!has_samples() || ((max_t_ < mint || min_t_ > maxt) && !has_cuts())) return {};
  std::vector<std::shared_ptr<const Piece>> out = frozen_;
  auto open = std::make_shared<Piece>();
  if (piece_ != nullptr) {
    open->cuts = piece_->cuts;
    open->last_wins = piece_->last_wins;
    for (const auto& chunk : piece_->chunks) {
      if (Overlaps(*chunk, mint, maxt)) open->chunks.push_back(chunk);
    }
    open->late_floats = Between(piece_->late_floats, mint, maxt);
    open->late_histograms = Between(piece_->late_histograms, mint, maxt);
    open->late_starts = Between(piece_->late_starts, mint, maxt);
  }
  if (!floats_.empty() && floats_.max_t() >= mint && floats_.min_t() <= maxt) {
    open->chunks.push_back(CopyOf(floats_, float_starts()));
  }
  if (histograms_ != nullptr && !histograms_->empty() && histograms_->max_t() >= mint &&
      histograms_->min_t() <= maxt) {
    open->chunks.push_back(CopyOf(*histograms_, histogram_starts()));
  }
  if (!open->empty()) out.push_back(std::move(open));
  return out;
}

}  // namespace tidemark::tsdb
