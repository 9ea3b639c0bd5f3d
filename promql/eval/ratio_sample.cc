#include "promql/eval/ratio_sample.h"

#include <xxhash.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace tidemark::promql {
namespace {

// Prometheus' labels in memory (model/labels, stringlabels): each text behind
// its size, one byte, or 0xff and three bytes, little-endian.
void AppendSized(std::string& out, std::string_view text) {
  const size_t size = text.size();
  if (size < 0xff) {
    out.push_back(static_cast<char>(size));
  } else {
    out.push_back('\xff');
    for (int shift : {0, 8, 16}) out.push_back(static_cast<char>(size >> shift & 0xff));
  }
  out.append(text);
}

}  // namespace

double RatioOffset(const tsdb::Labels& labels) {
  std::string packed;
  for (tsdb::LabelView label : labels) {
    AppendSized(packed, label.name);
    AppendSized(packed, label.value);
  }
  const uint64_t hash = XXH64(packed.data(), packed.size(), 0);
  return static_cast<double>(hash) / static_cast<double>(std::numeric_limits<uint64_t>::max());
}

bool InRatio(double ratio, double offset) {
  return ratio >= 0 ? offset < ratio : offset >= 1 + ratio;
}

}  // namespace tidemark::promql
