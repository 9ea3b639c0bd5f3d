#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tsdb/model/histogram.h"
#include "tsdb/model/random_histogram.h"
#include "tsdb/model/sample.h"

namespace tidemark::tsdb {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

FloatHistogram Exponential() {
  FloatHistogram h;
  h.count = 4;
  h.zero_count = 1;
  h.positive_spans = {{-2, 1}, {3, 1}};
  h.positive_buckets = {1, 1};
  h.negative_spans = {{0, 1}};
  h.negative_buckets = {1};
  return h;
}

FloatHistogram Custom() {
  FloatHistogram h;
  h.schema = FloatHistogram::kCustomBucketsSchema;
  h.custom_values = {1, 2, 3};
  h.count = 3;
  h.positive_spans = {{1, 1}, {1, 1}};
  h.positive_buckets = {1, 2};
  return h;
}

struct Case {
  const char* name;
  void (*change)(FloatHistogram&);
  const char* message;  // part of it; "": valid
};

void Check(const FloatHistogram& base, const Case& c) {
  SCOPED_TRACE(c.name);
  FloatHistogram h = base;
  c.change(h);
  const Status status = h.Validate();
  EXPECT_EQ(status.ok(), c.message[0] == '\0') << MessageOf(status);
  EXPECT_THAT(std::string(MessageOf(status)), testing::HasSubstr(c.message));
  EXPECT_EQ(status.code(), status.ok() ? StatusCode::kOk : StatusCode::kInvalidArgument);
}

TEST(HistogramValidateTest, Exponential) {
  const Case cases[] = {
      {"good", [](FloatHistogram&) {}, ""},
      {"lowest schema", [](FloatHistogram& h) { h.schema = -4; }, ""},
      {"highest schema", [](FloatHistogram& h) { h.schema = 8; }, ""},
      {"schema 9", [](FloatHistogram& h) { h.schema = 9; }, "got schema 9"},
      {"schema -5", [](FloatHistogram& h) { h.schema = -5; }, "invalid schema"},
      {"too few buckets", [](FloatHistogram& h) { h.positive_buckets.pop_back(); },
       "positive side: spans need 2 buckets, have 1 buckets"},
      {"too many buckets", [](FloatHistogram& h) { h.negative_buckets.push_back(0); },
       "negative side: spans need 1 buckets, have 2 buckets"},
      {"overlapping spans", [](FloatHistogram& h) { h.positive_spans[1].offset = -1; },
       "span number 2 with offset -1"},
      {"negative bucket", [](FloatHistogram& h) { h.negative_buckets[0] = -1; },
       "bucket number 1 has observation count of -1"},
      {"negative positive bucket", [](FloatHistogram& h) { h.positive_buckets[1] = -0.5; },
       "positive side: bucket number 2"},
      {"negative zero bucket", [](FloatHistogram& h) { h.zero_count = -1; }, "zero bucket"},
      {"negative count", [](FloatHistogram& h) { h.count = -1; }, "count is negative"},
      {"NaN count", [](FloatHistogram& h) { h.count = kNaN; }, ""},
      {"count below buckets", [](FloatHistogram& h) { h.count = 2; }, ""},
      {"stale",
       [](FloatHistogram& h) {
         h = FloatHistogram();
         h.sum = kStaleNaN;
       },
       ""},
      {"NaN threshold", [](FloatHistogram& h) { h.zero_threshold = kNaN; }, "NaN"},
      {"custom bounds", [](FloatHistogram& h) { h.custom_values = {1}; }, "custom bounds"},
      {"index out of reach",
       [](FloatHistogram& h) {
         h.positive_spans = {{2000000000, 1}, {2000000000, 1}};
       },
       "beyond 1073741824"},
  };
  for (const Case& c : cases) Check(Exponential(), c);
}

TEST(HistogramValidateTest, Custom) {
  const Case cases[] = {
      {"good", [](FloatHistogram&) {}, ""},
      {"no bounds",
       [](FloatHistogram& h) {
         h.custom_values.clear();
         h.positive_spans = {{0, 1}};
         h.positive_buckets = {3};
       },
       ""},
      {"too few bounds", [](FloatHistogram& h) { h.custom_values.resize(2); }, "too few"},
      {"unsorted",
       [](FloatHistogram& h) {
         h.custom_values = {1, 3, 3};
       },
       "strictly increasing"},
      {"NaN bound",
       [](FloatHistogram& h) {
         h.custom_values = {kNaN, 2, 3};
       },
       "NaN"},
      {"+Inf bound",
       [](FloatHistogram& h) {
         h.custom_values = {1, 2, kInf};
       },
       "finite"},
      {"negative offset", [](FloatHistogram& h) { h.positive_spans[0].offset = -1; }, "offset -1"},
      {"zero count", [](FloatHistogram& h) { h.zero_count = 1; }, "zero count of 0"},
      {"zero threshold", [](FloatHistogram& h) { h.zero_threshold = 1; }, "zero threshold of 0"},
      {"negative spans",
       [](FloatHistogram& h) {
         h.negative_spans = {{0, 0}};
       },
       "negative spans"},
      {"negative buckets", [](FloatHistogram& h) { h.negative_buckets = {0}; }, "negative buckets"},
  };
  for (const Case& c : cases) Check(Custom(), c);
}

TEST(HistogramValidateTest, IntegerCountIsTheSumOfBuckets) {
  FloatHistogram h = Exponential();
  EXPECT_TRUE(h.ValidateIntegerCount().ok());
  h.count = 5;
  EXPECT_EQ(MessageOf(h.ValidateIntegerCount()),
            "4 observations found in buckets, but the Count field is 5: histogram's observation "
            "count should equal the number of observations found in the buckets (in absence of "
            "NaN)");
  h.sum = kNaN;
  EXPECT_TRUE(h.ValidateIntegerCount().ok());
  h.count = 3;
  EXPECT_FALSE(h.ValidateIntegerCount().ok());
}

TEST(HistogramValidateTest, RandomHistogramsAreValid) {
  RandomHistograms random(3);
  for (int i = 0; i < 2000; ++i) {
    const FloatHistogram h = random.Any();
    ASSERT_TRUE(h.Validate().ok()) << h.Validate();
    ASSERT_TRUE(random.Later(h).Validate().ok());
  }
}

}  // namespace
}  // namespace tidemark::tsdb
