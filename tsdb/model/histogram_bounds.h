// Where the buckets of a native histogram begin and end.
#pragma once

#include <cstdint>
#include <span>

namespace tidemark::tsdb {

// The upper bound of bucket `index` (the lower one of index + 1) in an
// exponential schema: 2^(index * 2^-schema), in schemas -4 to 8 the same doubles
// as Prometheus'.  The last bucket before the one for infinities ends at the
// largest finite double.
double ExponentialBound(int64_t index, int32_t schema);

// The upper bound of custom bucket `index`: -Inf before the first one, +Inf
// from the last one on.
double CustomBound(int64_t index, std::span<const double> bounds);

// The bucket of `target_schema` (not above `schema`) that holds bucket `index`.
inline int64_t IndexAtSchema(int64_t index, int32_t schema, int32_t target_schema) {
  return ((index - 1) >> (schema - target_schema)) + 1;
}

}  // namespace tidemark::tsdb
