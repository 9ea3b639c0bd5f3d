#include "server/cli/promqltest.h"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "promql/script/script_runner.h"
#include "server/config/config.h"
#include "server/config/features.h"

namespace tidemark::server {
namespace {

struct PromqltestFlags {
  std::vector<std::string> files;
  std::string features = "all";
};

StatusOr<promql::EngineOptions> OptionsFor(const std::string& features) {
  Config config;
  RETURN_IF_ERROR(SetFeatures(features == "all" ? AllFeatures() : features, config));
  return config.query;
}

StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) return NotFound(fmt::format("{}: cannot be read", path));
  return text.str();
}

struct Totals {
  int evals = 0;
  int failed = 0;  // commands, and files that cannot be read
};

void RunFile(const promql::Engine& engine, const std::string& path, Totals& totals) {
  const StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) {
    fmt::print(stderr, "{}\n", MessageOf(text.status()));
    ++totals.failed;
    return;
  }
  const promql::ScriptReport report = promql::ScriptRunner(engine).Run(*text);
  for (const promql::ScriptFailure& failure : report.failures) {
    fmt::print("{}:{}: {}\n", path, failure.line, failure.text);
  }
  const auto failed = static_cast<int>(report.failures.size());
  fmt::print("{}: {} commands, {} of them evaluations, {} failed\n", path, report.commands,
             report.evals, failed);
  totals.evals += report.evals;
  totals.failed += failed;
}

int Promqltest(const PromqltestFlags& flags) {
  const StatusOr<promql::EngineOptions> options = OptionsFor(flags.features);
  if (!options.ok()) {
    fmt::print(stderr, "--features: {}\n", MessageOf(options.status()));
    return 1;
  }
  const promql::Engine engine(*options);
  Totals totals;
  for (const std::string& path : flags.files) RunFile(engine, path, totals);
  if (totals.evals == 0) fmt::print(stderr, "nothing to evaluate\n");
  return totals.failed == 0 && totals.evals > 0 ? 0 : 1;
}

}  // namespace

void AddPromqltestCommand(CLI::App& app, int& exit_code) {
  const auto flags = std::make_shared<PromqltestFlags>();
  CLI::App* test = app.add_subcommand(
      "promqltest", "Runs test scripts (load, eval, as Prometheus' promqltest has them)");
  test->add_option("files", flags->files, "Scripts")->required();
  test->add_option("--features", flags->features,
                   "Names as in the setting features, separated by commas; all; or \"\": none");
  test->callback([flags, &exit_code] { exit_code = Promqltest(*flags); });
}

}  // namespace tidemark::server
