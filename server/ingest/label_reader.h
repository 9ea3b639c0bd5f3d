// LabelReader: the labels of a series as sent → Labels, or why not.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "proto/remote_write.h"
#include "server/ingest/refusals.h"
#include "tsdb/model/labels.h"

namespace tidemark::server {

// Threads: one.  Keeps its buffer from series to series.
class LabelReader {
 public:
  // Sorts; leaves out empty values.  `raw` are the bytes they came from (see
  // SeriesView::raw_labels), or empty.  A value when they are no labels of a
  // series: then `out` is as it was.
  std::optional<Refusal> ReadSeries(std::span<const proto::LabelView> labels, std::string_view raw,
                                    tsdb::Labels& out);

  // The same without the demand for a metric name: labels of an exemplar.
  std::optional<Refusal> Read(std::span<const proto::LabelView> labels, std::string_view raw,
                              tsdb::Labels& out);

 private:
  std::optional<Refusal> Sort(std::span<const proto::LabelView> labels, std::string_view raw);

  std::vector<tsdb::LabelView> sorted_;
};

}  // namespace tidemark::server
