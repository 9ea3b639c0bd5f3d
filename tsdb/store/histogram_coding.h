// One FloatHistogram as bytes, alone: what the journal holds.  Sealed runs are
// denser (tsdb/chunk).  Layout: docs/formats.md, "Journal".
#pragma once

#include <string>
#include <string_view>

#include "tsdb/model/histogram.h"

namespace tidemark::tsdb {

void AppendHistogram(std::string& out, const FloatHistogram& h);

// Takes one histogram off the front of `in`; false when the bytes are none.
bool ReadHistogram(std::string_view& in, FloatHistogram& h);

}  // namespace tidemark::tsdb
