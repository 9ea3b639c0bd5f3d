// tidemark demo: a simulated payments gateway for Prometheus to scrape, until
// SIGINT or SIGTERM.
//
//   tidemark demo [--listen HOST:PORT] [--authorisations-per-day N] [--seed N]
//                 [--incident-every DURATION]
#pragma once

#include <CLI/CLI.hpp>

namespace tidemark::server {

// Adds the subcommand.  When `app` parses it, it runs, and `exit_code` is 0
// after a signal, 1 where it could not listen.  Bad values are CLI::ParseErrors,
// thrown by the library to whoever called app.parse().
void AddDemoCommand(CLI::App& app, int& exit_code);

}  // namespace tidemark::server
