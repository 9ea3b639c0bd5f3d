#include <nlohmann/json.hpp>

#include "server/api/api_for_test.h"

namespace tidemark::server {
namespace {

class ProcessInfoRoutesTest : public ApiForTest {
 protected:
  nlohmann::json Data(std::string_view pattern) {
    const HttpResponse response = Get(ProcessInfoRoutes(context_), pattern, {});
    EXPECT_EQ(response.status, 200);
    return nlohmann::json::parse(response.body)["data"];
  }
};

TEST_F(ProcessInfoRoutesTest, RuntimeInfoHasTheKeysThatClientsRead) {
  context_->options.process.start_ms = 1'699'999'999'005;
  context_->options.process.retention = "90d";
  const nlohmann::json data = Data("/api/v1/status/runtimeinfo");
  EXPECT_EQ(data["startTime"], "2023-11-14T22:13:19.005Z");
  EXPECT_EQ(data["serverTime"], "2023-11-14T22:13:20.123Z");
  EXPECT_EQ(data["storageRetention"], "90d");
  EXPECT_EQ(data["reloadConfigSuccess"], true);
  for (const char* key : {"CWD", "hostname", "lastConfigTime", "corruptionCount", "goroutineCount",
                          "GOMAXPROCS", "GOMEMLIMIT", "GOGC", "GODEBUG"}) {
    EXPECT_TRUE(data.contains(key)) << key;
  }
}

TEST_F(ProcessInfoRoutesTest, ConfigAndFlagsAreThoseOfTheProcess) {
  context_->options.process.config = "a: 1\n";
  context_->options.process.flags = {{"query.timeout", "2m"}};
  EXPECT_EQ(Data("/api/v1/status/config"), nlohmann::json({{"yaml", "a: 1\n"}}));
  EXPECT_EQ(Data("/api/v1/status/flags"), nlohmann::json({{"query.timeout", "2m"}}));
}

TEST_F(ProcessInfoRoutesTest, WalReplayIsDoneWhenTheStorageIsOpen) {
  EXPECT_EQ(Data("/api/v1/status/walreplay")["current"], 1);
  ready_ = false;
  EXPECT_EQ(Data("/api/v1/status/walreplay")["current"], 0);
}

TEST_F(ProcessInfoRoutesTest, FeaturesAreWhatTheParserTakes) {
  context_->options.process.features["api"]["admin"] = true;
  nlohmann::json data = Data("/api/v1/features");
  EXPECT_EQ(data["api"]["admin"], true);
  EXPECT_EQ(data["promql_functions"]["rate"], true);
  EXPECT_EQ(data["promql_functions"]["info"], false);
  EXPECT_EQ(data["promql"]["anchored"], false);
  context_->parser.experimental_functions = true;
  context_->parser.extended_range_selectors = true;
  data = Data("/api/v1/features");
  EXPECT_EQ(data["promql_functions"]["info"], true);
  EXPECT_EQ(data["promql"]["anchored"], true);
}

}  // namespace
}  // namespace tidemark::server
