#include "tsdb/query/series_samples.h"

#include <algorithm>
#include <utility>

#include "tsdb/query/cut_iterator.h"
#include "tsdb/query/head_iterator.h"
#include "tsdb/query/merge_iterator.h"

namespace tidemark::tsdb {
namespace {

bool IsPlain(const std::shared_ptr<const Piece>& piece) {
  return piece->cuts.empty() && !piece->last_wins;
}

}  // namespace

std::unique_ptr<SampleIterator> HeadOverRaw(std::span<const std::shared_ptr<const Piece>> pieces,
                                            std::unique_ptr<SampleIterator> raw, int64_t mint,
                                            int64_t maxt, bool start_times) {
  if (pieces.empty()) return std::make_unique<MergeIterator>(std::move(raw), nullptr, mint, maxt);
  if (std::all_of(pieces.begin(), pieces.end(), IsPlain)) {
    auto head = std::make_unique<HeadIterator>(pieces, mint, maxt, start_times);
    return std::make_unique<MergeIterator>(std::move(raw), std::move(head), mint, maxt);
  }
  std::unique_ptr<SampleIterator> all = std::move(raw);
  for (size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = *pieces[i];
    if (!piece.cuts.empty()) all = std::make_unique<CutIterator>(std::move(all), piece.cuts);
    std::unique_ptr<SampleIterator> first = std::move(all);
    std::unique_ptr<SampleIterator> second =
        std::make_unique<HeadIterator>(pieces.subspan(i, 1), mint, maxt, start_times);
    if (piece.last_wins) std::swap(first, second);
    all = std::make_unique<MergeIterator>(std::move(first), std::move(second), mint, maxt);
  }
  return all;
}

}  // namespace tidemark::tsdb
