// InfoSeries: the info series that info() found, and which of them speaks for
// whom at each step.
//
// Info series of one metric with the same `instance` and `job` are one source: at
// each step the one of them with the newest sample speaks.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "promql/eval/operator.h"

namespace tidemark::promql {

// By which series and their info series belong together.
const std::vector<std::string>& IdentifyingLabels();

// Threads: one.
class InfoSeries {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  explicit InfoSeries(EvalContext& context) : context_(context) {}
  ~InfoSeries() { context_.meter.Release(metered_); }
  InfoSeries(const InfoSeries&) = delete;
  InfoSeries& operator=(const InfoSeries&) = delete;

  // Reads all of `selected`, whose values are the times of the samples.
  Status Read(size_t steps, VectorOperator& selected);

  // The sources of a series with these labels, one per metric that has one.
  std::vector<size_t> SourcesOf(const tsdb::Labels& base) const;

  // Which series speaks for `source` at `step`; kNone: none has a sample.
  uint32_t At(size_t source, size_t step) const { return sources_[source].newest[step]; }
  const tsdb::Labels& labels(uint32_t series) const { return labels_[series]; }

  // What to answer if any series wants labels at `step`.
  //   kFailedPrecondition  two series of one source have samples of the same time,
  //                        or an info series is a histogram
  Status CheckStep(size_t step) const;

 private:
  struct Source {
    std::vector<uint32_t> newest;  // by step
    std::vector<double> taken;     // when its sample was
  };

  StatusOr<Source*> SourceOf(const tsdb::Labels& labels, size_t steps);
  void Offer(Source& source, uint32_t series, size_t step, double taken);

  EvalContext& context_;
  std::vector<tsdb::Labels> labels_;
  std::set<std::string, std::less<>> metrics_;
  std::vector<Source> sources_;
  absl::flat_hash_map<tsdb::Labels, size_t> source_of_;  // by metric and identifying labels
  absl::flat_hash_map<size_t, Status> errors_;           // the first of each step
  uint64_t metered_ = 0;
};

}  // namespace tidemark::promql
