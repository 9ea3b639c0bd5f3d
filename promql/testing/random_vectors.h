// Random instant vectors, to compare operators with plain ways to the same answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "promql/script/memory_storage.h"
#include "promql/value.h"
#include "tsdb/model/labels.h"

namespace tidemark::promql {

// Floats by labels, at one step.
using PlainVector = std::map<tsdb::Labels, double>;
using PlainSteps = std::vector<PlainVector>;

inline constexpr int64_t kPlainStepMs = 60'000;

// Some of the series name{x=…, y=…}, with gaps; small numbers, so that equal ones
// occur.
PlainSteps RandomVectors(std::mt19937_64& random, std::string_view name, size_t steps);

// Samples at 0, kPlainStepMs, 2 * kPlainStepMs …; with a lookback of 1 ms queries
// see the same gaps.
void Load(const PlainSteps& data, MemoryStorage& storage);

// The answer of a range query over the same steps.
PlainSteps ToPlain(const Matrix& matrix, size_t steps);

}  // namespace tidemark::promql
