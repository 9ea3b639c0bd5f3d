// Series as remote read sends them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "server/http/http.h"
#include "server/remote_read/read_request.h"
#include "tsdb/base/cancellation.h"
#include "tsdb/storage.h"

namespace tidemark::server {

// What one query selected.  `set` goes before `querier`.
struct SelectedSeries {
  ReadQuery query;
  std::unique_ptr<tsdb::Querier> querier;
  std::unique_ptr<tsdb::SeriesSet> set;
};

struct ReadLimits {
  uint64_t max_samples = 50'000'000;  // of an answer of the type SAMPLES
  size_t max_bytes = 256 << 20;       // of one, before compression
};

// A prometheus.ReadResponse.
//   kInvalidArgument               past a limit; the message says which
//   kCancelled, kDeadlineExceeded  as `cancellation` says
//   kDataLoss                      something stored cannot be read
StatusOr<std::string> EncodeSamples(const std::vector<SelectedSeries>& selected,
                                    const ReadLimits& limits, const Cancellation& cancellation);

// Frames of at most about `frame_bytes`, a series or a part of one each: length,
// CRC-32C, a prometheus.ChunkedReadResponse.  Errors as above, without limits.
//   kCancelled  too: the sink takes no more
Status StreamChunks(const std::vector<SelectedSeries>& selected, size_t frame_bytes,
                    const Cancellation& cancellation, const BodySink& sink);

}  // namespace tidemark::server
