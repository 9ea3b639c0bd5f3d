#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tsdb/base/varint.h"
#include "tsdb/storage_for_test.h"
#include "tsdb/store/keys.h"

namespace tidemark::tsdb {
namespace {

TEST_F(StorageTest, ASeriesOfWhichNothingWasTakenIsNotCreated) {
  options_.raw_retention_ms = kPartitionMs;
  Open();
  const auto app = storage_->NewAppender("default");
  const SeriesRef old = *app->GetSeries(SeriesLabels(0));
  const SeriesRef taken = *app->GetSeries(SeriesLabels(1));
  EXPECT_EQ(app->Append(old, {kNow - 2 * kPartitionMs, 1}).code(), StatusCode::kOutOfRange);
  ASSERT_TRUE(app->Append(taken, {kNow, 1}).ok());
  ASSERT_TRUE(app->Commit().ok());
  ASSERT_EQ(storage_->Stats().size(), 1u);
  EXPECT_EQ(storage_->Stats()[0].series, 1u);
}

// Labels as remote write has them: "a=1,b=2" in the order given.
std::string EncodeLabels(const std::vector<std::pair<std::string, std::string>>& labels) {
  std::string out;
  for (const auto& [name, value] : labels) {
    std::string label;
    label.push_back(0x0a);
    AppendLengthPrefixed(label, name);
    label.push_back(0x12);
    AppendLengthPrefixed(label, value);
    out.push_back(0x0a);
    AppendLengthPrefixed(out, label);
  }
  return out;
}

// Takes apart what EncodeLabels made; counts how often.
class TestDecoder : public LabelDecoder {
 public:
  StatusOr<Labels> Decode(std::string_view encoded) override {
    ++calls;
    std::vector<LabelView> views;
    std::string_view label;
    while (!encoded.empty()) {
      encoded.remove_prefix(1);
      LabelView& view = views.emplace_back();
      const bool ok = ReadLengthPrefixed(encoded, label) && (label.remove_prefix(1), true) &&
                      ReadLengthPrefixed(label, view.name) && (label.remove_prefix(1), true) &&
                      ReadLengthPrefixed(label, view.value);
      if (!ok) return InvalidArgument("no labels");
      if (view.name == "bad") return InvalidArgument("a bad label");
    }
    return Labels::FromViews(std::move(views));
  }
  int calls = 0;
};

TEST_F(StorageTest, SeriesAreFoundByTheBytesOfTheirLabels) {
  const Labels labels =
      Labels::Must({{kMetricName, "m"}, {"a", "1"}, {"b", std::string(300, 'x')}});
  const std::string sorted =
      EncodeLabels({{"__name__", "m"}, {"a", "1"}, {"b", std::string(300, 'x')}});
  const std::string unsorted =
      EncodeLabels({{"b", std::string(300, 'x')}, {"__name__", "m"}, {"empty", ""}, {"a", "1"}});
  const struct {
    const char* name;
    const std::string& encoded;
    int decoded;
    bool restart;
  } kCases[] = {
      {"new", sorted, 1, false},
      {"known", sorted, 0, false},
      {"not sorted", unsorted, 1, false},
      {"again not sorted", unsorted, 1, false},
      {"from the catalog", sorted, 0, true},
  };
  int64_t t = kNow;
  for (const auto& c : kCases) {
    SCOPED_TRACE(c.name);
    if (c.restart) Open();
    TestDecoder decoder;
    const auto app = storage_->NewAppender("default");
    const auto series = app->GetEncodedSeries(c.encoded, decoder);
    ASSERT_TRUE(series.ok());
    ASSERT_TRUE(app->Append(*series, {++t, 1}).ok());
    ASSERT_TRUE(app->AppendHistogram(*series, ++t, SmallHistogram(2)).ok());
    ASSERT_TRUE(app->AppendExemplar(*series, {Labels::Must({{"id", "1"}}), 1, t}).ok());
    const auto report = app->Commit();
    ASSERT_TRUE(report.ok());
    EXPECT_EQ(report->written, 2u);
    EXPECT_TRUE(report->refused.empty());
    EXPECT_EQ(decoder.calls, c.decoded);
    model_.Add(labels, t - 1, 1.0);
    model_.Add(labels, t, SmallHistogram(2));
    ExpectModel();
  }
  const Matcher all = Matcher::Equal("a", "1");
  EXPECT_EQ(storage_->Exemplars("default", {&all, 1}, kMin, kMax)->at(0).exemplars.size(), 5u);
  EXPECT_EQ(storage_->Stats()[0].series, 1u);
}

TEST_F(StorageTest, EncodedSeriesThatAreRefusedCostNoOther) {
  options_.max_label_names = 2;
  Open();
  TestDecoder decoder;
  const std::string encoded[] = {
      EncodeLabels({{"__name__", "good"}}),
      EncodeLabels({{"__name__", "m"}, {"bad", "1"}}),
      EncodeLabels({{"__name__", "m"}, {"a", "1"}, {"b", "1"}}),
      EncodeLabels({{"__name__", "m"}, {"b", "1"}}),
  };
  const auto app = storage_->NewAppender("default");
  for (const std::string& one : encoded) {
    const SeriesRef series = *app->GetEncodedSeries(one, decoder);
    ASSERT_TRUE(app->Append(series, {kNow, 1}).ok());
    ASSERT_TRUE(app->AppendHistogram(series, kNow + 1, SmallHistogram(2)).ok());
    ASSERT_TRUE(app->AppendExemplar(series, {Labels::Must({{"id", "1"}}), 1, kNow}).ok());
  }
  const auto report = app->Commit();
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->written, 4u);
  std::map<SeriesRef, std::string> refused;
  for (const RefusedSeries& one : report->refused) refused[one.series] = MessageOf(one.status);
  EXPECT_EQ(refused,
            (std::map<SeriesRef, std::string>{
                {1, "a bad label"}, {2, "series of metric m has 3 labels, at most 2 are taken"}}));
  for (const Labels& labels :
       {Labels::Must({{kMetricName, "good"}}), Labels::Must({{kMetricName, "m"}, {"b", "1"}})}) {
    model_.Add(labels, kNow, 1.0);
    model_.Add(labels, kNow + 1, SmallHistogram(2));
  }
  ExpectModel();
}

}  // namespace
}  // namespace tidemark::tsdb
