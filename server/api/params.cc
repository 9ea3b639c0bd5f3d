#include "server/api/params.h"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>

#include "promql/parser/number_literal.h"
#include "promql/parser/parse.h"
#include "tsdb/base/quote.h"

namespace tidemark::server {
namespace {

// How upstream spells its first and last times; years of more than four digits
// are no RFC 3339 otherwise.
constexpr std::string_view kMinTimeText = "-292273086-05-16T16:47:06Z";
constexpr std::string_view kMaxTimeText = "292277025-08-18T07:12:54.999999999Z";

// Reads an RFC 3339 text piece by piece.
class Rfc3339 {
 public:
  explicit Rfc3339(std::string_view text) : rest_(text) {}

  // Milliseconds since the Unix epoch, or nothing when it is not well-formed.
  std::optional<int64_t> Parse() {
    const int year = Number(4);
    const int month = (Expect('-'), Number(2));
    const int day = (Expect('-'), Number(2));
    const int hour = (Expect('T'), Number(2));
    const int minute = (Expect(':'), Number(2));
    const int second = (Expect(':'), Number(2));
    const int64_t fraction_ms = Fraction();
    const int offset_minutes = Offset();
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!ok_ || !rest_.empty() || !date.ok() || hour > 23 || minute > 59 || second > 59) {
      return std::nullopt;
    }
    const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    const int64_t seconds = days * 86'400 + hour * 3600 + (minute - offset_minutes) * 60 + second;
    return seconds * 1000 + fraction_ms;
  }

 private:
  void Expect(char c) {
    if (rest_.empty() || rest_.front() != c) {
      ok_ = false;
    } else {
      rest_.remove_prefix(1);
    }
  }

  int Number(size_t digits) {
    int value = 0;
    for (size_t i = 0; i < digits; ++i) value = value * 10 + Digit();
    return value;
  }

  int Digit() {
    if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') {
      ok_ = false;
      return 0;
    }
    const int digit = rest_.front() - '0';
    rest_.remove_prefix(1);
    return digit;
  }

  // Of a second, cut to milliseconds.
  int64_t Fraction() {
    if (rest_.empty() || rest_.front() != '.') return 0;
    rest_.remove_prefix(1);
    int64_t ms = 0;
    size_t digits = 0;
    for (; ok_ && (digits == 0 || StartsWithDigit()); ++digits) {
      const int digit = Digit();
      if (digits < 3) ms = ms * 10 + digit;
    }
    for (; digits < 3; ++digits) ms *= 10;
    return ms;
  }

  // Of the local time, in minutes.
  int Offset() {
    if (!rest_.empty() && rest_.front() == 'Z') {
      rest_.remove_prefix(1);
      return 0;
    }
    const int sign = !rest_.empty() && rest_.front() == '-' ? -1 : 1;
    Expect(sign < 0 ? '-' : '+');
    const int hours = Number(2);
    Expect(':');
    const int minutes = Number(2);
    ok_ = ok_ && hours < 24 && minutes < 60;
    return sign * (hours * 60 + minutes);
  }

  bool StartsWithDigit() const {
    return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9';
  }

  std::string_view rest_;
  bool ok_ = true;
};

// Seconds in milliseconds, rounded; nothing when an int64 does not hold them.
std::optional<int64_t> MsOfSeconds(double seconds) {
  constexpr double kMost = 9.2e15;
  if (!(std::fabs(seconds) < kMost)) return std::nullopt;
  double whole = 0;
  const double fraction = std::modf(seconds, &whole);
  return static_cast<int64_t>(whole) * 1000 + std::llround(fraction * 1000);
}

Status AtoiError(std::string_view text, std::string_view why) {
  return InvalidArgument(fmt::format("strconv.Atoi: parsing {}: {}", Quoted(text), why));
}

StatusOr<int64_t> Atoi(std::string_view text) {
  std::string_view digits = text;
  if (digits.size() > 1 && digits.front() == '+' && digits[1] != '-') digits.remove_prefix(1);
  int64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (stop != end || error == std::errc::invalid_argument) {
    return AtoiError(text, "invalid syntax");
  }
  if (error != std::errc()) return AtoiError(text, "value out of range");
  return value;
}

bool ExcludesEmpty(const std::vector<tsdb::Matcher>& matchers) {
  for (const tsdb::Matcher& m : matchers) {
    if (!m.MatchesEmpty()) return true;
  }
  return false;
}

