// Runs that a cut removes as a whole go first.  The others are sorted by their
// first sample and put into groups: a run joins the group before it if it overlaps
// it, or if both together are still a small run of one kind.  A group of one
// sealed run that no cut touches is copied as it is, and one that others follow is
// extended.  Other groups, and the chunks that the head wrote sample by sample, are
// decoded, united and encoded again.
//
// Why it may be bracketed in any way: what the lists say about one time is a
// function from what was there before to what is there after (keep, put v if
// there is nothing, put v, remove, remove and put v).  These are closed under
// composition, which is associative, and f(f(x)) = f(x) for each of them.  A
// sample's start is part of its v: it stays and goes with it.
#include "tsdb/chunk/run_union.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "tsdb/chunk/column_chunk.h"
#include "tsdb/chunk/cuts.h"
#include "tsdb/chunk/encoded_run.h"
#include "tsdb/chunk/histogram_columns.h"
#include "tsdb/chunk/start_column.h"

namespace tidemark::tsdb {
namespace {

// The most samples in a run that is written here.  A reader of a few minutes
// decodes one group of a run; what a late sample falls into is written again.
constexpr uint32_t kFloatRunSamples = 2048;
constexpr uint32_t kHistogramRunSamples = 512;

// A sample of a group: where it is, and in which run.
struct SampleRef {
  int64_t t;
  uint32_t place;  // of the run
  uint32_t index;  // in floats, or in histograms
  bool is_float;
  uint8_t flags;
};

// A run, and where it stands among all runs and cuts of all lists.
struct PlacedRun {
  EncodedRun run;
  uint32_t place;
};

// Runs that become new ones together.
struct Group {
  std::vector<const PlacedRun*> runs;  // by place
  int64_t max_t = 0;
  uint64_t samples = 0;
  bool mixed = false;  // in type or flags
};

// What the lists hold.
struct Input {
  std::vector<PlacedRun> runs;
  Cuts cuts;
  std::vector<std::string_view> opaque;  // what cannot be read, each piece once
  uint32_t places = 0;
};

void AddOpaque(std::vector<std::string_view>& opaque, std::string_view bytes) {
  if (std::find(opaque.begin(), opaque.end(), bytes) == opaque.end()) opaque.push_back(bytes);
}

void ReadList(std::string_view list, Input& input) {
  while (!list.empty()) {
    const StatusOr<EncodedRun> run = ReadRun(list);
    if (!run.ok()) {
      // Where the next run would begin is not known either.
      AddOpaque(input.opaque, list);
      return;
    }
    if (run->chunk.codec == Codec::kOpaque) {
      AddOpaque(input.opaque, run->chunk.bytes);
    } else if (run->chunk.codec == Codec::kCut) {
      input.cuts.Add(*run, input.places++);
    } else {
      input.runs.push_back({*run, input.places++});
    }
  }
}

// Leaves out runs that a cut removes as a whole; returns how many samples go.
uint64_t DropRemovedRuns(Input& input) {
  uint64_t dropped = 0;
  const auto removed = [&](const PlacedRun& placed) {
    if (!input.cuts.RemovesAll(placed.run.info, placed.place)) return false;
    dropped += placed.run.chunk.count;
    return true;
  };
  input.runs.erase(std::remove_if(input.runs.begin(), input.runs.end(), removed), input.runs.end());
  return dropped;
}

bool SameKind(const EncodedRun& a, const EncodedRun& b) {
  return IsFloatCodec(a.chunk.codec) == IsFloatCodec(b.chunk.codec) && a.info.flags == b.info.flags;
}

bool Joins(const Group& group, const EncodedRun& run) {
  if (run.info.min_t <= group.max_t) return true;
  const uint32_t most = IsFloatCodec(run.chunk.codec) ? kFloatRunSamples : kHistogramRunSamples;
  return !group.mixed && SameKind(group.runs.back()->run, run) &&
         group.samples + run.chunk.count <= most;
}

bool ByPlace(const PlacedRun* a, const PlacedRun* b) { return a->place < b->place; }

// By their first sample; runs of one group by their place.
std::vector<Group> MakeGroups(const std::vector<PlacedRun>& runs) {
  std::vector<const PlacedRun*> sorted;
  for (const PlacedRun& run : runs) sorted.push_back(&run);
  std::stable_sort(sorted.begin(), sorted.end(), [](const PlacedRun* a, const PlacedRun* b) {
    return a->run.info.min_t < b->run.info.min_t;
  });
  std::vector<Group> groups;
  for (const PlacedRun* placed : sorted) {
    const EncodedRun& run = placed->run;
    if (groups.empty() || !Joins(groups.back(), run)) groups.emplace_back().max_t = run.info.max_t;
    Group& group = groups.back();
    group.mixed |= !group.runs.empty() && !SameKind(group.runs.back()->run, run);
    group.runs.push_back(placed);
    group.max_t = std::max(group.max_t, run.info.max_t);
    group.samples += run.chunk.count;
  }
  for (Group& group : groups) std::sort(group.runs.begin(), group.runs.end(), ByPlace);
  return groups;
}

// Leaves out runs that are, byte for byte, in the group already: the older of
// the two where the last wins.  Elsewhere the newer, unless a cut took something
// from the older.
size_t DropRepeatedRuns(Group& group, const Cuts& cuts) {
  std::vector<const PlacedRun*> kept;
  size_t dropped = 0;
  for (const PlacedRun* placed : group.runs) {
    const auto older = std::find_if(kept.begin(), kept.end(), [&](const PlacedRun* other) {
      return other->run.bytes == placed->run.bytes;
    });
    const bool repeated = older != kept.end();
    const bool last_wins = (placed->run.info.flags & kLastWins) != 0;
    if (repeated && !last_wins && !cuts.Touches((*older)->run.info, (*older)->place)) {
      dropped += placed->run.chunk.count;
      continue;
    }
    if (repeated && last_wins) {
      dropped += placed->run.chunk.count;
      kept.erase(older);
    }
    kept.push_back(placed);
  }
  group.runs = std::move(kept);
  return dropped;
}

// When samples of one type began, by their index; 0, or past the end: not known.
class Starts {
 public:
  void Set(size_t index, int64_t start) {
    if (start == 0) return;
    starts_.resize(index + 1);
    starts_[index] = start;
  }
  bool empty() const { return starts_.empty(); }
  int64_t operator[](size_t index) const { return index < starts_.size() ? starts_[index] : 0; }

