#include "server/config/values.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <limits>

namespace tidemark::server {
namespace {

struct Unit {
  std::string_view name;
  uint64_t factor;
};

constexpr Unit kByteUnits[] = {
    {"TiB", 1ULL << 40},
    {"GiB", 1ULL << 30},
    {"MiB", 1ULL << 20},
    {"KiB", 1ULL << 10},
    {"TB", 1'000'000'000'000},
    {"GB", 1'000'000'000},
    {"MB", 1'000'000},
    {"kB", 1'000},
    {"B", 1},
};
constexpr size_t kBinaryUnits = 4;  // the first ones

constexpr Unit kTimeUnits[] = {
    {"y", 31'536'000'000}, {"w", 604'800'000}, {"d", 86'400'000}, {"h", 3'600'000},
    {"m", 60'000},         {"s", 1'000},       {"ms", 1},
};
constexpr size_t kFirstPrintedTimeUnit = 2;  // 90d and not 12w6d

constexpr int64_t kMaxDurationMs = 292LL * 31'536'000'000;  // what Prometheus takes, too

// Takes a number off `text`: digits, and a fraction where `T` has one.
template <typename T>
bool TakeNumber(std::string_view& text, T& value) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

// Takes letters off `text`.
std::string_view TakeUnit(std::string_view& text) {
  size_t n = 0;
  while (n < text.size() && ((text[n] | 0x20) >= 'a' && (text[n] | 0x20) <= 'z')) ++n;
  const std::string_view unit = text.substr(0, n);
  text.remove_prefix(n);
  return unit;
}

Status Expected(std::string_view what, std::string_view text) {
  return InvalidArgument(fmt::format("expected {}, got \"{}\"", what, text));
}

Status NotADuration(std::string_view text) {
  return Expected("a duration with units like 90d, 1h30m or 500ms, or 0", text);
}

}  // namespace

StatusOr<bool> ParseBool(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return Expected("true or false", text);
}

StatusOr<uint64_t> ParseCount(std::string_view text) {
  std::string_view rest = text;
  uint64_t value = 0;
  if (!TakeNumber(rest, value) || !rest.empty()) return Expected("a whole number", text);
  return value;
}

StatusOr<uint64_t> ParseBytes(std::string_view text) {
  std::string_view rest = text;
  double value = 0;
  if (!TakeNumber(rest, value)) return Expected("a size like 64MiB or 2GiB", text);
  const std::string_view name = rest.empty() ? "B" : rest;
  for (const Unit& unit : kByteUnits) {
    if (unit.name != name) continue;
    const double bytes = std::round(value * static_cast<double>(unit.factor));
    if (bytes < 9e15) return static_cast<uint64_t>(bytes);
  }
  return Expected("a size like 64MiB or 2GiB", text);
}

std::string PrintBytes(uint64_t bytes) {
  for (size_t i = 0; i < kBinaryUnits; ++i) {
    const Unit& unit = kByteUnits[i];
    if (bytes != 0 && bytes % unit.factor == 0) {
      return fmt::format("{}{}", bytes / unit.factor, unit.name);
    }
  }
  return std::to_string(bytes);
}

StatusOr<int64_t> ParseDuration(std::string_view text) {
  if (text == "0") return 0;
  std::string_view rest = text;
  uint64_t total = 0;
  uint64_t last_factor = std::numeric_limits<uint64_t>::max();
  do {
    uint64_t value = 0;
    if (!TakeNumber(rest, value)) return NotADuration(text);
    const std::string_view name = TakeUnit(rest);
    const Unit* found = nullptr;
    for (const Unit& unit : kTimeUnits) {
      if (unit.name == name && unit.factor < last_factor) found = &unit;
    }
    if (found == nullptr || value > kMaxDurationMs / found->factor) return NotADuration(text);
    last_factor = found->factor;
    total += value * found->factor;
  } while (!rest.empty());
  if (total > static_cast<uint64_t>(kMaxDurationMs)) return NotADuration(text);
  return static_cast<int64_t>(total);
}

std::string PrintDuration(int64_t ms) {
  if (ms == 0) return "0";
  std::string out;
  for (size_t i = kFirstPrintedTimeUnit; i < std::size(kTimeUnits); ++i) {
    const int64_t factor = static_cast<int64_t>(kTimeUnits[i].factor);
    if (ms >= factor) out += fmt::format("{}{}", ms / factor, kTimeUnits[i].name);
    ms %= factor;
  }
  return out;
}

StatusOr<double> ParseShare(std::string_view text) {
  std::string_view rest = text;
  double percent = 0;
  if (!TakeNumber(rest, percent) || (rest != "%" && percent != 0) || percent > 100) {
    return Expected("a share like 5%", text);
  }
  return percent / 100;
}

std::string PrintShare(double share) { return fmt::format("{:.6g}%", share * 100); }

StatusOr<HostPort> ParseHostPort(std::string_view text) {
  const size_t colon = text.rfind(':');
  std::string_view host = text.substr(0, colon);
  if (colon != std::string_view::npos) {
    const StatusOr<uint64_t> port = ParseCount(text.substr(colon + 1));
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    const bool ambiguous = !bracketed && host.find(':') != std::string_view::npos;
    if (port.ok() && *port <= 65'535 && !ambiguous) {
      return HostPort{std::string(host), static_cast<int>(*port)};
    }
  }
  return Expected("HOST:PORT like 127.0.0.1:9201, [::1]:9201 or :9201", text);
}

std::string PrintHostPort(const HostPort& address) {
  const bool ipv6 = address.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", ipv6 ? "[" : "", address.host, ipv6 ? "]" : "", address.port);
}

}  // namespace tidemark::server
