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
#include "proto/histogram_wire.h"
#include "proto/view_pool.h"
#include "proto/views.h"
#include "proto/wire.h"

namespace tidemark::proto {

// Whether Next() makes views of a series' labels.  Who knows most series by the
// bytes of their labels saves that with kRaw: `labels` is then empty wherever
// `raw_labels` is not (ReadLabels makes the views of those it needs).
enum class LabelMode { kViews, kRaw };

// Views of the labels that `raw` (a SeriesView::raw_labels) is made of.
void ReadLabels(std::string_view raw, std::vector<LabelView>& labels);

class WriteRequestReader {
 public:
  // Bounds on one series.  An empty message takes two bytes on the wire and a
  // hundred times that in a view, so a small body could otherwise ask for
  // gigabytes; each is far past what a sender has use for.
  static constexpr size_t kMaxLabels = 1 << 16;  // of a series, or of an exemplar
  static constexpr size_t kMaxSamples = 1 << 22;
  static constexpr size_t kMaxExemplars = 1 << 16;

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
  bool ReadSeries(std::string_view message);
  bool ReadSeriesFields(std::string_view fields);
  bool ReadSeriesLabel(WireReader& in);
  bool ReadSample(std::string_view message);
  bool ReadExemplar(std::string_view message);
  bool ReadMetadata(std::string_view message);

  const char* const origin_;
  const LabelMode mode_;
  WireError error_;
  WireReader in_;
  size_t series_read_ = 0;
  size_t metadata_read_ = 0;
  SeriesView series_;
  MetadataView metadata_;
  HistogramWire histograms_;
  ViewPool<ExemplarView> exemplars_;
};

}  // namespace tidemark::proto
