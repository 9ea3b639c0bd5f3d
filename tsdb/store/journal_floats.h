// The floats of a journal record: as few bytes as one pass over them allows,
// because they are written to the device once for every sample that comes in.
// Layout: docs/formats.md, "Journal record".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tsdb/chunk/float_chunk.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb {

struct JournalFloat {
  SeriesId series;
  int64_t t;
  double v;
};

// Samples of one series that come together, in time order, are written as one
// chunk if there are enough of them, others one by one.  (A sealed chunk would
// be half as large, and cost 80 ns a sample instead of 10.)
//
// Threads: one.
class JournalFloatWriter {
 public:
  // A few damaged bytes cannot make a reader allocate without bound.
  static constexpr size_t kMostInRun = 4096;

  void Add(SeriesId series, int64_t t, double v) {
    if (!times_.empty() &&
        (series != series_ || t <= times_.back() || times_.size() == kMostInRun)) {
      Flush();
    }
    series_ = series;
    times_.push_back(t);
    values_.push_back(v);
  }
  bool empty() const { return entries_ == 0 && times_.empty(); }
  // Appends the number of entries and the entries, and starts anew.
  void Finish(std::string& out);
  // Forgets what was added; keeps the memory.
  void Clear();
  // Bytes in memory, of what can grow without bound.
  size_t SizeBytes() const { return bytes_.capacity(); }

 private:
  void Flush();
  void AppendRun();
  void AppendOne(int64_t t, double v);
  void AppendSeries();

  std::string bytes_;
  uint64_t entries_ = 0;

  SeriesId series_ = 0;  // of times_ and values_: not written yet
  std::vector<int64_t> times_;
  std::vector<double> values_;
  FloatChunk chunk_;  // of AppendRun, for its memory

  SeriesId last_series_ = 0;  // written last
  int64_t last_t_ = 0;
  uint64_t last_step_ = 0;
  uint64_t last_bits_ = 0;
};

// Reads what Finish wrote from the front of `in`; false when it is damaged.
bool ReadJournalFloats(std::string_view& in, std::vector<JournalFloat>& out);

}  // namespace tidemark::tsdb
