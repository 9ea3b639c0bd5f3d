// StagedCommit: what an Appender has collected, in the order in which it came.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tsdb/head/shard.h"
#include "tsdb/index/label_hash.h"
#include "tsdb/model/exemplar.h"
#include "tsdb/model/sample.h"

namespace tidemark::tsdb {

struct StagedSeries {
  LabelHash hash;
  size_t labels_at;  // in StagedCommit::labels
  size_t labels_bytes;
  HeadSeries* series = nullptr;  // found, or created, by the commit
};

// `series` is an index into StagedCommit::series.
struct StagedFloat {
  uint32_t series;
  int64_t t;
  double v;
};

struct StagedHistogram {
  uint32_t series;
  int64_t t;
  FloatHistogram h;
};

struct StagedExemplar {
  uint32_t series;
  Exemplar exemplar;
};

// What goes to one shard of the head.
struct StagedShard {
  std::vector<uint32_t> series;  // indices into StagedCommit::series
  std::vector<StagedFloat> floats;
  std::vector<StagedHistogram> histograms;
};

struct StagedCommit {
  std::string tenant;
  std::string labels;  // packed Labels one after another: no allocation a series
  std::vector<StagedSeries> series;
  std::array<StagedShard, kHeadShards> shards;
  std::vector<StagedExemplar> exemplars;
  std::vector<std::pair<std::string, Metadata>> metadata;

  std::string_view packed_labels(const StagedSeries& staged) const {
    return std::string_view(labels).substr(staged.labels_at, staged.labels_bytes);
  }
  StagedShard& shard_of(uint32_t ref) { return shards[ShardOf(series[ref].hash)]; }
};

}  // namespace tidemark::tsdb
