#include "server/config/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "server/config/settings.h"
#include "server/temp_folder_for_test.h"

namespace tidemark::server {
namespace {

using testing::HasSubstr;

std::string ReadExample() {
  std::ifstream in(TIDEMARK_EXAMPLE_CONFIG);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(Config, TheExampleIsTheDefaults) {
  const std::string example = ReadExample();
  ASSERT_FALSE(example.empty());
  Config config;
  // Anything else first, so that a key missing in the example shows.
  for (const std::string_view assignment :
       {"server.listen=:1", "server.admin_api=true", "storage.fsync=interval",
        "storage.min_free_disk=7%", "tenancy.enabled=true", "storage.path=/x",
        "server.http.cors_origin=x", "storage.retention.raw_by_tenant=x=1d", "ingest.conflict=last",
        "ingest.conflict_by_tenant=x=refuse", "ha.enabled=true",
        "otlp.translation_strategy=NoTranslation", "otlp.promote_all_resource_attributes=true",
        "otlp.keep_identifying_resource_attributes=true", "otlp.promote_scope_metadata=true",
        "otlp.convert_histograms_to_nhcb=true", "otlp.delta=keep",
        "features=promql-experimental-functions"}) {
    ASSERT_TRUE(ApplyAssignment(assignment, config).ok()) << assignment;
  }
  for (const Setting& setting : Settings()) {
    for (const std::string_view value : {"77777777777", "97m"}) {
      if (setting.print(config) == setting.print(Config())) {
        setting.set(config, value).IgnoreError();
      }
    }
    EXPECT_NE(setting.print(config), setting.print(Config())) << setting.key;
  }
  const Status applied = ApplyYaml(example, "config.example.yml", config);
  ASSERT_TRUE(applied.ok()) << applied;
  EXPECT_EQ(PrintConfig(config), PrintConfig(Config()));
}

TEST(Config, WhatIsPrintedReadsBack) {
  for (const Setting& setting : Settings()) {
    SCOPED_TRACE(setting.key);
    if (setting.key == "features") continue;  // printed as a YAML list
    Config config;
    const Status set = setting.set(config, setting.print(config));
    EXPECT_TRUE(set.ok()) << set;
    EXPECT_EQ(PrintConfig(config), PrintConfig(Config()));
  }
}

TEST(Config, ReachesTheOptionsOfTheModules) {
  const StatusOr<Config> config =
      LoadConfig("", {"server.listen=[::1]:80", "storage.path=/d", "storage.retention.raw=0",
                      "storage.retention.raw_by_tenant=[acme=2d, lab=0]", "ingest.conflict=refuse",
                      "ingest.conflict_by_tenant=[acme=first, lab=last]",
                      "query.max_samples=500000000", "query.max_series=1000000",
                      "server.admin_api=true", "storage.memory=4GiB", "storage.min_free_disk=1%",
                      "query.concurrency=9", "ingest.max_future=1h", "tenancy.enabled=true",
                      "features=promql-experimental-functions, promql-binop-fill-modifiers"});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->http.host, "::1");
  EXPECT_EQ(config->http.port, 80);
  EXPECT_EQ(config->storage.path, "/d");
  EXPECT_EQ(config->storage.raw_retention_ms, 0);
  EXPECT_EQ(config->storage.raw_retention_ms_by_tenant,
            (std::map<std::string, int64_t, std::less<>>{{"acme", 2 * 86'400'000}, {"lab", 0}}));
  EXPECT_EQ(config->query.max_samples, 500'000'000u);
  EXPECT_EQ(config->query.max_series, 1'000'000u);
  EXPECT_TRUE(config->admin_api);
  EXPECT_EQ(config->storage.memory_bytes, 4ULL << 30);
  EXPECT_DOUBLE_EQ(config->storage.min_free_disk, 0.01);
  EXPECT_EQ(config->http.query_workers, 9u);
  EXPECT_EQ(config->ingest.max_future_ms, 3'600'000);
  EXPECT_TRUE(config->tenancy);
  EXPECT_TRUE(config->query.parser.experimental_functions);
  EXPECT_TRUE(config->query.parser.binary_fill_modifiers);
  EXPECT_FALSE(config->query.parser.extended_range_selectors);
  EXPECT_TRUE(config->query.parser.duration_expressions);
}

TEST(Config, FilesComeBeforeAssignments) {
  const TempFolder folder;
  const std::string file = folder.Path("tidemark.yml");
  std::ofstream(file) << "storage: { path: /a, retention: { raw: 1d } }\nserver:\nfeatures:\n"
                         "  - promql-experimental-functions\n";
  const StatusOr<Config> config = LoadConfig(file, {"storage.path=/b"});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->storage.path, "/b");
  EXPECT_EQ(config->storage.raw_retention_ms, 86'400'000);
  EXPECT_THAT(config->features, testing::ElementsAre("promql-experimental-functions"));
  EXPECT_EQ(LoadConfig(folder.Path("absent.yml"), {}).status().code(), StatusCode::kNotFound);
}

TEST(Config, SaysWhereAFileIsWrong) {
  struct Case {
    std::string_view yaml, message;
  };
  const Case cases[] = {
      {"server:\n  listn: x",
       "c.yml:2: unknown setting server.listn; the nearest known is "
       "server.listen"},
      {"storage:\n  retention:\n    raw: 90",
       "c.yml:3: storage.retention.raw: expected a duration with units like 90d, 1h30m or 500ms, "
       "or 0, got \"90\""},
      {"storage: {memory: 1MiB}", "c.yml:1: storage.memory: must be at least 64MiB"},
      {"storage:\n  retention: 5d", "c.yml:2: unknown setting storage.retention; the nearest"},
      {"storage: {fsync: never}", "expected always or interval, got \"never\""},
      {"server: {listen: {host: x}}", "unknown setting server.listen.host"},
      {"tenancy: {enabled: yes}", "expected true or false, got \"yes\""},
      {"query: {timeout: 0}", "query.timeout: must be at least 1ms"},
      {"query: {concurrency: 0}", "query.concurrency: must be at least 1"},
      {"storage: {path: \"\"}", "storage.path: must not be empty"},
      {"query: {timeout: 1m}\nquery: {timeout: 2m}", "c.yml:2: query is set twice"},
      {"features: [a]", "unknown feature \"a\"; there are promql-experimental-functions, "},
      {"features: [[a]]", "a list must hold plain words"},
      {"admission: {budget: budget.yml}", "unknown setting admission.budget"},
      {"storage: {retention: {week: 400d}}", "unknown setting storage.retention.week"},
      {"just words", "c.yml:1: expected sections"},
      {"- a\n- b", "c.yml:1: expected sections"},
      {"server: [", "c.yml:"},
      {"a: b: c", "c.yml:1: "},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.yaml);
    Config config;
    const Status status = ApplyYaml(c.yaml, "c.yml", config);
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(MessageOf(status)), HasSubstr(std::string(c.message)));
  }
}

TEST(Config, SaysWhichAssignmentIsWrong) {
  Config config;
  EXPECT_EQ(MessageOf(ApplyAssignment("storage.path", config)),
            "expected KEY=VALUE, got \"storage.path\"");
  EXPECT_EQ(MessageOf(ApplyAssignment("storage.pth=x", config)),
            "unknown setting storage.pth; the nearest known is storage.path");
  EXPECT_EQ(MessageOf(ApplyAssignment("storage.memory=x", config)),
            "storage.memory: expected a size like 64MiB or 2GiB, got \"x\"");
}

TEST(Config, AnEmptyFileIsTheDefaults) {
  for (const std::string_view yaml : {"", "# nothing\n", "server:\nstorage: {}\n", "---\n"}) {
    SCOPED_TRACE(yaml);
    Config config;
    const Status status = ApplyYaml(yaml, "c.yml", config);
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(PrintConfig(config), PrintConfig(Config()));
  }
}

}  // namespace
}  // namespace tidemark::server