 private:
  std::vector<int64_t> starts_;
};

class GroupUnion {
 public:
  explicit GroupUnion(const Cuts& cuts) : cuts_(cuts) {}

  // Adds the samples of a run that no cut removes.  False: it could not be read to
  // its end.
  bool Add(const PlacedRun& placed);
  // Keeps one of the samples at each time; returns how many go.
  size_t Sort();
  void Encode(std::string& out) const;
  size_t size() const { return samples_.size(); }
  size_t cut() const { return cut_; }

 private:
  void AddBatch(const SampleRun& batch, const PlacedRun& placed, bool touched, StartReader& starts);
  bool Continues(size_t from, size_t i) const;
  size_t EncodeFloats(size_t from, std::string& out) const;
  size_t EncodeHistograms(size_t from, std::string& out) const;
  // The column of samples [from, end), which are of one type.
  std::string EncodeStarts(size_t from, size_t end) const;

  const Cuts& cuts_;
  std::vector<SampleRef> samples_;
  std::vector<double> floats_;
  std::vector<FloatHistogram> histograms_;
  Starts float_starts_;
  Starts histogram_starts_;
  uint64_t sequence_ = 0;
  size_t cut_ = 0;
};

bool GroupUnion::Add(const PlacedRun& placed) {
  const bool touched = cuts_.Touches(placed.run.info, placed.place);
  const auto decoder = NewChunkDecoder(placed.run.chunk);
  StartReader starts(placed.run.starts);
  while (decoder->Next()) AddBatch(decoder->run(), placed, touched, starts);
  sequence_ = std::max(sequence_, placed.run.info.sequence);
  return decoder->status().ok() && starts.ok();
}

void GroupUnion::AddBatch(const SampleRun& batch, const PlacedRun& placed, bool touched,
                          StartReader& starts) {
  const bool is_float = batch.is_float();
  const size_t first = is_float ? floats_.size() : histograms_.size();
  for (size_t i = 0; i < batch.size(); ++i) {
    if (touched && cuts_.Removes(batch.t[i], placed.place)) {
      ++cut_;
      continue;
    }
    samples_.push_back({batch.t[i], placed.place, static_cast<uint32_t>(first + i), is_float,
                        placed.run.info.flags});
  }
  floats_.insert(floats_.end(), batch.v.begin(), batch.v.end());
  histograms_.insert(histograms_.end(), batch.h.begin(), batch.h.end());
  if (placed.run.starts.empty()) return;
  Starts& kept = is_float ? float_starts_ : histogram_starts_;
  for (size_t i = 0; i < batch.size(); ++i) kept.Set(first + i, starts.Next(batch.t[i]));
}

size_t GroupUnion::Sort() {
  const auto less = [](const SampleRef& a, const SampleRef& b) {
    return a.t != b.t ? a.t < b.t : a.place < b.place;
  };
  // Mostly they come from runs that follow each other.
  if (!std::is_sorted(samples_.begin(), samples_.end(), less)) {
    std::sort(samples_.begin(), samples_.end(), less);
  }
  size_t kept = 0;
  for (const SampleRef& sample : samples_) {
    if (kept == 0 || samples_[kept - 1].t != sample.t) {
      samples_[kept++] = sample;
    } else if ((sample.flags & kLastWins) != 0) {
      samples_[kept - 1] = sample;
    }
  }
  const size_t gone = samples_.size() - kept;
  samples_.resize(kept);
  return gone;
}

void GroupUnion::Encode(std::string& out) const {
  size_t i = 0;
  while (i < samples_.size()) {
    i = samples_[i].is_float ? EncodeFloats(i, out) : EncodeHistograms(i, out);
  }
}

// Whether sample `i` may stand in the run that sample `from` begins.
bool GroupUnion::Continues(size_t from, size_t i) const {
  return i < samples_.size() && samples_[i].is_float == samples_[from].is_float &&
         samples_[i].flags == samples_[from].flags;
}

// Writes one run from sample `from` on; returns the first one that is not in it.
size_t GroupUnion::EncodeFloats(size_t from, std::string& out) const {
  std::vector<int64_t> times;
  std::vector<double> values;
  size_t i = from;
  for (; Continues(from, i) && times.size() < kFloatRunSamples; ++i) {
    times.push_back(samples_[i].t);
    values.push_back(floats_[samples_[i].index]);
  }
  AppendRun(out, SealFloats(times, values).view(),
            {times.front(), times.back(), sequence_, samples_[from].flags}, EncodeStarts(from, i));
  return i;
}

size_t GroupUnion::EncodeHistograms(size_t from, std::string& out) const {
  std::vector<int64_t> times;
  std::vector<const FloatHistogram*> histograms;
  size_t i = from;
  for (; Continues(from, i) && times.size() < kHistogramRunSamples; ++i) {
    times.push_back(samples_[i].t);
    histograms.push_back(&histograms_[samples_[i].index]);
  }
  AppendRun(out, SealHistograms(times, histograms).view(),
            {times.front(), times.back(), sequence_, samples_[from].flags}, EncodeStarts(from, i));
  return i;
}

std::string GroupUnion::EncodeStarts(size_t from, size_t end) const {
  const Starts& starts = samples_[from].is_float ? float_starts_ : histogram_starts_;
  if (starts.empty()) return "";
  StartWriter writer;
  for (size_t i = from; i < end; ++i) {
    const int64_t start = starts[samples_[i].index];
    if (start != 0) writer.Add(static_cast<uint32_t>(i - from), samples_[i].t, start);
  }
  return writer.Finish();
}

// A group, as runs, with what it takes to decide how.
class GroupWriter {
 public:
  GroupWriter(Input& input, std::string& out, UnionStats& stats)
      : input_(input), out_(out), stats_(stats) {}

