// The labels that say which metric a series is of: __name__, __type__, __unit__.
//
// Series whose values are no longer those of the metric lose them: at once, or,
// under delayed name removal, at the end of the query.  Until then the series has
// a mark: a label whose name is no UTF-8, which neither data nor queries can have.
// As a label it goes wherever the series goes, through any operator; where labels
// say which series belong together, it does not count (grouping, matching).
#pragma once

#include <string_view>

#include "promql/eval/context.h"
#include "tsdb/model/labels.h"

namespace tidemark::promql {

inline constexpr std::string_view kDropMark = "\xff";

// Without them.
tsdb::Labels DropMetadataLabels(const tsdb::Labels& labels);

// Without them, or with the mark, as the engine's options say: what functions and
// operators return.
tsdb::Labels DropMetadataLabels(const EvalContext& context, const tsdb::Labels& labels);

inline bool IsMarked(const tsdb::Labels& labels) { return labels.Has(kDropMark); }
tsdb::Labels Marked(const tsdb::Labels& labels);
tsdb::Labels Unmarked(const tsdb::Labels& labels);

// At the end of the query: what is marked without them, and nothing marked.
tsdb::Labels ApplyMark(const tsdb::Labels& labels);

}  // namespace tidemark::promql
