// Every loop asks for its cancellation: counted by a clock, not timed.
#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "promql/testing/query_harness.h"

namespace tidemark::promql {
namespace {

constexpr int64_t kSecond = 1000;
constexpr int64_t kSteps = 5000;
constexpr int kSeries = 6;

// Stands still, counts who looks at it, and from one look on says that it is late.
class CountingClock : public Clock {
 public:
  int64_t NowMs() const override { return 0; }
  int64_t MonotonicNs() const override { return ++looks_ > late_from ? 1LL << 60 : 0; }
  int looks() const { return looks_; }

  int late_from = 1 << 30;

 private:
  mutable std::atomic<int> looks_{0};
};

class CancelTest : public testing::Test {
 protected:
  CancelTest() {
    const std::vector<double> values(kSteps / 10, 1);
    for (int i = 0; i < kSeries; ++i) {
      const std::string label = std::to_string(i);
      q_.Load({{"__name__", "x"}, {"instance", label}, {"job", "j"}, {"le", label}}, 0,
              10 * kSecond, values);
      q_.Load({{"__name__", "target_info"}, {"instance", label}, {"job", "j"}, {"v", "1"}}, 0,
              10 * kSecond, values);
    }
  }

  StatusCode Run(const std::string& expr, const CountingClock& clock) {
    q_.options.clock = &clock;
    return q_.Execute({.expr = expr, .start = 0, .end = kSteps * kSecond, .step_ms = kSecond})
        .status()
        .code();
  }

  QueryHarness q_;
};

TEST_F(CancelTest, EveryOperatorAsksAndStops) {
  const char* const exprs[] = {
      "x",
      "-x",
      "x + x",
      "x + on (instance, job) group_left (v) target_info",
      "x and target_info",
      "x or target_info",
      "x unless on (job) target_info",
      "sum by (job) (x)",
      "topk(2, x)",
      "limitk(2, x)",
      "quantile(0.5, x)",
      "count_values(\"v\", x)",
      "rate(x[5m])",
      "max_over_time(x[5m:10s])",
      "absent(x)",
      "absent_over_time(x[1m])",
      "sort_by_label(x, \"instance\")",
      "label_replace(x, \"a\", \"$1\", \"instance\", \"(.*)\")",
      "histogram_quantile(0.9, x)",
      "info(x)",
      "x smoothed",
      "scalar(x{instance=\"1\"})",
      "timestamp(x)",
  };
  for (const char* expr : exprs) {
    SCOPED_TRACE(expr);
    const CountingClock counting;
    ASSERT_EQ(Run(expr, counting), StatusCode::kOk);
    // A look at least every 1024 steps of every series.
    EXPECT_GE(counting.looks(), expr[0] == 's' && expr[1] == 'c' ? 4 : kSeries * (kSteps / 1024));
    for (int late_from = 3; late_from < counting.looks() - 8; late_from += 7) {
      CountingClock late;
      late.late_from = late_from;
      ASSERT_EQ(Run(expr, late), StatusCode::kDeadlineExceeded) << late_from;
      // The look that says so is the last.
      EXPECT_EQ(late.looks(), late_from + 1);
    }
  }
}

}  // namespace
}  // namespace tidemark::promql
