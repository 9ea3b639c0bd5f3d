// tidemark promqltest: runs test scripts for PromQL against the engine, in this
// process and without a database.
//
//   tidemark promqltest rules.test alerts.test --features promql-experimental-functions
#pragma once

#include <CLI/CLI.hpp>

namespace tidemark::server {

// Adds the subcommand.  When `app` parses it, it prints how many evaluations of
// each file pass, and each failure as FILE:LINE: text; `exit_code` is 1 when
// any fails or a file cannot be read, or when there is nothing to evaluate.
void AddPromqltestCommand(CLI::App& app, int& exit_code);

}  // namespace tidemark::server
