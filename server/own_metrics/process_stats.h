// What Linux knows about this process.
#pragma once

#include <optional>
#include <string_view>

namespace tidemark::server {

// All 0 where /proc cannot be read.
struct ProcessStats {
  double cpu_seconds = 0;  // user and system, of all threads
  double resident_bytes = 0;
  double virtual_bytes = 0;
  double start_time_seconds = 0;  // Unix time
};

ProcessStats ReadProcessStats();
double CountOpenFiles();
double MaxOpenFiles();

// Fields of /proc/<pid>/stat, in its own units (proc(5)).  The name of the
// program, in parentheses, may hold blanks and parentheses.
struct ProcStat {
  double cpu_ticks = 0;
  double start_ticks = 0;  // since boot
  double virtual_bytes = 0;
  double resident_pages = 0;
};
std::optional<ProcStat> ParseProcStat(std::string_view text);

}  // namespace tidemark::server
