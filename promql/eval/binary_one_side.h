// OneSide: the side of a binary operator of which every signature has at most
// one sample per step; held whole while the other side streams by.
//
// Several series may share a signature as long as they never meet; they are
// merged, and each step knows whose sample it has.
//
// Threads: one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "promql/eval/operator.h"

namespace tidemark::promql {

class OneSide {
 public:
  // Two series with the same signature that have a sample at the same step.
  struct Duplicate {
    uint32_t first = 0;
    uint32_t second = 0;
  };

  OneSide(EvalContext& context, Steps steps) : context_(context), steps_(steps) {}
  ~OneSide();

  // Reads all of `input`, whose series have these signatures, below `count`; keeps
  // what has one of the `wanted` ones.
  Status Load(VectorOperator& input, std::span<const uint32_t> signatures, uint32_t count,
              const std::vector<bool>& wanted);

  // The series with a signature.
  std::span<const uint32_t> SeriesOf(uint32_t signature) const { return slots_[signature].series; }
  // The samples of a signature; null when no series has it.
  const StepSeries* Data(uint32_t signature) const {
    const Slot& slot = slots_[signature];
    return slot.series.empty() ? nullptr : &slot.data;
  }
  // Whose sample it is that Data has at the step.
  uint32_t OwnerAt(uint32_t signature, size_t step) const {
    const Slot& slot = slots_[signature];
    return slot.owners.empty() ? slot.series[0] : slot.owners[step];
  }
  // Lets go of the samples of a signature.
  void Release(uint32_t signature);

  bool has_duplicates() const { return !duplicates_.empty(); }
  // The first one met at a step.
  std::optional<Duplicate> DuplicateAt(size_t step) const;

 private:
  struct Slot {
    std::vector<uint32_t> series;
    std::vector<uint32_t> owners;  // by step; empty while there is one series
    StepSeries data;
    uint64_t held = 0;
  };

  void Merge(Slot& slot, uint32_t series, StepSeries& data);

  EvalContext& context_;
  const Steps steps_;
  std::vector<Slot> slots_;            // by signature
  std::vector<Duplicate> duplicates_;  // by step; empty when there is none
};

}  // namespace tidemark::promql
