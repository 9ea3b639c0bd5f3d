// FoldBatch: the series of one request that fold, with their samples.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "server/aggregate/aggregator.h"
#include "server/aggregate/fold.h"
#include "tsdb/model/exemplar.h"
#include "tsdb/model/labels.h"
#include "tsdb/model/sample.h"

namespace tidemark::server {

struct FoldBatch {
  struct Series {
    tsdb::Labels labels;  // as sent
    std::shared_ptr<const Fold> fold;
    // Where its samples end; they begin where those of the series before it end.
    size_t floats_end = 0;
    size_t histograms_end = 0;
    size_t exemplars_end = 0;
  };
  std::vector<Series> series;
  std::vector<tsdb::Sample> floats;
  std::vector<tsdb::HistogramSample> histograms;  // that passed Validate
  std::vector<tsdb::Exemplar> exemplars;

  bool empty() const { return series.empty(); }

  // What is added next belongs to this one.
  void Begin(tsdb::Labels labels, std::shared_ptr<const Fold> fold) {
    series.push_back(
        {std::move(labels), std::move(fold), floats.size(), histograms.size(), exemplars.size()});
  }
  void Add(const tsdb::Sample& sample) {
    floats.push_back(sample);
    series.back().floats_end = floats.size();
  }
  void Add(tsdb::HistogramSample sample) {
    histograms.push_back(std::move(sample));
    series.back().histograms_end = histograms.size();
  }
  void Add(tsdb::Exemplar exemplar) {
    exemplars.push_back(std::move(exemplar));
    series.back().exemplars_end = exemplars.size();
  }
};

// What became of a batch.
struct FoldReport {
  struct Refused {
    size_t series = 0;  // an index into FoldBatch::series
    FoldVerdict why = FoldVerdict::kFull;
    uint64_t floats = 0;
    uint64_t histograms = 0;
    uint64_t exemplars = 0;
  };
  std::vector<Refused> refused;
  uint64_t counted = 0;  // samples; behind the grid or not
  uint64_t behind_grid = 0;
  uint64_t repeated = 0;
};

}  // namespace tidemark::server
