#include "tsdb/chunk/histogram_decoder.h"

#include <algorithm>
#include <bit>

#include "tsdb/model/sample.h"

namespace tidemark::tsdb {
namespace {

// Fewer than of floats: a histogram is a hundred times as large.
constexpr size_t kHistogramBatch = 32;
static_assert(kHistogramBatch <= kDecodeBatch);

}  // namespace

HistogramDecoder::HistogramDecoder(const ChunkView& chunk) : cursor_(chunk) {
  // A sample takes two bytes at least, so that a false count buys no memory.
  const size_t batch = std::min({size_t{chunk.count}, kHistogramBatch, chunk.bytes.size() / 2 + 1});
  times_.resize(batch);
  histograms_.resize(batch);
  slot_layouts_.resize(batch, 0);
}

bool HistogramDecoder::Next() {
  size_t n = 0;
  for (; n < times_.size() && cursor_.Next(); ++n) {
    times_[n] = cursor_.t();
    Fill(n);
  }
  run_.t = {times_.data(), n};
  run_.h = {histograms_.data(), n};
  return n > 0;
}

void HistogramDecoder::Fill(size_t slot) {
  FloatHistogram& h = histograms_[slot];
  if (cursor_.kind() == HistogramKind::kStale) {
    h = FloatHistogram();
    h.sum = kStaleNaN;
    slot_layouts_[slot] = 0;
  } else {
    if (slot_layouts_[slot] != cursor_.layouts()) h = cursor_.layout();
    slot_layouts_[slot] = cursor_.layouts();
    h.sum = cursor_.sum();
    const uint64_t* count = cursor_.counts().data();
    const bool whole = cursor_.kind() == HistogramKind::kWhole;
    ForEachCount(h, [&count, whole](double& v) {
      v = whole ? static_cast<double>(static_cast<int64_t>(*count)) : std::bit_cast<double>(*count);
      ++count;
    });
  }
  h.counter_reset_hint = cursor_.hint();
}

}  // namespace tidemark::tsdb
