// Values of OpenTelemetry's attributes as text, as its Collector and Prometheus
// write them: numbers as JSON has them, bytes in base64, lists and maps in JSON
// with sorted keys.
#pragma once

#include <string>

#include "proto/otlp.pb.h"

namespace tidemark::server {

// "" where there is no value.
std::string AttributeText(const proto::otlp::AnyValue& value);

// The shortest decimal digits that read back as `v`, never with an exponent:
// "0.005", "1000000".  NaN, +Inf, -Inf.  For `le` and `quantile`.
std::string DecimalText(double v);

}  // namespace tidemark::server
