#include <gtest/gtest.h>

#include <string_view>

#include "tsdb/storage_for_test.h"

namespace tidemark::tsdb {
namespace {

TEST_F(StorageTest, TheFirstValueWinsWhereverItIs) {
  const Batch first = {{SeriesLabels(0), kNow, 1.0},
                       {SeriesLabels(0), kNow + 1000, 2.0},
                       {SeriesLabels(1), kNow, SmallHistogram(1)},
                       {SeriesLabels(1), kNow + 1000, SmallHistogram(2)}};
  const Batch other = {{SeriesLabels(0), kNow, 9.0},
                       {SeriesLabels(0), kNow + 1000, SmallHistogram(9)},
                       {SeriesLabels(1), kNow, SmallHistogram(9)},
                       {SeriesLabels(1), kNow + 1000, 9.0}};
  CommitToBoth(first);
  for (const char* where : {"head", "sealed", "reopened"}) {
    SCOPED_TRACE(where);
    CommitToBoth(first);
    CommitToBoth(other);
    ExpectModel();
    if (std::string_view(where) == "head") {
      ASSERT_TRUE(storage_->Flush().ok());
    } else {
      Open();
    }
  }
}

}  // namespace
}  // namespace tidemark::tsdb
