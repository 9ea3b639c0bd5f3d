#include "tsdb/index/label_hash.h"

#include <gtest/gtest.h>

#include <string>

#include "proto/remote.pb.h"
#include "tsdb/model/labels.h"

namespace tidemark::tsdb {
namespace {

// As a sender's protobuf writes them.
std::string Encode(const Labels& labels) {
  proto::TimeSeries series;
  for (const LabelView label : labels) {
    proto::Label* out = series.add_labels();
    out->set_name(std::string(label.name));
    out->set_value(std::string(label.value));
  }
  return series.SerializeAsString();
}

TEST(LabelHashTest, LabelsHashAsTheBytesThatRemoteWriteHasForThem) {
  const Labels cases[] = {
      Labels::Must({{kMetricName, "up"}}),
      Labels::Must({{kMetricName, "requests_total"}, {"job", "api"}, {"zone", "é"}}),
      Labels::Must({{kMetricName, "m"}, {"a", std::string(122, 'x')}, {"b", "1"}}),
      Labels::Must({{kMetricName, "m"}, {"a", std::string(123, 'x')}}),
      Labels::Must({{kMetricName, "m"}, {std::string(200, 'n'), std::string(20'000, 'x')}}),
  };
  const LabelHash tenant = TenantSalt("default");
  for (const Labels& labels : cases) {
    SCOPED_TRACE(labels.ToString().substr(0, 100));
    EXPECT_EQ(HashLabels(labels.packed(), tenant), HashEncodedLabels(Encode(labels), tenant));
  }
}

TEST(LabelHashTest, TenantsAndLabelsHashDifferently) {
  const std::string a = Encode(Labels::Must({{kMetricName, "a"}}));
  const std::string b = Encode(Labels::Must({{kMetricName, "b"}}));
  const LabelHash one = TenantSalt("one");
  EXPECT_EQ(HashEncodedLabels(a, one), HashEncodedLabels(a, TenantSalt("one")));
  EXPECT_FALSE(HashEncodedLabels(a, one) == HashEncodedLabels(b, one));
  EXPECT_FALSE(HashEncodedLabels(a, one) == HashEncodedLabels(a, TenantSalt("two")));
}

}  // namespace
}  // namespace tidemark::tsdb
