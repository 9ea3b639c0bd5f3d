// WriteRequestReader: the body of a remote-write 1.0 request, read in place.
//
//   std::string body;
//   RETURN_IF_ERROR(SnappyDecode(compressed, max_bytes, body));
//   WriteRequestReader reader(body);
//   for (auto item = reader.Next(); item != WriteRequestReader::Item::kEnd; item = reader.Next()) {
//     if (item == WriteRequestReader::Item::kMetadata) Use(reader.metadata());
//     else for (const SampleView& s : reader.series().samples) Use(s.t, s.value);
//   }
//   return reader.status();
//
// The schema is proto/remote.proto (prometheus.WriteRequest upstream).  Unknown
// fields are passed over, a number given twice counts the last time, repeated
// numbers may be packed or not: as protobuf reads them.  Stricter than protobuf
// in one thing: a known field of another wire type is an error.
//
// What is here is what was sent.  Whether labels are sorted, unique or UTF-8
// (proto/utf8.h), and whether a histogram is a valid one, is for the receiver
// to judge series by series, so that one bad series does not cost the others.
//
// Strings point into the body, which must outlive the reader.  Vectors are
// reused: a request of thousands of series allocates as much as its largest.
//
// Threads: one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "proto/wire.h"

namespace tidemark::proto {

struct LabelView {
  std::string_view name;
  std::string_view value;
  bool operator==(const LabelView&) const = default;
};

struct SampleView {
  int64_t t = 0;  // milliseconds since the Unix epoch
  double value = 0;
};

struct ExemplarView {
  std::vector<LabelView> labels;
  int64_t t = 0;
  double value = 0;
  void Clear();
};

struct SpanView {
  int32_t offset = 0;
  uint32_t length = 0;
  bool operator==(const SpanView&) const = default;
};

// Buckets are deltas of whole numbers where `is_float` is false (the first one
// counts from 0), absolute counts where it is true.  Nothing says that spans
// and buckets agree, nor that a sender left the other kind's fields empty.
struct HistogramView {
  bool is_float = false;       // which `count` was sent last; none: integer
  bool is_float_zero = false;  // the same of `zero_count`
  uint64_t count_int = 0;
  double count_float = 0;
  uint64_t zero_count_int = 0;
  double zero_count_float = 0;
  double sum = 0;
  double zero_threshold = 0;
  int64_t t = 0;  // milliseconds since the Unix epoch
  int32_t schema = 0;
  int32_t reset_hint = 0;  // 0 unknown, 1 reset, 2 no reset, 3 gauge; others may be sent
  std::vector<SpanView> negative_spans;
  std::vector<SpanView> positive_spans;
  std::vector<int64_t> negative_deltas;
  std::vector<int64_t> positive_deltas;
  std::vector<double> negative_counts;
  std::vector<double> positive_counts;
  std::vector<double> custom_values;
  void Clear();  // keeps the vectors' memory
};

struct SeriesView {
  std::vector<LabelView> labels;  // in the order sent; see LabelMode
  // The bytes of all labels as they were sent, tags and lengths included: the
  // same bytes are the same labels.  Empty where other fields lie between them.
  std::string_view raw_labels;
  std::vector<SampleView> samples;
  std::span<const HistogramView> histograms;
  std::span<const ExemplarView> exemplars;
};

// Whether Next() makes views of a series' labels.  Who knows most series by the
// bytes of their labels saves that with kRaw: `labels` is then empty wherever
// `raw_labels` is not (ReadLabels makes the views of those it needs).
enum class LabelMode { kViews, kRaw };

// Views of the labels that `raw` (a SeriesView::raw_labels) is made of.
void ReadLabels(std::string_view raw, std::vector<LabelView>& labels);

struct MetadataView {
  int32_t type = 0;  // MetricMetadata.MetricType; others may be sent
  std::string_view metric;
  std::string_view help;
  std::string_view unit;
};

class WriteRequestReader {
 public:
  // Bounds on one series.  An empty message takes two bytes on the wire and a
  // hundred times that in a view, so a small body could otherwise ask for
  // gigabytes; each is far past what a sender has use for.
  static constexpr size_t kMaxLabels = 1 << 16;  // of a series, or of an exemplar
  static constexpr size_t kMaxSamples = 1 << 22;
  static constexpr size_t kMaxHistograms = 1 << 16;
  static constexpr size_t kMaxExemplars = 1 << 16;
  static constexpr size_t kMaxBuckets = 1 << 20;  // and spans: over all histograms

  enum class Item { kEnd, kSeries, kMetadata };

  explicit WriteRequestReader(std::string_view body, LabelMode mode = LabelMode::kViews);

  // Reads the next series or metadata, in the order sent; kEnd at the end and
  // after an error.
  Item Next();

  // What Next() read last; valid until it is called again.
  const SeriesView& series() const { return series_; }
  const MetadataView& metadata() const { return metadata_; }
  // So far; counts from 0 in error messages.
  size_t series_read() const { return series_read_; }

  // OK, or what was wrong first and where, in bytes of the body:
  //   kInvalidArgument  "series 17: label 3: length 400 past the end at byte 0x40"
  absl::Status status() const;

 private:
  // A vector whose elements outlive clear(), for the memory they hold.
  template <typename T>
  struct Pool {
    std::vector<T> items;
    size_t used = 0;
    T& Add() {
      if (used == items.size()) items.emplace_back();
      T& item = items[used++];
      item.Clear();
      return item;
    }
    std::span<const T> view() const { return {items.data(), used}; }
  };

  bool ReadSeries(std::string_view message);
  bool ReadSeriesFields(std::string_view fields);
  bool ReadSeriesLabel(WireReader& in);
  bool ReadSample(std::string_view message);
  bool ReadExemplar(std::string_view message);
  bool ReadHistogram(std::string_view message);
  bool ReadHistogramField(WireReader& in, HistogramView& h);
  bool ReadHistogramBuckets(WireReader& in, HistogramView& h);
  bool ReadSpan(std::string_view message, SpanView* span);
  bool AddSpan(WireReader& in, std::vector<SpanView>& spans);
  template <typename T>
  bool AddNumber(WireReader& in, std::vector<T>& numbers);
  template <typename T>
  bool AddPacked(WireReader& in, std::vector<T>& numbers);
  bool ReadMetadata(std::string_view message);
  bool TooMany(const char* what, size_t limit);

  const char* const origin_;
  const LabelMode mode_;
  WireError error_;
  WireReader in_;
  size_t series_read_ = 0;
  size_t metadata_read_ = 0;
  size_t buckets_read_ = 0;  // of the current series, spans included
  SeriesView series_;
  MetadataView metadata_;
  Pool<HistogramView> histograms_;
  Pool<ExemplarView> exemplars_;
};

}  // namespace tidemark::proto
