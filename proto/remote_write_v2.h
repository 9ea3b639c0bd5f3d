// WriteRequestV2Reader: the body of a remote-write 2.0 request, read in place.
//
//   WriteRequestV2Reader reader(body, max_written_bytes);
//   while (reader.Next()) {
//     if (!reader.labels_fault().empty()) …
//     for (const SampleView& s : reader.series().samples) Use(s.t, s.value, s.start);
//   }
//   return reader.status();
//
// The schema is proto/remote_v2.proto (io.prometheus.write.v2.Request upstream).
// Series come out as those of WriteRequestReader in LabelMode::kRaw do: labels
// as the bytes that 1.0 would have for them.  Symbols may stand behind the series
// that refer to them, as protobuf allows.
//
// A bad reference is a fault of its series, exemplar or metadata, and no error:
// it does not cost the others.  Where a series has a created timestamp, as drafts
// of the specification had, it is the start of the samples without one.
//
// Strings live as long as the reader and the body.  Threads: one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "proto/histogram_wire.h"
#include "proto/symbol_table.h"
#include "proto/view_pool.h"
#include "proto/views.h"
#include "proto/wire.h"

namespace tidemark::proto {

class WriteRequestV2Reader {
 public:
  // Bounds on one series; see also HistogramWire.
  static constexpr size_t kMaxLabels = 1 << 16;  // of a series, or of an exemplar
  static constexpr size_t kMaxSamples = 1 << 22;
  static constexpr size_t kMaxExemplars = 1 << 16;

  // Reads the symbols.  `max_written_bytes`: of all that references stand for,
  // written out.
  WriteRequestV2Reader(std::string_view body, size_t max_written_bytes);

  // Reads the next series, in the order sent; false at the end and after an error.
  bool Next();

  // What Next() read last; valid until it is called again.
  const SeriesView& series() const { return series_; }
  // Why the series cannot be known, or "": then its `labels` are the first few
  // before the bad reference, for a message, and there are no `raw_labels`.
  const std::string& labels_fault() const { return labels_fault_; }

  // What was said of the series' metric, whose name is the value of __name__; null
  // when that is nothing, or the same as in this request before.
  const MetadataView* metadata() const { return has_metadata_ ? &metadata_ : nullptr; }
  // Why there is none although some was sent, or "".
  const std::string& metadata_fault() const { return metadata_fault_; }

  // OK, or what was wrong first and where, in bytes of the body:
  //   kInvalidArgument    "series 17: sample 3: length 400 past the end at byte 0x40"
  //   kResourceExhausted  more than `max_written_bytes`
  absl::Status status() const;

 private:
  struct MetadataRefs {
    int32_t type = 0;
    uint32_t help = 0;
    uint32_t unit = 0;
    bool operator==(const MetadataRefs&) const = default;
  };

  void ReadSymbols(std::string_view body);
  bool CheckSymbols(bool any_series);
  bool ReadSeries(std::string_view message);
  bool ReadSeriesField(WireReader& in);
  bool ReadRefs(WireReader& in, std::vector<uint32_t>& refs);
  bool AddRef(WireReader& in, std::vector<uint32_t>& refs);
  bool ReadSample(std::string_view message);
  bool ReadExemplar(std::string_view message);
  bool ReadMetadata(std::string_view message);
  bool ResolveLabels();
  void KeepSoundLabels();
  bool ResolveMetadata();
  void SetStarts();
  bool TooMuchWritten();

  const char* const origin_;
  WireError error_;
  bool too_much_written_ = false;
  WireReader in_;
  SymbolTable symbols_;
  size_t series_read_ = 0;

  // Of the current series.
  std::vector<uint32_t> refs_;
  SeriesView series_;
  int64_t created_ = 0;
  HistogramWire histograms_;
  ViewPool<ExemplarView> exemplars_;
  std::vector<uint32_t> exemplar_refs_;
  std::string labels_fault_;
  MetadataRefs metadata_refs_;
  MetadataView metadata_;
  bool has_metadata_ = false;
  std::string metadata_fault_;

  std::vector<MetadataRefs> told_;  // by the symbol of the metric's name
};

}  // namespace tidemark::proto
