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

TEST_F(StorageTest, UnderLastTheNewValueReplacesWhereverTheOldOneIs) {
  Open(ConflictPolicy::kLast);
  const Batch first = {{SeriesLabels(0), kNow, 1.0},
                       {SeriesLabels(0), kNow + 1000, 2.0},
                       {SeriesLabels(1), kNow, SmallHistogram(1)},
                       {SeriesLabels(1), kNow + 1000, SmallHistogram(2)}};
  double v = 10;
  CommitToBoth(first);
  for (const char* where : {"head", "sealed", "over sealed", "reopened", "crashed", "sealed"}) {
    SCOPED_TRACE(where);
    const Batch other = {{SeriesLabels(0), kNow, v += 1},
                         {SeriesLabels(0), kNow + 1000, SmallHistogram(v += 1)},
                         {SeriesLabels(1), kNow, SmallHistogram(v += 1)},
                         {SeriesLabels(1), kNow + 1000, v += 1}};
    CommitToBoth(other);
    CommitToBoth(other);  // duplicates
    ExpectModel();
    if (std::string_view(where) == "sealed") {
      ASSERT_TRUE(storage_->Flush().ok());
    } else if (std::string_view(where) == "reopened") {
      Open();
    } else if (std::string_view(where) == "crashed") {
      Crash();
    }
    ExpectModel();
  }
}

TEST_F(StorageTest, TenantsMayHaveAPolicyOfTheirOwn) {
  options_.conflicts.all = ConflictPolicy::kLast;
  options_.conflicts.tenants = {{"strict", ConflictPolicy::kRefuse}};
  Open();
  for (const char* tenant : {"strict", "other"}) {
    SCOPED_TRACE(tenant);
    const bool strict = std::string_view(tenant) == "strict";
    ASSERT_TRUE(Commit({{SeriesLabels(0), kNow, 1.0}}, tenant).ok());
    const auto report = Commit({{SeriesLabels(0), kNow, 2.0}}, tenant);
    ASSERT_TRUE(report.ok());
    EXPECT_EQ(report->replaced, strict ? 0u : 1u);
    EXPECT_EQ(report->conflicts.size(), strict ? 1u : 0u);
    const auto got = ReadAll(*storage_, tenant, kMin, kMax);
    EXPECT_EQ(std::get<double>(got->begin()->second.at(kNow)), strict ? 1.0 : 2.0);
  }
}

}  // namespace
}  // namespace tidemark::tsdb
