// StagedCommit: what an Appender has collected, in the order in which it came.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tsdb/base/status.h"
#include "tsdb/head/shard.h"
#include "tsdb/index/label_hash.h"
#include "tsdb/model/exemplar.h"
#include "tsdb/model/sample.h"
#include "tsdb/store/journal_record.h"

namespace tidemark::tsdb {

struct StagedSeries {
  LabelHash hash;
  size_t labels_at = 0;  // in StagedCommit::labels
  size_t labels_bytes = 0;
  // Labels that were not decoded: then `hash` is of these bytes, and only a
  // series that is known by it can be found.
  std::string_view encoded;
  HeadSeries* series = nullptr;  // found, or created, by the commit
  // Whether something of it is staged: then it is in its shard's list, or was.
  bool used = false;
  // Whether the catalog was asked for the series, and the id that it has there.
  bool looked_up = false;
  std::optional<SeriesId> known_id;
};

// `series` is an index into StagedCommit::series; `start`, one more than an index
// into StagedCommit::starts, or 0: not known.
struct StagedFloat {
  uint32_t series;
  uint32_t start;
  int64_t t;
  double v;
};

struct StagedHistogram {
  uint32_t series;
  uint32_t start;
  int64_t t;
  FloatHistogram h;
};

struct StagedExemplar {
  uint32_t series;
  Exemplar exemplar;
};

// What goes to one shard of the head.
struct StagedShard {
  // Those to be found or created, as indices into StagedCommit::series.
  std::vector<uint32_t> series;
  std::vector<StagedFloat> floats;
  std::vector<StagedHistogram> histograms;
};

struct StagedCommit {
  std::string tenant;
  std::string labels;  // packed Labels one after another: no allocation a series
  std::vector<StagedSeries> series;
  std::array<StagedShard, kHeadShards> shards;
  std::vector<int64_t> starts;  // start times of samples
  std::vector<StagedExemplar> exemplars;
  std::vector<std::pair<std::string, Metadata>> metadata;
  std::vector<std::pair<std::string, std::optional<std::string>>> states;
  // Decodes and checks StagedSeries::encoded.
  std::function<StatusOr<Labels>(std::string_view encoded)> decode;
  // What one walk of the commit takes, and the record that it becomes.
  JournalWriter record;
  std::string record_bytes;
  // Histograms that are done with, for the memory of their vectors.
  std::vector<FloatHistogram> spare;

  // One whose memory may come from another that this thread recycled.
  static std::unique_ptr<StagedCommit> Make();
  // Empties it and keeps it for the next Make, unless it has grown large.
  static void Recycle(std::unique_ptr<StagedCommit> staged);

  // Stages a histogram, and leaves a spare one in `h`; `start` is AddStart's.
  void Stage(uint32_t ref, uint32_t start, int64_t t, FloatHistogram& h);
  // Makes `h` a spare one.
  void Discard(FloatHistogram& h);

  // What StagedFloat::start and StagedHistogram::start stand for.
  uint32_t AddStart(int64_t start) {
    if (start == 0) return 0;
    starts.push_back(start);
    return static_cast<uint32_t>(starts.size());
  }
  int64_t start_time(uint32_t start) const { return start == 0 ? 0 : starts[start - 1]; }

  std::string_view packed_labels(const StagedSeries& staged) const {
    return std::string_view(labels).substr(staged.labels_at, staged.labels_bytes);
  }
  void SetLabels(StagedSeries& staged, std::string_view packed) {
    staged.encoded = {};
    staged.labels_at = labels.size();
    staged.labels_bytes = packed.size();
    labels += packed;
  }
  // Where what is added to the series goes, which from now on is in use.
  StagedShard& Use(uint32_t ref) {
    StagedSeries& one = series[ref];
    StagedShard& shard = shards[ShardOf(one.hash)];
    if (!one.used) shard.series.push_back(ref);
    one.used = true;
    return shard;
  }
};

}  // namespace tidemark::tsdb
