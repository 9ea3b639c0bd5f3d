#include "promql/eval/binary_one_side.h"

#include <utility>

namespace tidemark::promql {

OneSide::~OneSide() {
  for (uint32_t i = 0; i < slots_.size(); ++i) Release(i);
}

Status OneSide::Load(VectorOperator& input, std::span<const uint32_t> signatures, uint32_t count,
                     const std::vector<bool>& wanted) {
  slots_.resize(count);
  StepSeries data;
  for (uint32_t i = 0; i < signatures.size(); ++i) {
    RETURN_IF_ERROR(context_.CheckRunning());
    RETURN_IF_ERROR(input.Next(data));
    Slot& slot = slots_[signatures[i]];
    const uint64_t samples = data.SampleCount();
    slot.held += samples;
    RETURN_IF_ERROR(context_.meter.Take(samples));
    slot.series.push_back(i);
    if (slot.series.size() == 1) {
      std::swap(slot.data, data);
    } else {
      Merge(slot, i, data);
    }
  }
  for (uint32_t i = 0; i < count; ++i) {
    if (!wanted[i]) Release(i);
  }
  return OkStatus();
}

void OneSide::Merge(Slot& slot, uint32_t series, StepSeries& data) {
  if (slot.owners.empty()) slot.owners.assign(steps_.count, slot.series[0]);
  for (size_t step = 0; step < steps_.count; ++step) {
    if (data.kinds[step] == SampleKind::kNone) continue;
    if (slot.data.kinds[step] != SampleKind::kNone) {
      duplicates_.resize(steps_.count);
      Duplicate& duplicate = duplicates_[step];
      if (duplicate.first == duplicate.second) duplicate = {slot.owners[step], series};
    } else if (data.kinds[step] == SampleKind::kFloat) {
      slot.data.SetFloat(step, data.values[step]);
    } else {
      slot.data.SetHistogram(step, std::move(data.histograms[step]));
    }
    slot.owners[step] = series;
  }
}

void OneSide::Release(uint32_t signature) {
  Slot& slot = slots_[signature];
  context_.meter.Release(slot.held);
  slot.held = 0;
  slot.data = {};
  slot.owners = {};
}

std::optional<OneSide::Duplicate> OneSide::DuplicateAt(size_t step) const {
  if (duplicates_.empty() || duplicates_[step].first == duplicates_[step].second) {
    return std::nullopt;
  }
  return duplicates_[step];
}

}  // namespace tidemark::promql
