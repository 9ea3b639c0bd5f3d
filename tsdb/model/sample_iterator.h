// SampleRun: consecutive samples of one type; SampleIterator: the samples of
// one series, run by run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "tsdb/base/status.h"
#include "tsdb/model/sample.h"

namespace tidemark::tsdb {

// Consecutive samples of one type: exactly one of `v` and `h` is as long as `t`,
// the other empty.  Times ascend strictly.  Stale markers are among them.
struct SampleRun {
  std::span<const int64_t> t;
  std::span<const double> v;
  std::span<const FloatHistogram> h;
  // When what each sample counts began, in milliseconds since the Unix epoch; 0:
  // not known.  Empty where none is known, or none was asked for
  // (SelectHints::start_times).
  std::span<const int64_t> start{};

  size_t size() const { return t.size(); }
  bool is_float() const { return h.empty(); }
  // The `n` samples from number `from` on.
  SampleRun Part(size_t from, size_t n) const {
    SampleRun part;
    part.t = t.subspan(from, n);
    if (!v.empty()) part.v = v.subspan(from, n);
    if (!h.empty()) part.h = h.subspan(from, n);
    if (!start.empty()) part.start = start.subspan(from, n);
    return part;
  }
};

// The samples of one series in time order, in runs of up to some hundreds:
// decoded lazily, so what is not asked for costs nothing.
//
//   while (it->Next()) { const SampleRun& run = it->run(); … }
//   RETURN_IF_ERROR(it->status());
//
// Threads: one.
class SampleIterator {
 public:
  virtual ~SampleIterator() = default;

  // Moves to the next run; false at the end and after an error.
  virtual bool Next() = 0;
  // Moves to a run that starts with the first sample at or after `t`, forward
  // only; false at the end and after an error.  Cheap over long distances.
  virtual bool Seek(int64_t t) = 0;
  // Valid until the next call of Next or Seek.
  virtual const SampleRun& run() const = 0;
  // OK; kDataLoss when something stored could not be read.
  virtual Status status() const = 0;
};

}  // namespace tidemark::tsdb
