#include "server/own_metrics/process_stats.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace tidemark::server {
namespace {

std::string ReadFile(const char* path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Of the machine, as Unix time, from the line "btime 1700000000" of /proc/stat.
double BootTimeSeconds() {
  const std::string text = ReadFile("/proc/stat");
  const size_t at = text.find("\nbtime ");
  return at == std::string::npos ? 0 : std::strtod(text.c_str() + at + 7, nullptr);
}

}  // namespace

std::optional<ProcStat> ParseProcStat(std::string_view text) {
  const size_t name_end = text.rfind(')');
  if (name_end == std::string_view::npos) return std::nullopt;
  std::istringstream rest{std::string(text.substr(name_end + 1))};
  std::string state;
  rest >> state;  // field 3; numbers from here on
  double fields[25] = {};
  for (int field = 4; field <= 24; ++field) {
    if (!(rest >> fields[field])) return std::nullopt;
  }
  return ProcStat{fields[14] + fields[15], fields[22], fields[23], fields[24]};
}

ProcessStats ReadProcessStats() {
  const std::optional<ProcStat> stat = ParseProcStat(ReadFile("/proc/self/stat"));
  if (!stat.has_value()) return {};
  const double tick = 1.0 / static_cast<double>(sysconf(_SC_CLK_TCK));
  static const double boot_time = BootTimeSeconds();
  return {stat->cpu_ticks * tick, stat->resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE)),
          stat->virtual_bytes, boot_time + stat->start_ticks * tick};
}

double CountOpenFiles() {
  std::error_code error;
  double n = 0;
  for (std::filesystem::directory_iterator it("/proc/self/fd", error), end; !error && it != end;
       it.increment(error)) {
    ++n;
  }
  return n > 0 ? n - 1 : 0;  // without the one that lists them
}

double MaxOpenFiles() {
  rlimit limit = {};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<double>(limit.rlim_cur) : 0;
}

}  // namespace tidemark::server
