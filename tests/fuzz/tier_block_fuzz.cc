// Any bytes as a tier block: an error, or windows that Agg can go on with, and that
// come back when they are written again.
//
// The input: a tier block without its checksum.
#include <cstdlib>
#include <string>
#include <vector>

#include "tsdb/base/checksum.h"
#include "tsdb/base/coding.h"
#include "tsdb/tier/day_quality.h"
#include "tsdb/tier/tier_block.h"

using namespace tidemark;
using namespace tidemark::tsdb;

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

std::vector<TierWindow> ReadAll(const TierBlockReader& block) {
  std::vector<TierWindow> windows(block.size());
  for (size_t i = 0; i < block.size(); ++i) {
    windows[i].end = block.end(i);
    block.Read(i, windows[i].agg);
  }
  return windows;
}

void Check(Tier tier, const std::string& value) {
  TierBlockReader block;
  if (!block.Open(tier, value).ok()) return;
  const std::vector<TierWindow> windows = ReadAll(block);
  Agg all;
  for (const TierWindow& window : windows) all.Combine(window.agg);
  const std::string again = EncodeTierBlock(tier, windows);
  Require(block.Open(tier, again).ok() && block.size() == windows.size());
  Require(block.Open(tier, value, TierBlockReader::Part::kIncrease).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string value(reinterpret_cast<const char*>(data), size);
  AppendBigEndian<uint32_t>(value, Checksum32(value));
  Check(Tier::kHour, value);
  Check(Tier::kDay, value);
  const auto quality = DecodeDayQuality(value);
  if (quality.ok()) Require(DecodeDayQuality(EncodeDayQuality(*quality)).ok());
  return 0;
}
