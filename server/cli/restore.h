// tidemark restore: makes a data folder of a snapshot.
//
//   tidemark restore SNAPSHOT DIR [--copy]
//
// SNAPSHOT is a folder below snapshots/ of a data folder, or a copy of one.
#pragma once

#include <CLI/CLI.hpp>

namespace tidemark::server {

// Adds the subcommand.  When `app` parses it, it says on stdout what was done;
// errors go to stderr, with `exit_code` 1.
void AddRestoreCommand(CLI::App& app, int& exit_code);

}  // namespace tidemark::server
