#include "server/cli/result_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidemark::server {
namespace {

std::string Print(std::string_view answer) {
  const StatusOr<ResultTable> table = TableOf(nlohmann::json::parse(answer));
  return table.ok() ? PrintTable(*table) : "error: " + std::string(MessageOf(table.status()));
}

TEST(ResultTable, AlignsSeriesTimesAndValues) {
  struct Case {
    std::string_view name, answer, text;
  };
  const Case cases[] = {
      {"vector",
       R"({"status":"success","data":{"resultType":"vector","result":[
         {"metric":{"__name__":"up","job":"a"},"value":[1435781451.781,"1"]},
         {"metric":{"__name__":"up"},"value":[1435781451.781,"12.5"]},
         {"metric":{},"histogram":[0,{"count":"6","sum":"3897"}]}]}})",
       "SERIES       TIME                                           VALUE\n"
       "up{job=\"a\"}  2015-07-01T20:10:51.781Z                           1\n"
       "up           2015-07-01T20:10:51.781Z                        12.5\n"
       "{}           1970-01-01T00:00:00.000Z  histogram count=6 sum=3897\n"},
      {"matrix",
       R"({"status":"success","data":{"resultType":"matrix","result":[
         {"metric":{"región":"é"},"values":[[1,"1"],[2,"NaN"]],
          "histograms":[[3,{"count":"1","sum":"2"}]]}]}})",
       "SERIES        TIME                                        VALUE\n"
       "{región=\"é\"}  1970-01-01T00:00:01.000Z                        1\n"
       "{región=\"é\"}  1970-01-01T00:00:02.000Z                      NaN\n"
       "{región=\"é\"}  1970-01-01T00:00:03.000Z  histogram count=1 sum=2\n"},
      {"scalar", R"({"status":"success","data":{"resultType":"scalar","result":[-0.5,"7"]}})",
       "SERIES  TIME                      VALUE\n"
       "scalar  1969-12-31T23:59:59.500Z      7\n"},
      {"empty", R"({"status":"success","data":{"resultType":"vector","result":[]}})",
       "SERIES  TIME  VALUE\n"},
      {"refused", R"({"status":"error","errorType":"bad_data","error":"1:2: parse error"})",
       "error: 1:2: parse error"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(Print(c.answer), c.text);
  }
}

TEST(ResultTable, KeepsWarnings) {
  const auto table = TableOf(nlohmann::json::parse(
      R"({"status":"success","data":{"resultType":"vector","result":[]},
          "warnings":["w1"],"infos":["i1","i2"]})"));
  ASSERT_TRUE(table.ok());
  EXPECT_THAT(table->notes, testing::ElementsAre("warning: w1", "info: i1", "info: i2"));
}

TEST(ResultTable, RefusesWhatIsNoAnswer) {
  for (const std::string_view answer :
       {R"({})", R"({"status":1})", R"({"status":"success","data":[]})",
        R"({"status":"success","data":{"resultType":"vector","result":[{"value":3}]}})"}) {
    SCOPED_TRACE(answer);
    EXPECT_THAT(Print(answer), testing::StartsWith("error: not an answer to a query: "));
  }
}

}  // namespace
}  // namespace tidemark::server
