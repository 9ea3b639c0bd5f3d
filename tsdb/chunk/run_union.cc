// Runs are sorted by their first sample and put into groups: a run joins the
// group before it if it overlaps it, or if both together are still a small run.
// A group of one sealed run is copied as it is.  Other groups, and the chunks of
// floats that the head wrote sample by sample, are decoded, united and encoded
// again, in the codec that takes the fewest bytes.
#include "tsdb/chunk/run_union.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "tsdb/chunk/column_chunk.h"
#include "tsdb/chunk/encoded_run.h"
#include "tsdb/chunk/histogram_chunk.h"

namespace tidemark::tsdb {
namespace {

// The most samples in a run that is written here.  A reader of a few minutes
// decodes one group of a run of floats, and all of a run of histograms; what a
// late sample falls into is written again.
constexpr uint32_t kFloatRunSamples = 1024;
constexpr uint32_t kHistogramRunSamples = 128;

// A sample of a group: where it is, and in which run.
struct SampleRef {
  int64_t t;
  uint32_t rank;   // of the run: the smallest wins
  uint32_t index;  // in floats, or in histograms
  bool is_float;
};

// Runs that become new ones together.
struct Group {
  std::vector<const EncodedRun*> runs;  // by rank
  int64_t max_t = 0;
  uint64_t samples = 0;
  bool mixed = false;  // floats and histograms
};

// What the lists hold.
struct Input {
  std::vector<EncodedRun> runs;          // in the order of the lists
  std::vector<std::string_view> opaque;  // what cannot be read, each piece once
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
    } else {
      input.runs.push_back(*run);
    }
  }
}

bool SameType(const EncodedRun& a, const EncodedRun& b) {
  return IsFloatCodec(a.chunk.codec) == IsFloatCodec(b.chunk.codec);
}

bool Joins(const Group& group, const EncodedRun& run) {
  if (run.info.min_t <= group.max_t) return true;
  const uint32_t most = IsFloatCodec(run.chunk.codec) ? kFloatRunSamples : kHistogramRunSamples;
  return !group.mixed && SameType(*group.runs.back(), run) &&
         group.samples + run.chunk.count <= most;
}

// By their first sample; runs of one group by their place in `runs`.
std::vector<Group> MakeGroups(const std::vector<EncodedRun>& runs) {
  std::vector<const EncodedRun*> sorted;
  for (const EncodedRun& run : runs) sorted.push_back(&run);
  std::stable_sort(sorted.begin(), sorted.end(), [](const EncodedRun* a, const EncodedRun* b) {
    return a->info.min_t < b->info.min_t;
  });
  std::vector<Group> groups;
  for (const EncodedRun* run : sorted) {
    if (groups.empty() || !Joins(groups.back(), *run)) {
      groups.emplace_back().max_t = run->info.max_t;
    }
    Group& group = groups.back();
    group.mixed |= !group.runs.empty() && !SameType(*group.runs.back(), *run);
    group.runs.push_back(run);
    group.max_t = std::max(group.max_t, run->info.max_t);
    group.samples += run->chunk.count;
  }
  for (Group& group : groups) std::sort(group.runs.begin(), group.runs.end());
  return groups;
}

// Leaves out runs that are, byte for byte, in the group already.
size_t DropRepeatedRuns(Group& group) {
  std::vector<const EncodedRun*> kept;
  size_t dropped = 0;
  for (const EncodedRun* run : group.runs) {
    const bool repeated = std::any_of(kept.begin(), kept.end(), [&](const EncodedRun* other) {
      return other->bytes == run->bytes;
    });
    if (repeated) {
      dropped += run->chunk.count;
    } else {
      kept.push_back(run);
    }
  }
  group.runs = std::move(kept);
  return dropped;
}

class GroupUnion {
 public:
  // Adds the samples of a run.  False: it could not be read to its end.
  bool Add(const EncodedRun& run);
  // Keeps the first of the samples at each time; returns how many go.
  size_t Sort();
  void Encode(std::string& out) const;
  size_t size() const { return samples_.size(); }

 private:
  size_t EncodeFloats(size_t from, std::string& out) const;
  size_t EncodeHistograms(size_t from, std::string& out) const;

  std::vector<SampleRef> samples_;
  std::vector<double> floats_;
  std::vector<FloatHistogram> histograms_;
  uint32_t ranks_ = 0;
  uint64_t sequence_ = 0;
  uint8_t flags_ = 0;
};

