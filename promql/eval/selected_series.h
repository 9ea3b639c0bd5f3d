// Selecting series from the storage, counted against the query's limit.
#pragma once

#include <memory>
#include <vector>

#include "promql/eval/context.h"
#include "promql/parser/ast.h"
#include "tsdb/storage.h"

namespace tidemark::promql {

// `hints.cancellation` is set here.  Errors: the storage's, and
//   kFailedPrecondition  more series than EngineOptions::max_series in one query
StatusOr<std::unique_ptr<tsdb::SeriesSet>> SelectSeries(EvalContext& context,
                                                        const VectorSelector& selector,
                                                        tsdb::SelectHints hints);

std::vector<tsdb::Labels> LabelsOf(const tsdb::SeriesSet& set);

}  // namespace tidemark::promql
