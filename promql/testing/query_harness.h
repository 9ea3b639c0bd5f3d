// QueryHarness: evaluates expressions over a MemoryStorage, the whole answer as
// text, for tests.
//
//   QueryHarness q;
//   q.Load({{"__name__", "x"}}, 0, 60'000, {1, 2, tsdb::kStaleNaN, 4});
//   EXPECT_EQ(q.Instant("x", 180'000), "{__name__=\"x\"} 4\n");
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "promql/engine.h"
#include "promql/script/memory_storage.h"

namespace tidemark::promql {

// Threads: one.
class QueryHarness {
 public:
  using LabelList = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  // Runs of the storage are short, so that evaluation meets their borders.
  explicit QueryHarness(size_t max_run = 3) : storage(max_run) {}

  // A series with samples at start, start + step, …; aborts if the storage
  // refuses them.
  void Load(LabelList labels, int64_t start, int64_t step_ms, const std::vector<double>& values);
  void LoadHistograms(LabelList labels, int64_t start, int64_t step_ms,
                      const std::vector<tsdb::FloatHistogram>& values);

  // The answer as ValueText, then each warning and info on a line of its own; or
  // "error: ", the code and the message.
  std::string Instant(std::string_view expr, int64_t t);
  std::string Range(std::string_view expr, int64_t start, int64_t end, int64_t step_ms);
  StatusOr<QueryResult> Execute(const QueryRequest& request);

  EngineOptions options = AllFeatures();  // of the next Execute
  MemoryStorage storage;
  Cancellation cancellation;

 private:
  static EngineOptions AllFeatures();
  std::string Text(const QueryRequest& request);
};

}  // namespace tidemark::promql
