#include "server/aggregate/fold_records.h"

#include <gtest/gtest.h>

#include "tsdb/model/random_histogram.h"

namespace tidemark::server {
namespace {

FoldOutput SomeOutput(FoldFunction function, bool histograms) {
  FoldOutput output;
  output.id = {1, 2};
  output.labels = tsdb::Labels::Must({{"__name__", "x_total"}, {"job", "api"}});
  output.function = function;
  output.histograms = histograms;
  output.born = true;
  output.emitted = 15'000;
  output.total = 7.5;
  if (histograms) output.histogram_total = tsdb::RandomHistograms(1).Exponential();
  output.windows.push_back({30'000, 1.25, {}});
  if (histograms) output.windows[0].histogram = tsdb::RandomHistograms(2).Custom();
  return output;
}

FoldInput SomeInput(FoldOutput& output) {
  FoldInput input;
  input.id = {3, 4};
  input.output = &output;
  input.t = 29'000;
  input.ended = true;
  if (output.histograms) {
    input.histogram =
        std::make_unique<tsdb::FloatHistogram>(tsdb::RandomHistograms(3).Exponential());
  } else if (output.function == FoldFunction::kIncrease) {
    input.v = 2.5;
  } else {
    input.gauges = {{1000, 1}, {29'000, 3}};
  }
  return input;
}

TEST(FoldRecords, ComeBackAsTheyWereAndNotWhenTheyAreCut) {
  const struct {
    FoldFunction function;
    bool histograms;
  } cases[] = {{FoldFunction::kIncrease, false},
               {FoldFunction::kIncrease, true},
               {FoldFunction::kMax, false}};
  for (const auto& c : cases) {
    SCOPED_TRACE(FoldFunctionName(c.function));
    FoldOutput output = SomeOutput(c.function, c.histograms);
    const std::string bytes = EncodeOutput(output);
    const auto read = DecodeOutput(bytes);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(EncodeOutput(*read), bytes);
    EXPECT_EQ(read->labels, output.labels);
    EXPECT_EQ(read->emitted, output.emitted);
    for (size_t n = 0; n < bytes.size(); ++n) {
      const auto cut = DecodeOutput(bytes.substr(0, n));
      EXPECT_TRUE(!cut.ok() || cut->labels != output.labels) << n;
    }

    std::string page;
    for (int i = 0; i < 3; ++i) AppendInput(page, SomeInput(output));
    auto inputs = DecodePage(page);
    ASSERT_TRUE(inputs.ok()) << inputs.status();
    ASSERT_EQ(inputs->size(), 3u);
    EXPECT_EQ((*inputs)[2].output, output.id);
    std::string again;
    for (StoredInput& one : *inputs) {
      one.input.output = &output;
      AppendInput(again, one.input);
    }
    EXPECT_EQ(again, page);
    for (size_t n = 0; n < page.size(); ++n) {
      const auto cut = DecodePage(page.substr(0, n));
      EXPECT_TRUE(!cut.ok() || cut->size() < 3) << n;
    }
  }
}

TEST(FoldRecords, KeysAndTheSeed) {
  FoldKey key;
  ASSERT_TRUE(DecodeFoldKey(OutputKey({5, 6}), key));
  EXPECT_EQ(key.record, kOutputRecord);
  EXPECT_EQ(key.id, (FoldId{5, 6}));
  ASSERT_TRUE(DecodeFoldKey(PageKey(7), key));
  EXPECT_EQ(key.record, kPageRecord);
  EXPECT_EQ(key.page, 7u);
  EXPECT_TRUE(DecodeFoldKey(SeedKey(), key));
  for (const std::string& bad : {std::string(), SeedKey() + "x", PageKey(7).substr(1),
                                 OutputKey({5, 6}).substr(0, 9), std::string("z")}) {
    EXPECT_FALSE(DecodeFoldKey(bad, key)) << bad;
  }
  EXPECT_EQ(*DecodeSeed(EncodeSeed(9)), 9u);
  EXPECT_FALSE(DecodeSeed("short").ok());
}

}  // namespace
}  // namespace tidemark::server
