#include "promql/annotations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "promql/annotation_text.h"

namespace tidemark::promql {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(AnnotationsTest, OncePerTextWithTheOutermostPosition) {
  Annotations annotations;
  EXPECT_TRUE(annotations.empty());
  annotations.Add(PossibleNonCounter("a"), {.start = 5, .end = 6});
  annotations.Add(PossibleNonCounter("a"), {.start = 2, .end = 4});
  annotations.Add(PossibleNonCounter("b"), {.start = 5, .end = 6});
  annotations.Add(PossibleNonCounter("b"), {.start = 2, .end = 8});
  annotations.Add(PossibleNonCounter("b"), {.start = 3, .end = 4});
  annotations.Add(MixedFloatsHistograms("a\"b"), {.start = 7, .end = 9});
  EXPECT_THAT(annotations.Infos("rate(\na[5m])", 0),
              ElementsAre("PromQL info: metric might not be a counter, name does not end in "
                          "_total/_sum/_count/_bucket: \"a\" (1:6)",
                          "PromQL info: metric might not be a counter, name does not end in "
                          "_total/_sum/_count/_bucket: \"b\" (1:3)"));
  EXPECT_THAT(annotations.Warnings("rate(\na[5m])", 0),
              ElementsAre("PromQL warning: encountered a mix of histograms and floats for metric "
                          "name \"a\\\"b\" (2:2)"));
}

TEST(AnnotationsTest, LimitSaysHowManyAreLeftOut) {
  Annotations annotations;
  for (const char* text : {"c", "a", "b"}) annotations.AddWarning(text, {});
  EXPECT_THAT(annotations.Warnings("x", 2),
              ElementsAre("a (1:1)", "b (1:1)", "1 more warning annotations omitted"));
  EXPECT_THAT(annotations.Warnings("x", 3), ElementsAre("a (1:1)", "b (1:1)", "c (1:1)"));
  EXPECT_THAT(annotations.Infos("x", 1), IsEmpty());
}

TEST(AnnotationsTest, PositionsThatCannotBeSaid) {
  Annotations annotations;
  annotations.AddInfo("i", {.start = 9, .end = 9});
  EXPECT_THAT(annotations.Infos("", 0), ElementsAre("i (unknown position)"));
  EXPECT_THAT(annotations.Infos("abc", 0), ElementsAre("i (invalid position)"));
}

TEST(AnnotationsTest, ForcedMonotonicityIsMergedOverSteps) {
  const std::string text = HistogramQuantileForcedMonotonicityText("m");
  Annotations a;
  a.AddForcedMonotonicity(
      text, {.start = 1, .end = 2},
      {.min_t = 60'000, .max_t = 60'000, .min_bucket = 5, .max_bucket = 10, .max_diff = 0.123});
  Annotations b;
  b.AddForcedMonotonicity(
      text, {.start = 1, .end = 2},
      {.min_t = 0, .max_t = 0, .min_bucket = 0.5, .max_bucket = 2, .max_diff = 3});
  a.Merge(b);
  EXPECT_THAT(
      a.Infos("xy", 0),
      ElementsAre("PromQL info: input to histogram_quantile needed to be fixed for monotonicity "
                  "(see https://prometheus.io/docs/prometheus/latest/querying/functions/"
                  "#histogram_quantile) for metric name \"m\", from buckets 0.5 to 10, with a max "
                  "diff of 3, over 2 samples from 1970-01-01T00:00:00Z to 1970-01-01T00:01:00Z "
                  "(1:2)"));
}

}  // namespace
}  // namespace tidemark::promql
