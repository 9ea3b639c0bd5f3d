// Numbers as Prometheus' HTTP API prints them (upstream util/jsonutil).
#pragma once

#include <cstdint>
#include <string>

namespace tidemark::server {

// The shortest digits that read back as `v`, without quotes: "0.1", "-0",
// "NaN", "+Inf"; below 1e-6 and from 1e21 on with an exponent, "1e-07".
void AppendFloat(std::string& out, double v);

// The same without exponents, however long: what scalars are printed with.
void AppendPlainFloat(std::string& out, double v);

// Milliseconds as seconds: 1435781451.781, 1435781430, -0.005.
void AppendTimestamp(std::string& out, int64_t ms);

}  // namespace tidemark::server
