#include "promql/eval/metadata_labels.h"

#include <gtest/gtest.h>

namespace tidemark::promql {
namespace {

using tsdb::Labels;

const Labels kSeries =
    Labels::Must({{"__name__", "x"}, {"__type__", "gauge"}, {"__unit__", "s"}, {"a", "1"}});

TEST(MetadataLabels, AreDropped) {
  EXPECT_EQ(DropMetadataLabels(kSeries), Labels::Must({{"a", "1"}}));
  EXPECT_EQ(DropMetadataLabels(Marked(kSeries)), Labels::Must({{"a", "1"}}));
}

TEST(MetadataLabels, AMarkedSeriesIsAnotherUntilTheMarkIsApplied) {
  const Labels marked = Marked(kSeries);
  EXPECT_TRUE(IsMarked(marked));
  EXPECT_FALSE(IsMarked(kSeries));
  EXPECT_NE(marked, kSeries);
  EXPECT_EQ(marked.metric_name(), "x");
  EXPECT_EQ(Marked(marked), marked);
  EXPECT_EQ(Unmarked(marked), kSeries);
  EXPECT_EQ(Unmarked(kSeries), kSeries);
  EXPECT_EQ(ApplyMark(marked), Labels::Must({{"a", "1"}}));
  EXPECT_EQ(ApplyMark(kSeries), kSeries);
}

}  // namespace
}  // namespace tidemark::promql