  void Append(Group& group) {
    stats_.duplicates += DropRepeatedRuns(group, input_.cuts);
    if (group.runs.size() == 1 && MayStay(*group.runs[0])) {
      stats_.samples += group.runs[0]->run.chunk.count;
      out_ += group.runs[0]->run.bytes;
      return;
    }
    if (SealOpenHistograms(group) || ExtendFirst(group)) return;
    GroupUnion samples(input_.cuts);
    for (const PlacedRun* placed : group.runs) {
      // What can be read of it is used, and the whole kept beside that.
      if (!samples.Add(*placed)) AddOpaque(input_.opaque, placed->run.bytes);
    }
    stats_.duplicates += samples.Sort();
    stats_.samples += samples.size();
    stats_.cut += samples.cut();
    samples.Encode(out_);
  }

 private:
  bool MayStay(const PlacedRun& placed) const {
    return placed.run.chunk.codec != Codec::kXorFloat &&
           placed.run.chunk.codec != Codec::kHistogram &&
           !input_.cuts.Touches(placed.run.info, placed.place);
  }

  // Runs that the head wrote and that need no union, as most are: false where they
  // do, or cannot be read.
  bool SealOpenHistograms(const Group& group) {
    std::vector<ChunkView> chunks;
    uint32_t samples = 0;
    uint64_t sequence = 0;
    for (const PlacedRun* placed : group.runs) {
      const EncodedRun& run = placed->run;
      if (run.chunk.codec != Codec::kHistogram || !run.starts.empty() ||
          run.info.flags != group.runs[0]->run.info.flags ||
          input_.cuts.Touches(run.info, placed->place)) {
        return false;
      }
      chunks.push_back(run.chunk);
      samples += run.chunk.count;
      sequence = std::max(sequence, run.info.sequence);
    }
    if (samples > kHistogramRunSamples) return false;
    const std::optional<SealedHistograms> sealed = SealHistogramChunks(chunks);
    if (!sealed) return false;
    stats_.samples += sealed->count;
    AppendRun(out_, sealed->view(),
              {sealed->min_t, sealed->max_t, sequence, group.runs[0]->run.info.flags});
    return true;
  }

