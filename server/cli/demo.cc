#include "server/cli/demo.h"

#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <string>
#include <utility>

#include "server/cli/stop_signals.h"
#include "server/config/values.h"
#include "server/demo/demo_routes.h"
#include "server/demo/gateway.h"
#include "server/http/http_server.h"
#include "tsdb/base/log.h"
#include "tsdb/base/metrics.h"

namespace tidemark::server {
namespace {

// Past 2^53 counters would no longer count exactly within a day.
constexpr double kMaxAuthorisationsPerDay = 1e15;

struct DemoFlags {
  std::string listen = "127.0.0.1:9102";
  std::string incident_every = "20m";
  double authorisations_per_day = 25e6;
  uint64_t seed = 1;
};

// CLI11 wants "" for a good value, and otherwise what is wrong with it.
template <typename Parser>
CLI::Validator Check(Parser parse, const char* type) {
  return CLI::Validator(
      [parse](const std::string& text) {
        const auto value = parse(text);
        return value.ok() ? std::string() : std::string(MessageOf(value.status()));
      },
      type);
}

StatusOr<double> ParseThroughput(const std::string& text) {
  double per_day = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, per_day);
  const bool number = read.ec == std::errc() && read.ptr == end;
  if (number && per_day >= 0 && per_day <= kMaxAuthorisationsPerDay) return per_day;
  return InvalidArgument(fmt::format("\"{}\" is not a number from 0 to {}, like 25000000", text,
                                     kMaxAuthorisationsPerDay));
}

Status RunDemo(const DemoFlags& flags) {
  ASSIGN_OR_RETURN(const HostPort listen, ParseHostPort(flags.listen));
  SimulationOptions simulation;
  simulation.authorisations_per_day = flags.authorisations_per_day;
  simulation.seed = flags.seed;
  ASSIGN_OR_RETURN(simulation.incident_every_ms, ParseDuration(flags.incident_every));

  const StopSignals signals;
  Gateway gateway(simulation, Clock::System());
  Metrics metrics;
  HttpOptions http;
  http.host = listen.host;
  http.port = listen.port;
  ASSIGN_OR_RETURN(const auto server, HttpServer::Start(http, DemoRoutes(gateway), metrics));
  Log(LogLevel::kInfo, "the simulated payments gateway can be scraped at /metrics",
      {{"listen", PrintHostPort({listen.host, server->port()})},
       {"authorisations_per_day", flags.authorisations_per_day},
       {"incident_every", flags.incident_every},
       {"seed", flags.seed}});
  const int signal = signals.Wait();
  Log(LogLevel::kInfo, "stopping", {{"signal", signal}});
  server->Stop();
  return OkStatus();
}

}  // namespace

void AddDemoCommand(CLI::App& app, int& exit_code) {
  const auto flags = std::make_shared<DemoFlags>();
  CLI::App* demo = app.add_subcommand("demo", "A simulated payments gateway to scrape");
  demo->add_option("--listen", flags->listen, "Where to serve /metrics")
      ->check(Check(ParseHostPort, "HOST:PORT"))
      ->capture_default_str();
  demo->add_option("--authorisations-per-day", flags->authorisations_per_day,
                   "Card authorisations a day, over all regions")
      ->check(Check(ParseThroughput, "NUMBER"))
      ->default_str("25000000");
  demo->add_option("--seed", flags->seed, "Another seed, another history")->capture_default_str();
  demo->add_option("--incident-every", flags->incident_every,
                   "One incident in each such interval; 0: none")
      ->check(Check(ParseDuration, "DURATION"))
      ->capture_default_str();
  demo->callback([flags, &exit_code] {
    const Status status = RunDemo(*flags);
    if (!status.ok()) Log(LogLevel::kError, MessageOf(status));
    exit_code = status.ok() ? 0 : 1;
  });
}

}  // namespace tidemark::server
