#include "server/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <future>

#include "server/fake_storage_for_test.h"
#include "server/temp_folder_for_test.h"

namespace tidemark::server {
namespace {

using testing::HasSubstr;

Config TestConfig() {
  Config config;
  config.http.port = 0;
  return config;
}

Server::StorageOpener FakeOpener(FakeStorageState& state) {
  return [&state](Metrics&, const Progress&) -> StatusOr<std::unique_ptr<tsdb::Storage>> {
    return std::unique_ptr<tsdb::Storage>(std::make_unique<FakeStorage>(state));
  };
}

TEST(Server, AnswersBeforeTheStorageIsOpen) {
  std::promise<void> go_on;
  FakeStorageState state;
  const auto server = Server::Start(TestConfig(), [&](Metrics& metrics, const Progress& progress) {
    go_on.get_future().wait();
    return FakeOpener(state)(metrics, progress);
  });
  ASSERT_TRUE(server.ok()) << server.status();
  httplib::Client client("127.0.0.1", (*server)->port());
  EXPECT_EQ(client.Get("/-/healthy")->status, 200);
  EXPECT_EQ(client.Get("/-/ready")->status, 503);
  EXPECT_THAT(client.Get("/-/ready")->body, HasSubstr("starting: replaying the journal"));
  EXPECT_EQ(client.Get("/api/v1/query?query=up")->status, 503);
  EXPECT_EQ(client.Post("/api/v1/write", "", "application/x-protobuf")->status, 503);
  EXPECT_THAT(client.Get("/metrics")->body, HasSubstr("tidemark_ready 0\n"));
  go_on.set_value();
  EXPECT_TRUE((*server)->AwaitReady().ok());
  EXPECT_EQ(client.Get("/-/ready")->body, "Tidemark is Ready.\n");
  EXPECT_THAT(client.Get("/metrics")->body, HasSubstr("tidemark_ready 1\n"));
  EXPECT_THAT(client.Get("/")->body, HasSubstr("/api/v1/write"));
  EXPECT_EQ(client.Get("/api/v1/query?query=1")->status, 200);
  EXPECT_TRUE((*server)->Stop().ok());
  EXPECT_EQ(state.closed, 1);
}

TEST(Server, SaysWhyTheStorageCannotBeOpened) {
  const auto server = Server::Start(
      TestConfig(), [](Metrics&, const Progress&) -> StatusOr<std::unique_ptr<tsdb::Storage>> {
        return DataLoss("block 7");
      });
  ASSERT_TRUE(server.ok());
  EXPECT_EQ((*server)->AwaitReady().code(), StatusCode::kDataLoss);
  httplib::Client client("127.0.0.1", (*server)->port());
  EXPECT_EQ(client.Get("/-/healthy")->status, 200);
  EXPECT_THAT(client.Get("/-/ready")->body, HasSubstr("block 7"));
}

TEST(Server, TenancyAsksForTheHeader) {
  FakeStorageState state;
  Config config = TestConfig();
  config.tenancy = true;
  const auto server = Server::Start(config, FakeOpener(state));
  ASSERT_TRUE(server.ok());
  ASSERT_TRUE((*server)->AwaitReady().ok());
  httplib::Client client("127.0.0.1", (*server)->port());
  EXPECT_EQ(client.Get("/api/v1/query?query=1")->status, 400);
  EXPECT_EQ(client.Get("/api/v1/query?query=1", {{"X-Scope-OrgID", "team"}})->status, 200);
  EXPECT_EQ(client.Get("/api/v1/query?query=1", {{"X-Scope-OrgID", "a/b"}})->status, 400);
}

TEST(Server, TheAdminApiIsOffUnlessAskedFor) {
  for (const bool enabled : {false, true}) {
    FakeStorageState state;
    Config config = TestConfig();
    config.admin_api = enabled;
    const auto server = Server::Start(config, FakeOpener(state));
    ASSERT_TRUE(server.ok());
    ASSERT_TRUE((*server)->AwaitReady().ok());
    httplib::Client client("127.0.0.1", (*server)->port());
    EXPECT_EQ(client.Post("/api/v1/admin/tsdb/flush")->status, enabled ? 200 : 503);
    EXPECT_EQ(state.flushed, enabled ? 1 : 0);
  }
}

TEST(Server, RefusesAnAddressInUse) {
  FakeStorageState state;
  const auto first = Server::Start(TestConfig(), FakeOpener(state));
  ASSERT_TRUE(first.ok());
  Config config = TestConfig();
  config.http.port = (*first)->port();
  FakeStorageState other;
  EXPECT_EQ(Server::Start(config, FakeOpener(other)).status().code(), StatusCode::kUnavailable);
}

// The storage is real in this one: what is there is found again by the next.
TEST(Server, OpensTheDatabaseInItsFolder) {
  const TempFolder folder;
  Config config = TestConfig();
  config.storage.path = folder.Path("data");
  for (int round = 0; round < 2; ++round) {
    const auto server = Server::Start(config);
    ASSERT_TRUE(server.ok()) << server.status();
    ASSERT_TRUE((*server)->AwaitReady().ok()) << (*server)->AwaitReady();
    httplib::Client client("127.0.0.1", (*server)->port());
    EXPECT_THAT(client.Get("/api/v1/query?query=up")->body, HasSubstr("\"result\":[]"));
    // The folder belongs to one process.
    const auto second = Server::Start(config);
    ASSERT_TRUE(second.ok());
    EXPECT_EQ((*second)->AwaitReady().code(), StatusCode::kFailedPrecondition);
    EXPECT_TRUE((*server)->Stop().ok());
  }
}

}  // namespace
}  // namespace tidemark::server
