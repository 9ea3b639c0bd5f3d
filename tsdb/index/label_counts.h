// LabelCounts: how many values the labels of some series have, and how many
// series each value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tidemark::tsdb {

struct ValueCount {
  std::string value;
  uint64_t series = 0;
  bool operator==(const ValueCount&) const = default;
};

struct LabelCount {
  std::string name;
  uint64_t values = 0;          // different ones
  uint64_t series = 0;          // that have the label
  std::vector<ValueCount> top;  // most series first; of equals, in the order of values
};

struct LabelCounts {
  uint64_t series = 0;             // that were counted
  uint64_t all_series = 0;         // of the tenant, whatever the matchers
  std::vector<LabelCount> labels;  // by name; without those that no series has
};

}  // namespace tidemark::tsdb
