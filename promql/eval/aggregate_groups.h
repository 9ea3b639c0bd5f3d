// Which series of its input an aggregation puts together.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "promql/parser/ast.h"
#include "tsdb/model/labels.h"

namespace tidemark::promql {

// GroupLabels: the labels of the group that a series belongs to.
//
// Threads: one.
class GroupLabels {
 public:
  explicit GroupLabels(const AggregateExpr& expr);

  tsdb::Labels Of(const tsdb::Labels& series) const;
  bool without() const { return without_; }
  // count_values by (…): the label with the value tells groups apart too.
  void KeepToo(const std::string& name);

 private:
  std::vector<std::string> names_;
  bool without_;
};

// The groups of an input, marked (metadata_labels.h) where any of their series is, in the order in
// which the input completes them.
struct SeriesGroups {
  std::vector<tsdb::Labels> labels;  // of each group
  std::vector<size_t> last;          // the last series of each group
  std::vector<uint32_t> of;          // the group of each series
};
SeriesGroups MakeSeriesGroups(std::span<const tsdb::Labels> series, const GroupLabels& group);

}  // namespace tidemark::promql
