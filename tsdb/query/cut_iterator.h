// CutIterator: the samples of a series but for those in some intervals: what was
// deleted and not yet taken out of the blocks.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "tsdb/model/sample_iterator.h"
#include "tsdb/model/time_intervals.h"

namespace tidemark::tsdb {

// Copies nothing: runs are parts of the source's runs.  Seeks over what is cut.
//
// Threads: one.
class CutIterator : public SampleIterator {
 public:
  CutIterator(std::unique_ptr<SampleIterator> source, TimeIntervals cuts)
      : source_(std::move(source)), cuts_(std::move(cuts)) {}

  bool Next() override;
  bool Seek(int64_t t) override;
  const SampleRun& run() const override { return run_; }
  Status status() const override { return source_->status(); }

 private:
  bool Emit();
  // The next samples of the source that are not handed out.
  bool Load();
  bool SkipTo(int64_t t);

  const std::unique_ptr<SampleIterator> source_;
  const TimeIntervals cuts_;
  SampleRun rest_;  // of the source's run
  SampleRun run_;
};

}  // namespace tidemark::tsdb
