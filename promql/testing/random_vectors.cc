#include "promql/testing/random_vectors.h"

#include "tsdb/base/check.h"

namespace tidemark::promql {

using tsdb::Labels;

PlainSteps RandomVectors(std::mt19937_64& random, std::string_view name, size_t steps) {
  PlainSteps data(steps);
  for (const char* x : {"a", "b", ""}) {
    for (const char* y : {"1", "2", "3"}) {
      if (random() % 3 == 0) continue;
      const Labels labels = Labels::Must({{tsdb::kMetricName, name}}).With("x", x).With("y", y);
      for (PlainVector& at : data) {
        if (random() % 3 != 0) at[labels] = static_cast<double>(random() % 7) - 2;
      }
    }
  }
  return data;
}

void Load(const PlainSteps& data, MemoryStorage& storage) {
  for (size_t step = 0; step < data.size(); ++step) {
    for (const auto& [labels, v] : data[step]) {
      const bool added = storage.Add(labels, {{static_cast<int64_t>(step) * kPlainStepMs, v}}).ok();
      CHECK(added, "a series was loaded twice");
    }
  }
}

PlainSteps ToPlain(const Matrix& matrix, size_t steps) {
  PlainSteps data(steps);
  for (const Series& series : matrix.series) {
    for (const tsdb::Sample& s : series.floats) {
      data[static_cast<size_t>(s.t / kPlainStepMs)][series.labels] = s.v;
    }
  }
  return data;
}

}  // namespace tidemark::promql
