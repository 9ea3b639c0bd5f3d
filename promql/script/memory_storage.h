// MemoryStorage: a Queryable made of plain vectors, for scripts and tests.
//
//   MemoryStorage storage;
//   RETURN_IF_ERROR(storage.Add(Labels::Must({{"__name__", "up"}}), {{0, 1}, {30'000, 1}}));
//   engine.Execute(request, storage, cancellation);
//
// It knows one tenant: whoever asks sees everything.  Samples come back in
// runs no longer than `max_run`, so that a test can put run borders where a
// real storage would have them; floats and histograms of one series never
// share a run.
//
// Threads: Add and Clear from one thread while nobody reads; reads from any.
// Ownership: copies what it is given.  Must outlive its Queriers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "tsdb/base/status.h"
#include "tsdb/model/labels.h"
#include "tsdb/model/sample.h"
#include "tsdb/storage.h"

namespace tidemark::promql {

class MemoryStorage : public tsdb::Queryable {
 public:
  // Consecutive samples of one type; `h` is empty for floats, `v` for histograms.
  struct Run {
    std::vector<int64_t> t;
    std::vector<double> v;
    std::vector<tsdb::FloatHistogram> h;
    std::vector<int64_t> start;  // empty, or one per sample
  };
  using SeriesMap = std::map<tsdb::Labels, std::vector<Run>>;

  explicit MemoryStorage(size_t max_run = 120) : max_run_(max_run) {}

  // Adds samples behind those that the series has; the series comes into being
  // with its first sample.
  //   kOutOfRange  a time that is not after the one before it; what came before
  //                stays added
  // `start`: when what all of them count began; 0: not known.
  Status Add(const tsdb::Labels& labels, std::span<const tsdb::Sample> samples, int64_t start = 0);
  Status Add(const tsdb::Labels& labels, std::initializer_list<tsdb::Sample> samples,
             int64_t start = 0) {
    return Add(labels, std::span<const tsdb::Sample>(samples.begin(), samples.size()), start);
  }
  Status AddHistograms(const tsdb::Labels& labels, std::span<const tsdb::HistogramSample> samples,
                       int64_t start = 0);

  void Clear() { series_.clear(); }
  size_t size() const { return series_.size(); }

  StatusOr<std::unique_ptr<tsdb::Querier>> NewQuerier(std::string_view tenant, int64_t mint,
                                                      int64_t maxt) const override;

 private:
  // The run of `labels` that takes a sample of this type at `t` next.
  StatusOr<Run*> RunFor(const tsdb::Labels& labels, int64_t t, bool is_float);

  const size_t max_run_;
  SeriesMap series_;
};

}  // namespace tidemark::promql
