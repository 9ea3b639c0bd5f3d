// Cuts: the intervals of a union that were deleted, each with its place among
// the runs: it removes from what was written before it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tsdb/chunk/encoded_run.h"

namespace tidemark::tsdb {

class Cuts {
 public:
  // `cut`: of Codec::kCut; `place`: that of every run and cut in their order.
  void Add(const EncodedRun& cut, uint32_t place);

  // Whether a sample at `t`, of the run in this place, is removed.
  bool Removes(int64_t t, uint32_t place) const;
  // Whether one cut removes the whole of the run, or may remove any of it.
  bool RemovesAll(const RunInfo& run, uint32_t place) const;
  bool Touches(const RunInfo& run, uint32_t place) const;

  // Appends them in the order of time; those that touch become one, with the
  // last sequence of them.
  void AppendTo(std::string& out) const;

 private:
  struct Cut {
    int64_t first;  // both inclusive
    int64_t last;
    uint64_t sequence;
    uint32_t place;
  };
  std::vector<Cut> cuts_;
};

}  // namespace tidemark::tsdb
