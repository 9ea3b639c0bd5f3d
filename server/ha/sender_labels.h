// Who sent a remote-write request, by the labels of its first series.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/ha/ha_options.h"
#include "server/ingest/body_writer.h"

namespace tidemark::server {

struct SenderLabels {
  std::string cluster;
  std::string replica;
};

// Nothing where the series does not have both, or the body is broken.
std::optional<SenderLabels> ReadSender(std::string_view body, bool is_v2, size_t max_written_bytes,
                                       const HaOptions& options);

// The samples, histograms and exemplars of a body, whatever they are worth.
IngestCounts CountItems(std::string_view body, bool is_v2, size_t max_written_bytes);

}  // namespace tidemark::server
