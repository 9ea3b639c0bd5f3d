// Numbers as text: what PromQL's literals and the HTTP API's numbers are worth,
// and how literals are printed.  Both follow Go's strconv.
#pragma once

#include <string>
#include <string_view>

#include "tsdb/base/status.h"

namespace tidemark::promql {

// A floating-point number: decimal, hexadecimal with a binary exponent, Inf, NaN
// in any case of letters; underscores between digits.
//   kInvalidArgument  `strconv.ParseFloat: parsing "1e": invalid syntax`
//   kOutOfRange       the same with "value out of range"
StatusOr<double> ParseFloat(std::string_view text);

// A literal of PromQL: an integer in decimal, octal (leading 0) or hexadecimal
// (0x), else what ParseFloat takes; its errors.
StatusOr<double> ParseNumber(std::string_view text);

// The shortest decimal that reads back as `value`, never with an exponent; +Inf,
// -Inf, NaN.  (tsdb/base/go_float.h is the form with exponents.)
std::string FormatFixed(double value);

}  // namespace tidemark::promql
