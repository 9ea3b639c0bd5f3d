// tidemark query: asks a server, and prints the answer as a table.
//
//   tidemark query EXPR [--url URL] [--time T]
//   tidemark query EXPR --start T [--end T] [--step D]
//
// T is RFC 3339 or Unix seconds, D a duration or seconds.  Any server with the
// Prometheus HTTP API will do.
#pragma once

#include <CLI/CLI.hpp>

namespace tidemark::server {

// Adds the subcommand.  When `app` parses it, it prints to stdout; warnings and
// errors go to stderr, the latter with `exit_code` 1.
void AddQueryCommand(CLI::App& app, int& exit_code);

}  // namespace tidemark::server
