#include "server/ha/sender_labels.h"

#include "proto/remote_write.h"
#include "proto/remote_write_v2.h"

namespace tidemark::server {
namespace {

// Calls `use` with the series of the body until it returns false.
template <typename Use>
void ForEachSeries(std::string_view body, bool is_v2, size_t max_written_bytes, Use use) {
  if (is_v2) {
    proto::WriteRequestV2Reader reader(body, max_written_bytes);
    while (reader.Next() && use(reader.series())) {
    }
    return;
  }
  using Item = proto::WriteRequestReader::Item;
  proto::WriteRequestReader reader(body, proto::LabelMode::kRaw);
  for (Item item = reader.Next(); item != Item::kEnd; item = reader.Next()) {
    if (item == Item::kSeries && !use(reader.series())) return;
  }
}

}  // namespace

std::optional<SenderLabels> ReadSender(std::string_view body, bool is_v2, size_t max_written_bytes,
                                       const HaOptions& options) {
  SenderLabels sender;
  ForEachSeries(body, is_v2, max_written_bytes, [&](const proto::SeriesView& series) {
    std::vector<proto::LabelView> labels = series.labels;
    if (labels.empty()) proto::ReadLabels(series.raw_labels, labels);
    for (const proto::LabelView& l : labels) {
      if (l.name == options.cluster_label) sender.cluster = l.value;
      if (l.name == options.replica_label) sender.replica = l.value;
    }
    return false;
  });
  if (sender.cluster.empty() || sender.replica.empty()) return std::nullopt;
  return sender;
}

IngestCounts CountItems(std::string_view body, bool is_v2, size_t max_written_bytes) {
  IngestCounts counts;
  ForEachSeries(body, is_v2, max_written_bytes, [&](const proto::SeriesView& series) {
    counts.floats += series.samples.size();
    counts.histograms += series.histograms.size();
    counts.exemplars += series.exemplars.size();
    return true;
  });
  return counts;
}

}  // namespace tidemark::server