void AppendRune(std::string& out, uint32_t rune) {
  if (rune < 0x80) {
    out += static_cast<char>(rune);
    return;
  }
  const int more = rune < 0x800 ? 1 : rune < 0x10000 ? 2 : 3;
  constexpr uint32_t kLead[] = {0, 0xc0, 0xe0, 0xf0};
  out += static_cast<char>(kLead[more] | rune >> (6 * more));
  for (int i = more - 1; i >= 0; --i) out += static_cast<char>(0x80 | (rune >> (6 * i) & 0x3f));
}

// What stands between two underscores; empty: an underscore.
bool AppendEscape(std::string& out, std::string_view code) {
  constexpr size_t kMaxHexDigits = 5;  // as upstream reads it
  if (code.empty()) {
    out += '_';
    return true;
  }
  uint32_t rune = 0;
  const char* const end = code.data() + code.size();
  const auto [stop, error] = std::from_chars(code.data(), end, rune, 16);
  const bool surrogate = rune >= 0xd800 && rune < 0xe000;
  if (stop != end || error != std::errc() || code.size() > kMaxHexDigits || surrogate) {
    return false;
  }
  AppendRune(out, rune);
  return true;
}

}  // namespace

Status InvalidParameter(std::string_view name, const Status& status) {
  return InvalidArgument(fmt::format("invalid parameter {}: {}", Quoted(name), MessageOf(status)));
}

StatusOr<int64_t> ParseTime(std::string_view text) {
  if (const StatusOr<double> seconds = promql::ParseFloat(text); seconds.ok()) {
    if (const auto ms = MsOfSeconds(*seconds)) return *ms;
  } else if (const auto ms = Rfc3339(text).Parse()) {
    return *ms;
  } else if (text == kMinTimeText) {
    return kMinTimeMs;
  } else if (text == kMaxTimeText) {
    return kMaxTimeMs;
  }
  return InvalidArgument(fmt::format("cannot parse {} to a valid timestamp", Quoted(text)));
}

StatusOr<int64_t> RequiredTime(const HttpRequest& request, std::string_view name) {
  StatusOr<int64_t> time = ParseTime(request.Param(name));
  if (!time.ok()) return InvalidParameter(name, time.status());
  return time;
}

StatusOr<int64_t> OptionalTime(const HttpRequest& request, std::string_view name, int64_t absent) {
  const std::string_view text = request.Param(name);
  if (text.empty()) return absent;
  StatusOr<int64_t> time = ParseTime(text);
  if (!time.ok()) {
    return InvalidParameter(name, InvalidArgument(fmt::format("invalid time value for '{}': {}",
                                                              name, MessageOf(time.status()))));
  }
  return time;
}

StatusOr<int64_t> RequiredDurationMs(const HttpRequest& request, std::string_view name) {
  StatusOr<int64_t> duration = promql::ParseDurationMs(request.Param(name));
  if (!duration.ok()) return InvalidParameter(name, duration.status());
  return duration;
}

StatusOr<int64_t> OptionalDurationMs(const HttpRequest& request, std::string_view name,
                                     int64_t absent) {
  if (request.Param(name).empty()) return absent;
  return RequiredDurationMs(request, name);
}

StatusOr<size_t> Limit(const HttpRequest& request) {
  const std::string_view text = request.Param("limit");
  if (text.empty()) return size_t{0};
  const StatusOr<int64_t> limit = Atoi(text);
  if (!limit.ok()) return InvalidParameter("limit", limit.status());
  if (*limit < 0) {
    return InvalidParameter("limit", InvalidArgument("limit must be non-negative"));
  }
  return static_cast<size_t>(*limit);
}

StatusOr<MatcherSets> ParseMatchers(const HttpRequest& request) {
  MatcherSets sets;
  for (const std::string_view selector : request.ParamValues("match[]")) {
    ASSIGN_OR_RETURN(std::vector<tsdb::Matcher> matchers, promql::ParseMetricSelector(selector));
    sets.push_back(std::move(matchers));
  }
  for (const auto& matchers : sets) {
    if (!ExcludesEmpty(matchers)) {
      return InvalidArgument("match[] must contain at least one non-empty matcher");
    }
  }
  return sets;
}

std::string UnescapeLabelName(std::string_view name) {
  constexpr std::string_view kPrefix = "U__";
  if (!name.starts_with(kPrefix)) return std::string(name);
  std::string_view rest = name.substr(kPrefix.size());
  std::string out;
  while (!rest.empty()) {
    if (rest.front() != '_') {
      out += rest.front();
      rest.remove_prefix(1);
      continue;
    }
    const size_t close = rest.find('_', 1);
    if (close == std::string_view::npos || !AppendEscape(out, rest.substr(1, close - 1))) {
      return std::string(name);
    }
    rest.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace tidemark::server
