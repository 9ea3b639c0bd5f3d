// A range selector: raw samples of the selected series.
#pragma once

#include <memory>

#include "promql/eval/context.h"
#include "promql/eval/range_source.h"
#include "promql/parser/ast.h"
#include "tsdb/storage.h"

namespace tidemark::promql {

std::unique_ptr<RangeSource> MakeStorageRangeSource(EvalContext& context,
                                                    const VectorSelector& selector,
                                                    tsdb::SelectHints hints);

}  // namespace tidemark::promql
