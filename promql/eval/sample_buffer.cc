#include "promql/eval/sample_buffer.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>

#include "tsdb/model/sample.h"

namespace tidemark::promql {
namespace {

// Below this many samples in front of the window, moving the rest is not worth it.
constexpr size_t kCompactAfter = 1024;

// SkipUntil where the times are far: in steps twice as long each time.
size_t SkipFar(const std::vector<int64_t>& times, size_t i, int64_t t) {
  size_t stride = 4;
  while (stride <= times.size() - i && times[i + stride - 1] <= t) {
    i += stride;
    stride *= 2;
  }
  const auto at = [&](size_t n) { return times.begin() + static_cast<std::ptrdiff_t>(n); };
  const size_t end = std::min(times.size(), i + stride - 1);
  return static_cast<size_t>(std::upper_bound(at(i), at(end), t) - times.begin());
}

// The first index from `i` on whose time is past `t`.  Windows move on by one sample
// or by hundreds.
inline size_t SkipUntil(const std::vector<int64_t>& times, size_t i, int64_t t) {
  constexpr size_t kNear = 2;
  for (const size_t near = std::min(times.size(), i + kNear); i < near; ++i) {
    if (times[i] > t) return i;
  }
  return i == times.size() ? i : SkipFar(times, i, t);
}

int64_t StartAt(const tsdb::SampleRun& run, size_t i) {
  return run.start.empty() ? 0 : run.start[i];
}

std::span<const int64_t> StartsIn(const std::vector<int64_t>& starts, size_t from, size_t n) {
  return starts.empty() ? std::span<const int64_t>() : std::span(starts).subspan(from, n);
}

template <typename T>
void DropFront(std::vector<T>& v, size_t n) {
  v.erase(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(n));
}

}  // namespace

void SampleBuffer::Clear() {
  float_starts_.clear();
  histogram_starts_.clear();
  float_t_.clear();
  floats_.clear();
  histogram_t_.clear();
  histograms_.clear();
  histogram_sizes_.clear();
  histogram_samples_ = 0;
  float_begin_ = float_end_ = histogram_begin_ = histogram_end_ = 0;
  floats_dropped_ = histograms_dropped_ = 0;
}

void SampleBuffer::Append(const tsdb::SampleRun& run) {
  if (!run.is_float()) {
    for (size_t i = 0; i < run.size(); ++i) {
      if (run.h[i].IsStale()) continue;
      AppendHistogram(run.t[i], std::make_shared<const tsdb::FloatHistogram>(run.h[i]),
                      StartAt(run, i));
    }
    return;
  }
  const bool stale = std::any_of(run.v.begin(), run.v.end(), tsdb::IsStaleNaN);
  if (!stale && !keep_starts_) {
    float_t_.insert(float_t_.end(), run.t.begin(), run.t.end());
    floats_.insert(floats_.end(), run.v.begin(), run.v.end());
    return;
  }
  for (size_t i = 0; i < run.size(); ++i) AppendFloat(run.t[i], run.v[i], StartAt(run, i));
}

void SampleBuffer::AppendFloat(int64_t t, double v, int64_t start) {
  if (tsdb::IsStaleNaN(v)) return;
  if (keep_starts_) float_starts_.push_back(start);
  float_t_.push_back(t);
  floats_.push_back(v);
}

void SampleBuffer::AppendHistogram(int64_t t, HistogramPtr h, int64_t start) {
  if (keep_starts_) histogram_starts_.push_back(start);
  histogram_sizes_.push_back(static_cast<uint32_t>(HistogramSamples(*h)));
  histogram_samples_ += histogram_sizes_.back();
  histogram_t_.push_back(t);
  histograms_.push_back(std::move(h));
}

Window& SampleBuffer::Move(int64_t start, int64_t end) {
  float_begin_ = SkipUntil(float_t_, float_begin_, start);
  float_end_ = SkipUntil(float_t_, std::max(float_end_, float_begin_), end);
  histogram_begin_ = SkipUntil(histogram_t_, histogram_begin_, start);
  histogram_end_ = SkipUntil(histogram_t_, std::max(histogram_end_, histogram_begin_), end);
  if (float_begin_ + histogram_begin_ > kCompactAfter) Compact();

  const size_t n_floats = float_end_ - float_begin_;
  const size_t n_histograms = histogram_end_ - histogram_begin_;
  window_.start = start;
  window_.end = end;
  window_.float_t = std::span(float_t_).subspan(float_begin_, n_floats);
  window_.floats = std::span(floats_).subspan(float_begin_, n_floats);
  window_.histogram_t = std::span(histogram_t_).subspan(histogram_begin_, n_histograms);
  window_.histograms = std::span(histograms_).subspan(histogram_begin_, n_histograms);
  window_.float_starts = StartsIn(float_starts_, float_begin_, n_floats);
  window_.histogram_starts = StartsIn(histogram_starts_, histogram_begin_, n_histograms);
  window_.first_float = floats_dropped_ + float_begin_;
  window_.first_histogram = histograms_dropped_ + histogram_begin_;
  return window_;
}

uint64_t SampleBuffer::WindowSamples() const {
  uint64_t n = float_end_ - float_begin_;
  for (size_t i = histogram_begin_; i < histogram_end_; ++i) n += histogram_sizes_[i];
  return n;
}

void SampleBuffer::Compact() {
  if (float_begin_ > floats_.size() / 2) {
    DropFront(float_t_, float_begin_);
    DropFront(floats_, float_begin_);
    if (keep_starts_) DropFront(float_starts_, float_begin_);
    floats_dropped_ += float_begin_;
    float_end_ -= float_begin_;
    float_begin_ = 0;
  }
  if (histogram_begin_ > histograms_.size() / 2) {
    for (size_t i = 0; i < histogram_begin_; ++i) histogram_samples_ -= histogram_sizes_[i];
    DropFront(histogram_t_, histogram_begin_);
    DropFront(histograms_, histogram_begin_);
    if (keep_starts_) DropFront(histogram_starts_, histogram_begin_);
    DropFront(histogram_sizes_, histogram_begin_);
    histograms_dropped_ += histogram_begin_;
    histogram_end_ -= histogram_begin_;
    histogram_begin_ = 0;
  }
}

}  // namespace tidemark::promql
