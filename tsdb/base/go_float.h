// Numbers as Go's fmt prints them, for texts that must equal Prometheus'.
#pragma once

#include <string>

namespace tidemark {

// %g: the shortest digits that read back as `v`; NaN, +Inf, -Inf; an exponent
// below -4 or from 6 on is written as such.
std::string GoFloat(double v);
// %.<precision>g: at most that many significant digits.
std::string GoFloat(double v, int precision);

}  // namespace tidemark
