// Parameters of the API as Prometheus reads them, and its words where it cannot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/http.h"
#include "tsdb/base/status.h"
#include "tsdb/model/matcher.h"

namespace tidemark::server {

// The times that stand for "from the first" and "to the last sample", which
// clients may also spell out as RFC 3339.
inline constexpr int64_t kMinTimeMs =
    (std::numeric_limits<int64_t>::min() / 1000 + 62'135'596'801) * 1000;
inline constexpr int64_t kMaxTimeMs =
    (std::numeric_limits<int64_t>::max() / 1000 - 62'135'596'801) * 1000 + 999;

// Seconds since the Unix epoch (1435781451.781) or RFC 3339, in milliseconds.
//   kInvalidArgument  `cannot parse "x" to a valid timestamp`
StatusOr<int64_t> ParseTime(std::string_view text);

// The parameters below: `absent` where there is none or an empty one.
//   kInvalidArgument  `invalid parameter "start": …`
StatusOr<int64_t> RequiredTime(const HttpRequest& request, std::string_view name);
StatusOr<int64_t> OptionalTime(const HttpRequest& request, std::string_view name, int64_t absent);
StatusOr<int64_t> RequiredDurationMs(const HttpRequest& request, std::string_view name);
StatusOr<int64_t> OptionalDurationMs(const HttpRequest& request, std::string_view name,
                                     int64_t absent);
// `limit`; 0: none.
StatusOr<size_t> Limit(const HttpRequest& request);

// One set of matchers for each match[]; each must exclude the empty value
// somewhere, so that no one asks for everything by mistake.
//   kInvalidArgument  what the parser says, without naming the parameter
using MatcherSets = std::vector<std::vector<tsdb::Matcher>>;
StatusOr<MatcherSets> ParseMatchers(const HttpRequest& request);

// `invalid parameter "name": …` around a kInvalidArgument.
Status InvalidParameter(std::string_view name, const Status& status);

// A label name as a path carries it: U__ in front, __ for an underscore, _HEX_
// for any other code point (upstream's "value encoding").  Names without U__,
// and those that are not well-formed, stay as they are.
std::string UnescapeLabelName(std::string_view name);

}  // namespace tidemark::server
