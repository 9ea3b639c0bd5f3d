#include "promql/parser/duration.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <iterator>

#include "promql/parser/number_literal.h"
#include "promql/parser/parse.h"
#include "promql/parser/rune.h"
#include "tsdb/base/quote.h"

namespace tidemark::promql {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;
constexpr double kMaxNs = 9223372036854775808.0;  // 2^63
constexpr double kExactNs = 9007199254740992.0;   // 2^53

struct Unit {
  std::string_view name;
  int64_t ms;
  bool only_exact;  // printed only when nothing remains
};

// From the largest to the smallest.
constexpr Unit kUnits[] = {
    {"y", 365LL * 24 * 3600 * 1000, true},
    {"w", 7LL * 24 * 3600 * 1000, true},
    {"d", 24LL * 3600 * 1000, false},
    {"h", 3600LL * 1000, false},
    {"m", 60LL * 1000, false},
    {"s", 1000, false},
    {"ms", 1, false},
};

// Takes the leading characters that are digits, or that are none.
std::string_view TakeRun(std::string_view& text, bool digits) {
  size_t n = 0;
  while (n < text.size() && IsDigit(text[n]) == digits) ++n;
  const std::string_view run = text.substr(0, n);
  text.remove_prefix(n);
  return run;
}

Status NotADuration(std::string_view text) {
  return InvalidArgument(fmt::format("not a valid duration string: {}", Quoted(text)));
}

const Unit* FindUnit(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

// total_ms += count * unit, in bounds of nanoseconds.
Status AddTo(uint64_t& total_ms, uint64_t count, const Unit& unit) {
  constexpr uint64_t kMaxMs = INT64_MAX / kNsPerMs;
  if (count > kMaxMs / unit.ms || total_ms + count * unit.ms > kMaxMs) {
    return InvalidArgument("duration out of range");
  }
  total_ms += count * unit.ms;
  return OkStatus();
}

}  // namespace

StatusOr<int64_t> ParseDuration(std::string_view text) {
  if (text == "0") return 0;
  if (text.empty()) return InvalidArgument("empty duration string");
  uint64_t total_ms = 0;
  const Unit* last = nullptr;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view digits = TakeRun(rest, true);
    uint64_t count = 0;
    const auto error = std::from_chars(digits.data(), digits.data() + digits.size(), count).ec;
    if (digits.empty() || error != std::errc()) return NotADuration(text);
    const std::string_view name = TakeRun(rest, false);
    if (name.empty()) return NotADuration(text);
    const Unit* unit = FindUnit(name);
    if (unit == nullptr) {
      return InvalidArgument(
          fmt::format("unknown unit {} in duration {}", Quoted(name), Quoted(text)));
    }
    if (last != nullptr && unit <= last) return NotADuration(text);
    last = unit;
    RETURN_IF_ERROR(AddTo(total_ms, count, *unit));
  }
  return static_cast<int64_t>(total_ms);
}

std::string FormatDuration(int64_t ms) {
  if (ms == 0) return "0s";
  std::string out = ms < 0 ? "-" : "";
  uint64_t rest = ms < 0 ? -static_cast<uint64_t>(ms) : static_cast<uint64_t>(ms);
  for (const Unit& unit : kUnits) {
    if (unit.only_exact && rest % unit.ms != 0) continue;
    const uint64_t count = rest / unit.ms;
    if (count == 0) continue;
    fmt::format_to(std::back_inserter(out), "{}{}", count, unit.name);
    rest -= count * unit.ms;
  }
  return out;
}

bool IsDurationOutOfRange(double seconds) {
  return seconds > kMaxNs / 1e9 || seconds < -kMaxNs / 1e9;
}

int64_t DurationMsOf(double seconds) {
  const double ns = std::round(seconds * 1e9);
  // 2^63 itself passes for in range; it is the smallest int64, as Go converts it.
  if (!(ns < kMaxNs && ns >= -kMaxNs)) return INT64_MIN / kNsPerMs;
  if (std::fabs(ns) < kExactNs) return static_cast<int64_t>(ns) / kNsPerMs;
  // A double no longer tells nanoseconds apart, and whole milliseconds may come out
  // just short of them: printed and parsed again, they must stay what they were.
  constexpr double kSlackMs = 0.01;
  return static_cast<int64_t>(ns / kNsPerMs + std::copysign(kSlackMs, ns));
}

StatusOr<int64_t> ParseDurationMs(std::string_view text) {
  if (const StatusOr<double> seconds = ParseFloat(text); seconds.ok()) {
    const double ns = *seconds * 1e9;
    if (ns > kMaxNs || ns < -kMaxNs) {
      return InvalidArgument(
          fmt::format("cannot parse {} to a valid duration. It overflows int64", Quoted(text)));
    }
    if (!(ns < kMaxNs)) return INT64_MIN / kNsPerMs;  // NaN and 2^63, as Go converts them
    return static_cast<int64_t>(ns) / kNsPerMs;
  }
  if (const StatusOr<int64_t> ms = ParseDuration(text); ms.ok()) return *ms;
  return InvalidArgument(fmt::format("cannot parse {} to a valid duration", Quoted(text)));
}

}  // namespace tidemark::promql