  // Floats that follow a sealed run, as most do: false where they do not, or where
  // it is no use to keep that as it is.
  bool ExtendFirst(const Group& group) {
    const EncodedRun& first = group.runs[0]->run;
    if (first.chunk.codec != Codec::kColumnScaled || group.samples > kFloatRunSamples) return false;
    std::vector<int64_t> times;
    std::vector<double> values;
    uint64_t sequence = 0;
    for (const PlacedRun* placed : group.runs) {
      if (!MayExtend(*placed, first.info.flags)) return false;
      sequence = std::max(sequence, placed->run.info.sequence);
      if (placed == group.runs[0]) continue;
      if (!AppendFloats(placed->run.chunk, times, values)) return false;
    }
    if (times.empty()) return false;
    const std::optional<SealedFloats> sealed = ExtendFloats(first.chunk, times, values);
    if (!sealed) return false;
    stats_.samples += sealed->count;
    AppendRun(out_, sealed->view(), {first.info.min_t, times.back(), sequence, first.info.flags});
    return true;
  }

  bool MayExtend(const PlacedRun& placed, uint8_t flags) const {
    const EncodedRun& run = placed.run;
    return IsFloatCodec(run.chunk.codec) && run.starts.empty() && run.info.flags == flags &&
           !input_.cuts.Touches(run.info, placed.place);
  }

  // False where they do not follow the ones that are there, or cannot be read.
  static bool AppendFloats(const ChunkView& chunk, std::vector<int64_t>& times,
                           std::vector<double>& values) {
    const auto decoder = NewChunkDecoder(chunk);
    while (decoder->Next()) {
      const SampleRun& run = decoder->run();
      if (!times.empty() && run.t[0] <= times.back()) return false;
      times.insert(times.end(), run.t.begin(), run.t.end());
      values.insert(values.end(), run.v.begin(), run.v.end());
    }
    return decoder->status().ok();
  }

  Input& input_;
  std::string& out_;
  UnionStats& stats_;
};

std::string Union(std::span<const std::string_view> lists, bool keep_cuts, UnionStats& stats) {
  stats = {};
  Input input;
  size_t bytes = 0;
  for (const std::string_view list : lists) {
    ReadList(list, input);
    bytes += list.size();
  }
  stats.cut = DropRemovedRuns(input);
  std::string out;
  out.reserve(bytes);
  if (keep_cuts) input.cuts.AppendTo(out);
  std::vector<Group> groups = MakeGroups(input.runs);
  GroupWriter writer(input, out, stats);
  for (Group& group : groups) writer.Append(group);
  for (const std::string_view piece : input.opaque) {
    AppendRun(out, {Codec::kOpaque, 0, piece}, {});
  }
  stats.opaque = input.opaque.size();
  return out;
}

}  // namespace

std::string UnionRuns(std::span<const std::string_view> lists, UnionStats* stats) {
  UnionStats local;
  return Union(lists, true, stats == nullptr ? local : *stats);
}

std::string UnionAllRuns(std::span<const std::string_view> lists, UnionStats* stats) {
  UnionStats local;
  return Union(lists, false, stats == nullptr ? local : *stats);
}

bool IsPlainRunList(std::string_view list) {
  bool any = false;
  bool opaque = false;
  int64_t last = 0;
  while (!list.empty()) {
    const StatusOr<EncodedRun> run = ReadRun(list);
    if (!run.ok() || run->chunk.codec == Codec::kCut) return false;
    opaque |= run->chunk.codec == Codec::kOpaque;
    if (run->chunk.codec == Codec::kOpaque) continue;
    if (opaque || (any && run->info.min_t <= last)) return false;
    any = true;
    last = run->info.max_t;
  }
  return true;
}

}  // namespace tidemark::tsdb
