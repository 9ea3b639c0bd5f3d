#include "tsdb/chunk/histogram_layout.h"

#include "tsdb/base/coding.h"

namespace tidemark::tsdb {

void HistogramState::Restart(bool with_fractions) {
  ForEachCount(last, [](double& count) { count = 0; });
  last.sum = 0;
  growth.assign(2 + last.positive_buckets.size() + last.negative_buckets.size(), 0);
  fractions = with_fractions;
}

void AppendXor(std::string& out, double before, double v) {
  const uint64_t change = std::bit_cast<uint64_t>(before) ^ std::bit_cast<uint64_t>(v);
  if (change == 0) {
    out.push_back(0);
    return;
  }
  const int leading = std::countl_zero(change) / 8;
  const int length = 8 - leading - std::countr_zero(change) / 8;
  out.push_back(static_cast<char>(leading << 4 | length));
  char bytes[8];
  StoreBigEndian<uint64_t>(bytes, change);
  out.append(bytes + leading, static_cast<size_t>(length));
}

bool ReadXor(std::string_view& in, double& v) {
  if (in.empty()) return false;
  const auto control = static_cast<unsigned char>(in[0]);
  const size_t leading = control >> 4;
  const size_t length = control & 0x0f;
  if (leading + length > 8 || in.size() < 1 + length) return false;
  char bytes[8] = {};
  in.copy(bytes + leading, length, 1);
  in.remove_prefix(1 + length);
  v = std::bit_cast<double>(std::bit_cast<uint64_t>(v) ^ LoadBigEndian<uint64_t>(bytes));
  return true;
}

}  // namespace tidemark::tsdb