bool GroupUnion::Add(const EncodedRun& run) {
  const auto decoder = NewChunkDecoder(run.chunk);
  while (decoder->Next()) {
    const SampleRun& batch = decoder->run();
    const bool is_float = batch.is_float();
    const size_t first = is_float ? floats_.size() : histograms_.size();
    for (size_t i = 0; i < batch.size(); ++i) {
      samples_.push_back({batch.t[i], ranks_, static_cast<uint32_t>(first + i), is_float});
    }
    floats_.insert(floats_.end(), batch.v.begin(), batch.v.end());
    histograms_.insert(histograms_.end(), batch.h.begin(), batch.h.end());
  }
  ++ranks_;
  sequence_ = std::max(sequence_, run.info.sequence);
  flags_ |= run.info.flags;
  return decoder->status().ok();
}

size_t GroupUnion::Sort() {
  const auto less = [](const SampleRef& a, const SampleRef& b) {
    return a.t != b.t ? a.t < b.t : a.rank < b.rank;
  };
  // Mostly they come from runs that follow each other.
  if (!std::is_sorted(samples_.begin(), samples_.end(), less)) {
    std::sort(samples_.begin(), samples_.end(), less);
  }
  const size_t before = samples_.size();
  const auto same_time = [](const SampleRef& a, const SampleRef& b) { return a.t == b.t; };
  samples_.erase(std::unique(samples_.begin(), samples_.end(), same_time), samples_.end());
  return before - samples_.size();
}

void GroupUnion::Encode(std::string& out) const {
  size_t i = 0;
  while (i < samples_.size()) {
    i = samples_[i].is_float ? EncodeFloats(i, out) : EncodeHistograms(i, out);
  }
}

// Writes one run from sample `from` on; returns the first one that is not in it.
size_t GroupUnion::EncodeFloats(size_t from, std::string& out) const {
  std::vector<int64_t> times;
  std::vector<double> values;
  size_t i = from;
  for (; i < samples_.size() && samples_[i].is_float && times.size() < kFloatRunSamples; ++i) {
    times.push_back(samples_[i].t);
    values.push_back(floats_[samples_[i].index]);
  }
  AppendRun(out, SealFloats(times, values).view(),
            {times.front(), times.back(), sequence_, flags_});
  return i;
}

size_t GroupUnion::EncodeHistograms(size_t from, std::string& out) const {
  HistogramChunk chunk;
  size_t i = from;
  for (; i < samples_.size() && !samples_[i].is_float && chunk.count() < kHistogramRunSamples;
       ++i) {
    chunk.Append(samples_[i].t, histograms_[samples_[i].index]);
  }
  AppendRun(out, chunk.view(), {chunk.min_t(), chunk.max_t(), sequence_, flags_});
  return i;
}

void AppendGroup(Group& group, std::string& out, std::vector<std::string_view>& opaque,
                 UnionStats& stats) {
  stats.duplicates += DropRepeatedRuns(group);
  if (group.runs.size() == 1 && group.runs[0]->chunk.codec != Codec::kXorFloat) {
    stats.samples += group.runs[0]->chunk.count;
    out += group.runs[0]->bytes;
    return;
  }
  GroupUnion samples;
  for (const EncodedRun* run : group.runs) {
    // What can be read of it is used, and the whole kept beside that.
    if (!samples.Add(*run)) AddOpaque(opaque, run->bytes);
  }
  stats.duplicates += samples.Sort();
  stats.samples += samples.size();
  samples.Encode(out);
}

}  // namespace

std::string UnionRuns(std::span<const std::string_view> lists, UnionStats* stats) {
  UnionStats local;
  UnionStats& counts = stats == nullptr ? local : *stats;
  counts = {};
  Input input;
  size_t bytes = 0;
  for (const std::string_view list : lists) {
    ReadList(list, input);
    bytes += list.size();
  }
  std::string out;
  out.reserve(bytes);
  std::vector<Group> groups = MakeGroups(input.runs);
  for (Group& group : groups) AppendGroup(group, out, input.opaque, counts);
  for (const std::string_view piece : input.opaque) {
    AppendRun(out, {Codec::kOpaque, 0, piece}, {});
  }
  counts.opaque = input.opaque.size();
  return out;
}

}  // namespace tidemark::tsdb
