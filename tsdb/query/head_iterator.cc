#include "tsdb/query/head_iterator.h"

#include <algorithm>
#include <utility>

#include "tsdb/chunk/start_column.h"

namespace tidemark::tsdb {
namespace {

template <typename T>
void SortByTime(std::vector<T>& samples) {
  const auto earlier = [](const T& a, const T& b) { return a.t < b.t; };
  if (!std::is_sorted(samples.begin(), samples.end(), earlier)) {
    std::stable_sort(samples.begin(), samples.end(), earlier);
  }
  samples.erase(std::unique(samples.begin(), samples.end(),
                            [](const T& a, const T& b) { return a.t == b.t; }),
                samples.end());
}

}  // namespace

HeadIterator::HeadIterator(std::span<const std::shared_ptr<const Piece>> pieces, int64_t mint,
                           int64_t maxt, bool start_times) {
  for (const auto& piece : pieces) {
    for (const auto& chunk : piece->chunks) {
      if (chunk->min_t <= maxt && chunk->max_t >= mint) Decode(chunk->view(), mint, maxt);
    }
    for (const Sample& sample : piece->late_floats) {
      if (sample.t >= mint && sample.t <= maxt) unsorted_.push_back(sample);
    }
    for (const HistogramSample& sample : piece->late_histograms) {
      if (sample.t >= mint && sample.t <= maxt) unsorted_histograms_.push_back(sample);
    }
    if (start_times) DecodeStarts(*piece, mint, maxt);
  }
  Sort();
  if (!unsorted_starts_.empty()) AlignStarts();
  Interleave();
}

void HeadIterator::Decode(const ChunkView& chunk, int64_t mint, int64_t maxt) {
  const std::unique_ptr<ChunkDecoder> decoder = NewChunkDecoder(chunk);
  while (decoder->Next()) {
    const SampleRun& run = decoder->run();
    for (size_t i = 0; i < run.size(); ++i) {
      if (run.t[i] < mint || run.t[i] > maxt) continue;
      if (run.is_float()) {
        unsorted_.push_back({run.t[i], run.v[i]});
      } else {
        unsorted_histograms_.push_back({run.t[i], run.h[i]});
      }
    }
  }
  if (status_.ok()) status_ = decoder->status();
}

void HeadIterator::DecodeStarts(const Piece& piece, int64_t mint, int64_t maxt) {
  const auto add = [&](int64_t t, int64_t start) {
    if (start != 0 && t >= mint && t <= maxt) unsorted_starts_.push_back({t, start});
  };
  for (const auto& chunk : piece.chunks) {
    if (chunk->starts.empty() || chunk->min_t > maxt || chunk->max_t < mint) continue;
    StartReader starts(chunk->starts);
    const std::unique_ptr<ChunkDecoder> decoder = NewChunkDecoder(chunk->view());
    while (decoder->Next()) {
      for (const int64_t t : decoder->run().t) add(t, starts.Next(t));
    }
  }
  for (const SampleStart& late : piece.late_starts) add(late.t, late.start);
}

void HeadIterator::AlignStarts() {
  SortByTime(unsorted_starts_);
  const auto align = [this](const std::vector<int64_t>& times, std::vector<int64_t>& starts) {
    starts.assign(times.size(), 0);
    auto next = unsorted_starts_.begin();
    for (size_t i = 0; i < times.size(); ++i) {
      while (next != unsorted_starts_.end() && next->t < times[i]) ++next;
      if (next != unsorted_starts_.end() && next->t == times[i]) starts[i] = next->start;
    }
  };
  align(float_t_, float_start_);
  align(histogram_t_, histogram_start_);
  unsorted_starts_ = {};
}

void HeadIterator::Sort() {
  SortByTime(unsorted_);
  SortByTime(unsorted_histograms_);
  for (const Sample& sample : unsorted_) {
    float_t_.push_back(sample.t);
    float_v_.push_back(sample.v);
  }
  for (HistogramSample& sample : unsorted_histograms_) {
    histogram_t_.push_back(sample.t);
    histogram_h_.push_back(std::move(sample.h));
  }
  unsorted_ = {};
  unsorted_histograms_ = {};
}

void HeadIterator::Interleave() {
  size_t f = 0;
  size_t h = 0;
  while (f < float_t_.size() || h < histogram_t_.size()) {
    const size_t first_f = f;
    while (f < float_t_.size() && (h == histogram_t_.size() || float_t_[f] < histogram_t_[h])) ++f;
    if (f > first_f) stretches_.push_back({true, first_f, f});
    const size_t first_h = h;
    while (h < histogram_t_.size() && (f == float_t_.size() || histogram_t_[h] < float_t_[f])) ++h;
    if (h > first_h) stretches_.push_back({false, first_h, h});
    if (f == first_f && h == first_h) ++h;  // the same time twice: the float stays
  }
}

void HeadIterator::Use(const Stretch& stretch, size_t from) {
  run_ = SampleRun();
  const size_t n = stretch.end - from;
  if (stretch.is_float) {
    run_.t = std::span(float_t_).subspan(from, n);
    run_.v = std::span(float_v_).subspan(from, n);
  } else {
    run_.t = std::span(histogram_t_).subspan(from, n);
    run_.h = std::span(histogram_h_).subspan(from, n);
  }
  const auto& starts = stretch.is_float ? float_start_ : histogram_start_;
  if (!starts.empty()) run_.start = std::span(starts).subspan(from, n);
}

bool HeadIterator::Next() {
  if (next_ == stretches_.size()) return false;
  const Stretch& stretch = stretches_[next_++];
  Use(stretch, stretch.begin);
  return true;
}

bool HeadIterator::Seek(int64_t t) {
  if (next_ > 0 && !run_.t.empty()) {
    t = std::max(t, run_.t.front());  // forward only
    if (run_.t.back() >= t) --next_;  // within what was handed out last
  }
  for (; next_ < stretches_.size(); ++next_) {
    const Stretch& stretch = stretches_[next_];
    const auto& times = stretch.is_float ? float_t_ : histogram_t_;
    if (times[stretch.end - 1] < t) continue;
    const auto at = std::lower_bound(times.begin() + static_cast<ptrdiff_t>(stretch.begin),
                                     times.begin() + static_cast<ptrdiff_t>(stretch.end), t);
    const auto from = static_cast<size_t>(at - times.begin());
    ++next_;
    Use(stretch, from);
    return true;
  }
  run_ = SampleRun();
  return false;
}

}  // namespace tidemark::tsdb
