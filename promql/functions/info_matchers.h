// InfoMatchers: what info()'s second argument says: of which metrics to take
// labels, and which.
#pragma once

#include <string_view>
#include <vector>

#include "promql/parser/ast.h"
#include "tsdb/model/labels.h"
#include "tsdb/model/matcher.h"

namespace tidemark::promql {

// Threads: immutable.
class InfoMatchers {
 public:
  // Of info()'s second argument; null: every label of target_info.
  explicit InfoMatchers(const VectorSelector* selector);

  // Whether `labels` are of an info series: no labels are added to those.
  bool IsInfo(const tsdb::Labels& labels) const;

  // Whether a label of an info series of this name is to be taken.
  bool Takes(std::string_view label) const;

  // Whether a series to which no info series belongs stays as it is; otherwise it
  // is left out.
  bool keeps_unmatched() const { return keeps_unmatched_; }

  // Selects the info series of all of `bases`, leaving out the info series among
  // them.  Empty when none of them has an identifying label.
  std::vector<tsdb::Matcher> Select(const std::vector<tsdb::Labels>& bases) const;

 private:
  std::vector<tsdb::Matcher> names_;  // of the metrics
  std::vector<tsdb::Matcher> data_;   // of the other labels
  bool keeps_unmatched_ = true;
};

}  // namespace tidemark::promql
