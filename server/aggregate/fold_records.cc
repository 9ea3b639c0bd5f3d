#include "server/aggregate/fold_records.h"

#include <utility>

#include "tsdb/base/coding.h"
#include "tsdb/base/varint.h"
#include "tsdb/store/histogram_coding.h"

namespace tidemark::server {
namespace {

constexpr uint8_t kVersion = 1;
constexpr uint8_t kHistograms = 1;  // flags of outputs
constexpr uint8_t kBorn = 2;
constexpr uint8_t kEnded = 1;  // flags of inputs
constexpr uint8_t kHistogram = 2;
constexpr uint8_t kGauges = 4;

void AppendId(std::string& out, const FoldId& id) {
  AppendBigEndian<uint64_t>(out, id.high);
  AppendBigEndian<uint64_t>(out, id.low);
}

bool ReadId(std::string_view& in, FoldId& id) {
  return ReadBigEndian(in, id.high) && ReadBigEndian(in, id.low);
}

void AppendMs(std::string& out, int64_t t) {
  AppendBigEndian<uint64_t>(out, static_cast<uint64_t>(t));
}

bool ReadMs(std::string_view& in, int64_t& t) {
  uint64_t bits;
  if (!ReadBigEndian(in, bits)) return false;
  t = static_cast<int64_t>(bits);
  return true;
}

void AppendWindow(std::string& out, const FoldWindow& window) {
  AppendMs(out, window.end);
  AppendDouble(out, window.increase);
  out.push_back(window.histogram ? 1 : 0);
  if (window.histogram) tsdb::AppendHistogram(out, *window.histogram);
}

bool ReadWindow(std::string_view& in, FoldWindow& window) {
  uint8_t has_histogram;
  if (!ReadMs(in, window.end) || !ReadDouble(in, window.increase) ||
      !ReadBigEndian(in, has_histogram) || has_histogram > 1) {
    return false;
  }
  return has_histogram == 0 || tsdb::ReadHistogram(in, window.histogram.emplace());
}

bool ReadWindows(std::string_view& in, std::vector<FoldWindow>& windows) {
  uint64_t n;
  if (!ReadVarint(in, n) || n > in.size()) return false;
  windows.resize(n);
  for (FoldWindow& window : windows) {
    if (!ReadWindow(in, window)) return false;
  }
  return true;
}

bool ReadOutput(std::string_view& in, FoldOutput& output) {
  uint8_t version;
  uint8_t flags;
  uint8_t function;
  if (!ReadBigEndian(in, version) || version != kVersion || !ReadBigEndian(in, flags) ||
      !ReadBigEndian(in, function) || function >= kFoldFunctions) {
    return false;
  }
  output.histograms = (flags & kHistograms) != 0;
  output.born = (flags & kBorn) != 0;
  output.function = static_cast<FoldFunction>(function);
  if (!ReadMs(in, output.emitted) || !ReadDouble(in, output.total)) return false;
  if (output.histograms && !tsdb::ReadHistogram(in, output.histogram_total)) return false;
  return ReadWindows(in, output.windows);
}

bool ReadGauges(std::string_view& in, std::vector<FoldGauge>& gauges) {
  uint64_t n;
  if (!ReadVarint(in, n) || n > in.size()) return false;
  gauges.resize(n);
  for (FoldGauge& gauge : gauges) {
    if (!ReadMs(in, gauge.t) || !ReadDouble(in, gauge.v)) return false;
  }
  return true;
}

bool ReadInput(std::string_view& in, StoredInput& out) {
  uint8_t flags;
  FoldInput& input = out.input;
  if (!ReadId(in, input.id) || !ReadId(in, out.output) || !ReadBigEndian(in, flags) ||
      !ReadMs(in, input.t)) {
    return false;
  }
  input.ended = (flags & kEnded) != 0;
  out.histograms = (flags & kHistogram) != 0;
  out.gauges = (flags & kGauges) != 0;
  if (out.gauges) return ReadGauges(in, input.gauges);
  if (!out.histograms) return ReadDouble(in, input.v);
  input.histogram = std::make_unique<tsdb::FloatHistogram>();
  return tsdb::ReadHistogram(in, *input.histogram);
}

}  // namespace

std::string SeedKey() { return std::string(1, kSeedRecord); }

std::string OutputKey(const FoldId& id) {
  std::string key(1, kOutputRecord);
  AppendId(key, id);
  return key;
}

std::string PageKey(uint32_t page) {
  std::string key(1, kPageRecord);
  AppendBigEndian<uint32_t>(key, page);
  return key;
}

bool DecodeFoldKey(std::string_view bytes, FoldKey& key) {
  if (bytes.empty()) return false;
  key.record = bytes[0];
  bytes.remove_prefix(1);
  if (key.record == kOutputRecord && !ReadId(bytes, key.id)) return false;
  if (key.record == kPageRecord && !ReadBigEndian(bytes, key.page)) return false;
  const bool known =
      key.record == kSeedRecord || key.record == kOutputRecord || key.record == kPageRecord;
  return known && bytes.empty();
}

std::string EncodeSeed(uint64_t seed) {
  std::string out;
  AppendBigEndian<uint64_t>(out, seed);
  return out;
}

StatusOr<uint64_t> DecodeSeed(std::string_view bytes) {
  uint64_t seed;
  if (!ReadBigEndian(bytes, seed) || !bytes.empty()) {
    return DataLoss("the seed of folded series does not have 8 bytes");
  }
  return seed;
}

std::string EncodeOutput(const FoldOutput& output) {
  std::string out;
  out.push_back(static_cast<char>(kVersion));
  out.push_back(
      static_cast<char>((output.histograms ? kHistograms : 0) | (output.born ? kBorn : 0)));
  out.push_back(static_cast<char>(output.function));
  AppendMs(out, output.emitted);
  AppendDouble(out, output.total);
  if (output.histograms) tsdb::AppendHistogram(out, output.histogram_total);
  AppendVarint(out, output.windows.size());
  for (const FoldWindow& window : output.windows) AppendWindow(out, window);
  out += output.labels.packed();
  return out;
}

StatusOr<FoldOutput> DecodeOutput(std::string_view bytes) {
  FoldOutput output;
  if (!ReadOutput(bytes, output)) return DataLoss("an output of folded series cannot be read");
  ASSIGN_OR_RETURN(output.labels, tsdb::Labels::FromPacked(bytes));
  return output;
}

void AppendInput(std::string& page, const FoldInput& input) {
  const FoldOutput& output = *input.output;
  const bool gauges = output.function != FoldFunction::kIncrease;
  AppendId(page, input.id);
  AppendId(page, output.id);
  page.push_back(static_cast<char>((input.ended ? kEnded : 0) |
                                   (output.histograms ? kHistogram : 0) | (gauges ? kGauges : 0)));
  AppendMs(page, input.t);
  if (output.histograms) return tsdb::AppendHistogram(page, *input.histogram);
  if (!gauges) return AppendDouble(page, input.v);
  AppendVarint(page, input.gauges.size());
  for (const FoldGauge& gauge : input.gauges) {
    AppendMs(page, gauge.t);
    AppendDouble(page, gauge.v);
  }
}

StatusOr<std::vector<StoredInput>> DecodePage(std::string_view bytes) {
  std::vector<StoredInput> inputs;
  while (!bytes.empty()) {
    if (!ReadInput(bytes, inputs.emplace_back())) {
      return DataLoss("a page of inputs of folded series cannot be read");
    }
  }
  return inputs;
}

}  // namespace tidemark::server
