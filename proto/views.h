// What a remote-write body says, in either version of the protocol: views whose
// strings point into the body.
//
// What is here is what was sent.  Whether labels are sorted, unique or UTF-8
// (proto/utf8.h), and whether a histogram is a valid one, is for the receiver
// to judge series by series, so that one bad series does not cost the others.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tidemark::proto {

struct LabelView {
  std::string_view name;
  std::string_view value;
  bool operator==(const LabelView&) const = default;
};

struct SampleView {
  int64_t t = 0;  // milliseconds since the Unix epoch
  double value = 0;
  int64_t start = 0;  // when what it counts began; 0: not told (never in 1.0)
};

struct ExemplarView {
  std::vector<LabelView> labels;
  int64_t t = 0;
  double value = 0;
  // Of 2.0: what is wrong with the references to its labels, which are then not
  // all here; or empty.
  std::string fault;
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
  int64_t t = 0;      // milliseconds since the Unix epoch
  int64_t start = 0;  // when it began to count; 0: not told (never in 1.0)
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

struct MetadataView {
  int32_t type = 0;  // MetricMetadata.MetricType; others may be sent
  std::string_view metric;
  std::string_view help;
  std::string_view unit;
};

}  // namespace tidemark::proto
