// tidemark serve: the server, until SIGINT or SIGTERM.
//
//   tidemark serve [--config FILE] [--listen HOST:PORT] [--data DIR] [--set KEY=VALUE ...]
#pragma once

#include <CLI/CLI.hpp>

namespace tidemark::server {

// Adds the subcommand.  When `app` parses it, it runs, and `exit_code` is 0
// after a signal, 1 where it could not start or not stop cleanly.
void AddServeCommand(CLI::App& app, int& exit_code);

}  // namespace tidemark::server
