// tidemark: picks the subcommand; each has a file of its own in this folder.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "server/cli/check_config.h"
#include "server/cli/demo.h"
#include "server/cli/promqltest.h"
#include "server/cli/query.h"
#include "server/cli/restore.h"
#include "server/cli/serve.h"
#include "server/cli/verify.h"
#include "server/version.h"

int main(int argc, char** argv) {
  using namespace tidemark::server;
  CLI::App app("Tidemark: a Prometheus-compatible remote-write backend", "tidemark");
  app.set_version_flag("--version", fmt::format("tidemark {} ({})", Version(), Revision()));
  app.require_subcommand(1);
  int exit_code = 0;
  AddServeCommand(app, exit_code);
  AddDemoCommand(app, exit_code);
  AddQueryCommand(app, exit_code);
  AddCheckConfigCommand(app, exit_code);
  AddPromqltestCommand(app, exit_code);
  AddRestoreCommand(app, exit_code);
  AddVerifyCommand(app, exit_code);
  CLI11_PARSE(app, argc, argv);
  return exit_code;
}
