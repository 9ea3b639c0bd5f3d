#include "server/cli/demo.h"

#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

#include "server/cli/stop_signals.h"
#include "server/http/http_server.h"
#include "tsdb/base/metrics.h"

namespace tidemark::server {
namespace {

// What `tidemark demo FLAGS…` exits with.
int ExitCodeOf(const std::vector<std::string>& flags) {
  CLI::App app;
  int exit_code = -1;
  AddDemoCommand(app, exit_code);
  std::vector<std::string> reversed(flags.rbegin(), flags.rend());
  reversed.emplace_back("demo");
  app.parse(reversed);
  return exit_code;
}

TEST(DemoCommandTest, ServesUntilASignal) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const StopSignals signals;  // holds the signal back until the command waits for it
    raise(signal);
    EXPECT_EQ(ExitCodeOf({"--listen", "127.0.0.1:0", "--incident-every", "0", "--seed", "5",
                          "--authorisations-per-day", "1000"}),
              0);
  }
}

TEST(DemoCommandTest, APortThatIsTakenIsAnError) {
  Metrics metrics;
  HttpOptions options;
  options.port = 0;
  const auto other = HttpServer::Start(options, {}, metrics);
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_EQ(ExitCodeOf({"--listen", "127.0.0.1:" + std::to_string((*other)->port())}), 1);
}

TEST(DemoCommandTest, BadValuesAreToldBeforeAnythingStarts) {
  const std::vector<std::string> kCases[] = {
      {"--listen", "9102"},
      {"--listen", "localhost:http"},
      {"--listen", "localhost:70000"},
      {"--incident-every", "twenty"},
      {"--incident-every", "-5m"},
      {"--authorisations-per-day", "-1"},
      {"--authorisations-per-day", "nan"},
      {"--authorisations-per-day", "1e300"},
      {"--seed", "x"},
      {"--unknown"},
  };
  for (const auto& flags : kCases) {
    SCOPED_TRACE(flags.back());
    const StopSignals signals;
    raise(SIGTERM);  // ends the command if it starts after all
    bool refused = false;
    try {
      ExitCodeOf(flags);
    } catch (const CLI::ParseError&) {
      refused = true;
      signals.Wait();
    }
    EXPECT_TRUE(refused);
  }
}

}  // namespace
}  // namespace tidemark::server
