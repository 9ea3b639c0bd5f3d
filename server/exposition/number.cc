#include "server/exposition/number.h"

#include <cmath>
#include <string_view>

#include "tsdb/base/go_float.h"

namespace tidemark::server {

void AppendFloat(double value, std::string* out) {
  // Go's client library writes minus zero without its sign.
  out->append(value == 0 ? "0" : GoFloat(value));
}

void AppendOpenMetricsFloat(double value, std::string* out) {
  const size_t start = out->size();
  AppendFloat(value, out);
  const std::string_view written = std::string_view(*out).substr(start);
  if (std::isfinite(value) && written.find_first_of(".e") == std::string_view::npos) {
    out->append(".0");
  }
}

}  // namespace tidemark::server
