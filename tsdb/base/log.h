// Structured logging to stderr, one logfmt line an event:
//
//   Log(LogLevel::kWarn, "disk is nearly full; writes stop at 5%",
//       {{"free_bytes", free}, {"path", path}});
//
//   time=2026-01-31T12:00:00.000Z level=WARN msg="disk is nearly full; …" free_bytes=1048576
//   path=data
//
// Messages say what the person on call should know or do.  Values are quoted
// where logfmt needs it; secrets and label values never go in unmasked.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

namespace tidemark {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

struct LogField {
  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(v) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(v) {}
  template <typename Number>
  requires std::is_arithmetic_v<Number> LogField(std::string_view k, Number v)
      : key(k), value(std::to_string(v)) {}

  std::string_view key;
  std::string value;
};

// Threads: any.
void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

// What is below `level` is dropped; kInfo at the start.
void SetLogLevel(LogLevel level);

// The line without its newline, time given; what Log() prints.
std::string FormatLogLine(int64_t now_ms, LogLevel level, std::string_view message,
                          std::initializer_list<LogField> fields);

}  // namespace tidemark
