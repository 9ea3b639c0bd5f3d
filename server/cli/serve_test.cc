#include "server/cli/serve.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "server/cli/stop_signals.h"
#include "server/http/http_server.h"
#include "server/temp_folder_for_test.h"
#include "tsdb/base/metrics.h"

namespace tidemark::server {
namespace {

class ServeCommandTest : public testing::Test {
 protected:
  std::string Path(const char* name) const { return folder_.Path(name); }

  // What `tidemark serve --listen 127.0.0.1:0 FLAGS…` exits with.
  static int ExitCodeOf(const std::vector<std::string>& flags) {
    CLI::App app;
    int exit_code = -1;
    AddServeCommand(app, exit_code);
    std::vector<std::string> reversed(flags.rbegin(), flags.rend());
    reversed.insert(reversed.end(), {"127.0.0.1:0", "--listen", "serve"});
    app.parse(reversed);
    return exit_code;
  }

  // Held back in this thread, and pending when the command waits for them.
  const StopSignals signals_;
  const TempFolder folder_;
};

TEST_F(ServeCommandTest, ServesUntilASignal) {
  for (const int signal : {SIGINT, SIGTERM}) {
    raise(signal);
    EXPECT_EQ(ExitCodeOf({"--data", Path("data"), "--set", "storage.retention.raw=0", "--set",
                          "query.max_samples=500000000", "--set", "server.admin_api=true"}),
              0);
    EXPECT_TRUE(std::filesystem::exists(Path("data")));
  }
}

TEST_F(ServeCommandTest, EndsWhenTheStorageCannotBeOpened) {
  std::ofstream(Path("file")) << "not a folder";
  EXPECT_EQ(ExitCodeOf({"--data", Path("file")}), 1);
}

TEST_F(ServeCommandTest, EndsWhenItCannotListen) {
  Metrics metrics;
  HttpOptions options;
  options.port = 0;
  const auto other = HttpServer::Start(options, {}, metrics);
  ASSERT_TRUE(other.ok()) << other.status();
  const std::string taken = "server.listen=127.0.0.1:" + std::to_string((*other)->port());
  // --listen would win over --set.
  CLI::App app;
  int exit_code = -1;
  AddServeCommand(app, exit_code);
  app.parse(std::vector<std::string>{Path("data"), "--data", taken, "--set", "serve"});
  EXPECT_EQ(exit_code, 1);
  EXPECT_FALSE(std::filesystem::exists(Path("data")));
}

TEST_F(ServeCommandTest, BadSettingsAreToldBeforeAnythingStarts) {
  std::ofstream(Path("bad.yml")) << "storage: { pth: x }\n";
  const std::vector<std::string> cases[] = {
      {"--set", "no.such.key=1"},      {"--set", "storage.path"},
      {"--set", "query.timeout=soon"}, {"--config", Path("absent.yml")},
      {"--config", Path("bad.yml")},
  };
  for (const auto& flags : cases) {
    SCOPED_TRACE(flags.back());
    EXPECT_EQ(ExitCodeOf(flags), 1);
  }
}

}  // namespace
}  // namespace tidemark::server
