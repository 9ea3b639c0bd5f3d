// Numbers as the exposition formats write them: the fewest digits that read
// back as the same double, laid out like Go's strconv 'g', and NaN, +Inf, -Inf.
#pragma once

#include <string>

namespace tidemark::server {

// 1, 0.25, 1.234567e+06; minus zero is 0.
void AppendFloat(double value, std::string* out);

// OpenMetrics tells floats from integers: the same with ".0" where there is
// neither a point nor an exponent.
void AppendOpenMetricsFloat(double value, std::string* out);

}  // namespace tidemark::server
