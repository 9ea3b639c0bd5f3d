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

bool ReadInput(std::string_view& in, const FoldOutput& output, FoldInput& input) {
  FoldId id;
  uint8_t flags;
  if (!ReadId(in, id) || !ReadBigEndian(in, flags) || !ReadMs(in, input.t)) return false;
  input.ended = (flags & kEnded) != 0;
  if (output.histograms) {
    input.histogram = std::make_unique<tsdb::FloatHistogram>();
    return tsdb::ReadHistogram(in, *input.histogram);
  }
  if (output.function == FoldFunction::kIncrease) return ReadDouble(in, input.v);
  return ReadGauges(in, input.gauges);
}

}  // namespace

std::string FoldKey(char record, const FoldId& id) {
  std::string key(1, record);
  if (record != kSeedRecord) AppendId(key, id);
  return key;
}

bool DecodeFoldKey(std::string_view bytes, char& record, FoldId& id) {
  if (bytes.empty()) return false;
  record = bytes[0];
  bytes.remove_prefix(1);
  if (record == kSeedRecord) return bytes.empty();
  return (record == kOutputRecord || record == kInputRecord) && ReadId(bytes, id) && bytes.empty();
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

std::string EncodeInput(const FoldInput& input) {
  const FoldOutput& output = *input.output;
  std::string out;
  AppendId(out, output.id);
  out.push_back(static_cast<char>(input.ended ? kEnded : 0));
  AppendMs(out, input.t);
  if (output.histograms) {
    tsdb::AppendHistogram(out, *input.histogram);
  } else if (output.function == FoldFunction::kIncrease) {
    AppendDouble(out, input.v);
  } else {
    AppendVarint(out, input.gauges.size());
    for (const FoldGauge& gauge : input.gauges) {
      AppendMs(out, gauge.t);
      AppendDouble(out, gauge.v);
    }
  }
  return out;
}

StatusOr<FoldId> DecodeInputOutput(std::string_view bytes) {
  FoldId id;
  if (!ReadId(bytes, id)) return DataLoss("an input of folded series ends early");
  return id;
}

StatusOr<FoldInput> DecodeInput(std::string_view bytes, const FoldOutput& output) {
  FoldInput input;
  if (!ReadInput(bytes, output, input) || !bytes.empty()) {
    return DataLoss("an input of folded series cannot be read");
  }
  return input;
}

}  // namespace tidemark::server
