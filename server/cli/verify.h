// tidemark verify: says exactly what is wrong with a data folder.
//
//   tidemark verify DIR [--repair]
#pragma once

#include <CLI/CLI.hpp>

namespace tidemark::server {

// Adds the subcommand.  When `app` parses it, findings and counts go to stdout;
// `exit_code` 1 when something is wrong, or could not be looked at.
void AddVerifyCommand(CLI::App& app, int& exit_code);

}  // namespace tidemark::server
