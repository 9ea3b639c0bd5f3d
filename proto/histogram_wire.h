// HistogramWire: the native histograms of one series, read in place.
//
// Both versions of remote write have the same message: `Histogram` of
// proto/remote.proto and of proto/remote_v2.proto, where only the second knows
// a start timestamp (which a sender of 1.0 leaves out).
//
// Threads: one.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "proto/view_pool.h"
#include "proto/views.h"
#include "proto/wire.h"

namespace tidemark::proto {

class HistogramWire {
 public:
  // Bounds on one series: an empty message takes two bytes on the wire and a
  // hundred times that in a view.
  static constexpr size_t kMaxHistograms = 1 << 16;
  static constexpr size_t kMaxBuckets = 1 << 20;  // and spans: over all histograms

  // `origin` and `error` as a WireReader has them.
  HistogramWire(const char* origin, WireError* error) : origin_(origin), error_(error) {}

  // Reads one message; false after an error.
  bool Read(std::string_view message);
  // What was read since Clear().
  std::span<const HistogramView> view() const { return pool_.view(); }
  std::span<HistogramView> view() { return pool_.view(); }

  // For the next series; keeps the memory.
  void Clear() {
    pool_.Clear();
    buckets_read_ = 0;
  }

 private:
  bool ReadField(WireReader& in, HistogramView& h);
  bool ReadBuckets(WireReader& in, HistogramView& h);
  bool CountBucket();
  bool ReadSpan(std::string_view message, SpanView* span);
  bool AddSpan(WireReader& in, std::vector<SpanView>& spans);
  template <typename T>
  bool AddNumber(WireReader& in, std::vector<T>& numbers);
  template <typename T>
  bool AddPacked(WireReader& in, std::vector<T>& numbers);

  const char* const origin_;
  WireError* const error_;
  ViewPool<HistogramView> pool_;
  size_t buckets_read_ = 0;  // spans included
};

}  // namespace tidemark::proto
