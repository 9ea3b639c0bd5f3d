// TsdbStatus: which names and values of labels the active series have, and how
// many series each of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tsdb/base/cancellation.h"
#include "tsdb/storage.h"

namespace tidemark::server {

struct NamedCount {
  std::string name;
  uint64_t count = 0;
  bool operator==(const NamedCount&) const = default;
};

// The most of each, largest first; of equals, those first in the alphabet.
struct TsdbStatus {
  uint64_t series = 0;
  uint64_t label_pairs = 0;                  // different ones
  std::vector<NamedCount> series_by_metric;  // metric → series
  std::vector<NamedCount> values_by_label;   // label → different values
  std::vector<NamedCount> bytes_by_label;    // label → bytes of these values
  std::vector<NamedCount> series_by_pair;    // name=value → series
};

// Of the series that `querier` finds in its range, metric by metric, so that the
// labels of one metric are held at a time; and `limit` of each list.
//   kCancelled, kDeadlineExceeded  as `cancellation` says
//   or what the Querier says
StatusOr<TsdbStatus> ReadTsdbStatus(const tsdb::Querier& querier, int64_t start, int64_t end,
                                    size_t limit, const Cancellation& cancellation);

}  // namespace tidemark::server
