// tidemark check-config: whether a configuration can be used, and what it means.
//
//   tidemark check-config [FILE] [--set KEY=VALUE ...]
#pragma once

#include <CLI/CLI.hpp>

namespace tidemark::server {

// Adds the subcommand.  When `app` parses it, it prints every setting with its
// value to stdout, or what is wrong to stderr with `exit_code` 1.
void AddCheckConfigCommand(CLI::App& app, int& exit_code);

}  // namespace tidemark::server
