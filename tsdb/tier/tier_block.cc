#include "tsdb/tier/tier_block.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "tsdb/base/check.h"
#include "tsdb/base/checksum.h"
#include "tsdb/base/coding.h"
#include "tsdb/base/varint.h"
#include "tsdb/chunk/chunk.h"
#include "tsdb/chunk/histogram_columns.h"

namespace tidemark::tsdb {
namespace {

constexpr uint8_t kVersion = 1;

uint64_t Less(int64_t a, int64_t b) { return static_cast<uint64_t>(a) - static_cast<uint64_t>(b); }

// ---------------------------------------------------------------- writing

uint64_t FlagsOf(const Agg& agg) {
  return (agg.floats.n > 0 ? TierColumns::kFloats : 0) |
         (agg.histograms.n > 0 ? TierColumns::kHistograms : 0) |
         (agg.stale_t.has_value() ? TierColumns::kStale : 0) |
         (agg.floats.overflowed ? TierColumns::kOverflowed : 0);
}

bool KeepsCorrection(const HistogramAgg& agg) { return agg.has_correction && !agg.raw_only; }

uint64_t FlagsOf(const HistogramAgg& agg) {
  return (agg.first_is_reset ? TierColumns::kFirstIsReset : 0) |
         (KeepsCorrection(agg) ? TierColumns::kCorrection : 0) |
         (agg.reset_hint_seen ? TierColumns::kResetHint : 0) |
         (agg.no_reset_hint_seen ? TierColumns::kNoResetHint : 0) |
         (agg.raw_only ? TierColumns::kRawOnly : 0);
}

void AddFloats(const FloatAgg& agg, int64_t begin, int64_t end, TierColumns& c) {
  const size_t k = c.floats++;
  c.float_n[k] = agg.n;
  c.first_t[k] = Less(agg.first.t, begin);
  c.last_t[k] = Less(end, agg.last.t);
  c.min_t[k] = Less(agg.min_t, agg.first.t);
  c.max_t[k] = Less(agg.last.t, agg.max_t);
  c.first[k] = agg.first.v;
  c.last[k] = agg.last.v;
  c.min[k] = agg.min;
  c.max[k] = agg.max;
  c.correction[k] = agg.correction;
}

void AddHistograms(const HistogramAgg& agg, int64_t begin, int64_t end, TierColumns& c) {
  const size_t k = c.histograms++;
  c.histogram_n[k] = agg.n;
  c.histogram_first_t[k] = Less(agg.first.t, begin);
  c.histogram_last_t[k] = Less(end, agg.last.t);
  c.histogram_flags[k] = FlagsOf(agg);
  c.gauges[k] = agg.gauges;
  c.schema_drop[k] = ZigzagEncode(int64_t{agg.first.h.schema} - agg.lowest_schema);
}

std::optional<ValueScale> ScaleOf(const TierColumns& c) {
  std::vector<double> all;
  for (const auto* column : {&c.first, &c.last, &c.min, &c.max}) {
    all.insert(all.end(), column->begin(), column->begin() + c.floats);
  }
  return ValueScale::Find(all);
}

// Values that never fall.
bool Rises(const TierColumns& c) {
  for (size_t i = 0; i < c.floats; ++i) {
    if (!(c.first[i] >= (i > 0 ? c.last[i - 1] : 0)) || c.correction[i] != 0) return false;
    if (c.min[i] != c.first[i] || c.max[i] != c.last[i]) return false;
  }
  return std::all_of(c.resets.begin(), c.resets.begin() + c.windows,
                     [](uint64_t resets) { return resets == 0; });
}

void AddSums(std::span<const TierWindow> windows, TierColumns& c) {
  // The sums of a counter of fractions that are none of decimals would be half of all
  // that is kept, and what they tell is of no use.
  const bool useless = c.scale && !c.scale->is_decimal() && Rises(c);
  for (size_t i = 0; i < windows.size(); ++i) {
    const FloatAgg& agg = windows[i].agg.floats;
    if (agg.n > 1 && useless) c.flags[i] |= TierColumns::kOverflowed;
    if (agg.n == 0 || (c.flags[i] & TierColumns::kOverflowed) != 0) continue;
    c.sum[c.summed] = agg.Sum();
    c.squares[c.summed++] = agg.squares;
  }
}

TierColumns ColumnsOf(Tier tier, std::span<const TierWindow> windows) {
  TierColumns c;
  c.windows = windows.size();
  for (size_t i = 0; i < windows.size(); ++i) {
    const auto& [end, agg] = windows[i];
    const int64_t begin = end - TierWindowMs(tier);
    c.end[i] = static_cast<uint64_t>(end / TierWindowMs(tier));
    c.flags[i] = FlagsOf(agg);
    c.resets[i] = agg.resets;
    c.changes[i] = agg.changes;
    if (agg.stale_t.has_value()) c.stale_t[c.stales++] = Less(*agg.stale_t, begin);
    if (agg.floats.n > 0) AddFloats(agg.floats, begin, end, c);
    if (agg.histograms.n > 0) AddHistograms(agg.histograms, begin, end, c);
  }
  c.scale = ScaleOf(c);
  AddSums(windows, c);
  return c;
}

using Pointers = std::vector<const FloatHistogram*>;

// Their times are counted up from 0: the true ones are columns.
void AppendHistograms(const Pointers& histograms, std::string& out) {
  AppendVarint(out, histograms.size());
  if (histograms.empty()) return;
  std::vector<int64_t> times(histograms.size());
  for (size_t i = 0; i < times.size(); ++i) times[i] = static_cast<int64_t>(i);
  AppendLengthPrefixed(out, SealHistograms(times, histograms).bytes);
}

// ---------------------------------------------------------------- reading

Status Damaged(const char* what) { return DataLoss(std::string("a tier block ") + what); }

bool TakeHistograms(std::string_view& in, size_t count, std::vector<FloatHistogram>& out) {
  out.clear();
  uint64_t n;
  if (!ReadVarint(in, n) || n != count) return false;
  if (n == 0) return true;
  std::string_view bytes;
  if (!ReadLengthPrefixed(in, bytes)) return false;
  const auto decoder =
      NewChunkDecoder({Codec::kColumnHistogram, static_cast<uint32_t>(count), bytes});
  while (decoder->Next()) {
    out.insert(out.end(), decoder->run().h.begin(), decoder->run().h.end());
  }
  const auto stale = [](const FloatHistogram& h) { return h.IsStale(); };
  return decoder->status().ok() && out.size() == count &&
         std::none_of(out.begin(), out.end(), stale);
}

// Takes version, tier and checksum off.
StatusOr<std::string_view> Unwrap(Tier tier, std::string_view value) {
  if (value.size() < 2 + sizeof(uint32_t)) return Damaged("is cut");
  if (static_cast<uint8_t>(value[0]) != kVersion) return Damaged("is of an unknown version");
  std::string_view sum = value.substr(value.size() - sizeof(uint32_t));
  value.remove_suffix(sizeof(uint32_t));
  uint32_t want;
  if (!ReadBigEndian(sum, want) || Checksum32(value) != want) {
    return Damaged("has a wrong checksum");
  }
  if (static_cast<Tier>(value[1]) != tier) return Damaged("is of another tier");
  return value.substr(2);
}

}  // namespace

std::string EncodeTierBlock(Tier tier, std::span<const TierWindow> windows) {
  CHECK(!windows.empty() && windows.size() <= kMostTierWindows, "windows in a tier block");
  TierColumns columns = ColumnsOf(tier, windows);
  Pointers edges;
  Pointers corrections;
  for (const TierWindow& window : windows) {
    const HistogramAgg& agg = window.agg.histograms;
    if (agg.n == 0) continue;
    edges.push_back(&agg.first.h);
    if (agg.n > 1) edges.push_back(&agg.last.h);
    if (KeepsCorrection(agg)) corrections.push_back(&agg.correction);
  }
  std::string out;
  out.push_back(static_cast<char>(kVersion));
  out.push_back(static_cast<char>(tier));
  BitPacker bits;
  WriteTierColumns(columns, bits);
  AppendLengthPrefixed(out, bits.Finish());
  AppendHistograms(edges, out);
  AppendHistograms(corrections, out);
  AppendBigEndian<uint32_t>(out, Checksum32(out));
  return out;
}

Status TierBlockReader::Open(Tier tier, std::string_view value, Part part) {
  tier_ = tier;
  columns_.windows = 0;
  ASSIGN_OR_RETURN(std::string_view in, Unwrap(tier, value));
  std::string_view bytes;
  if (!ReadLengthPrefixed(in, bytes)) return Damaged("is cut");
  BitReader bits(bytes);
  if (!ReadTierColumns(bits, part == Part::kIncrease, columns_)) {
    columns_.windows = 0;
    return Damaged("has columns that no writer writes");
  }
  if (part == Part::kIncrease) {
    columns_.changes = {};
    columns_.min = columns_.max = columns_.sum = columns_.squares = {};
    columns_.min_t = columns_.max_t = {};
  }
  const Status status = OpenHistograms(in);
  if (status.ok() && CheckWindows()) return OkStatus();
  columns_.windows = 0;
  return status.ok() ? Damaged("has windows that no writer writes") : status;
}

Status TierBlockReader::OpenHistograms(std::string_view in) {
  size_t edges = 0;
  size_t corrections = 0;
  size_t floats = 0;
  size_t summed = 0;
  size_t histograms = 0;
  for (size_t i = 0; i < columns_.windows; ++i) {
    places_[i] = {static_cast<uint8_t>(floats), static_cast<uint8_t>(summed),
                  static_cast<uint8_t>(histograms), static_cast<uint8_t>(edges),
                  static_cast<uint8_t>(corrections)};
    const uint64_t flags = columns_.flags[i];
    const bool has_floats = (flags & TierColumns::kFloats) != 0;
    floats += has_floats ? 1 : 0;
    summed += has_floats && (flags & TierColumns::kOverflowed) == 0 ? 1 : 0;
    if ((flags & TierColumns::kHistograms) == 0) continue;
    edges += columns_.histogram_n[histograms] > 1 ? 2 : 1;
    corrections += (columns_.histogram_flags[histograms] & TierColumns::kCorrection) != 0 ? 1 : 0;
    ++histograms;
  }
  if (TakeHistograms(in, edges, edges_) && TakeHistograms(in, corrections, corrections_) &&
      in.empty()) {
    return OkStatus();
  }
  return Damaged("has histograms that no writer writes");
}

// What Agg relies on: ends ascend, and times lie in their window in order.
bool TierBlockReader::CheckWindows() {
  const int64_t most = std::numeric_limits<int64_t>::max() / TierWindowMs(tier_);
  for (size_t i = 0; i < columns_.windows; ++i) {
    const auto number = static_cast<int64_t>(columns_.end[i]);
    if (number > most || number <= -most) return false;
    if (i > 0 && number <= static_cast<int64_t>(columns_.end[i - 1])) return false;
    const uint64_t flags = columns_.flags[i];
    if (flags > TierColumns::kAllFlags || (flags & ~TierColumns::kOverflowed) == 0) return false;
    if ((flags & TierColumns::kFloats) != 0 && !CheckFloats(places_[i].floats)) return false;
    if ((flags & TierColumns::kHistograms) != 0 && !CheckHistograms(places_[i].histograms)) {
      return false;
    }
  }
  const auto window = static_cast<uint64_t>(TierWindowMs(tier_));
  return std::all_of(columns_.stale_t.begin(), columns_.stale_t.begin() + columns_.stales,
                     [window](uint64_t t) { return t > 0 && t <= window; });
}

namespace {

bool CheckTimes(uint64_t n, uint64_t first_t, uint64_t last_t, uint64_t window) {
  if (n == 0 || first_t == 0 || first_t > window || last_t >= window) return false;
  const uint64_t last = window - last_t;  // since the window began
  return n == 1 ? first_t == last : first_t < last;
}

}  // namespace

bool TierBlockReader::CheckFloats(size_t i) const {
  const auto window = static_cast<uint64_t>(TierWindowMs(tier_));
  if (!CheckTimes(columns_.float_n[i], columns_.first_t[i], columns_.last_t[i], window)) {
    return false;
  }
  const uint64_t length = window - columns_.last_t[i] - columns_.first_t[i];
  return columns_.min_t[i] <= length && columns_.max_t[i] <= length;
}

bool TierBlockReader::CheckHistograms(size_t i) const {
  const int64_t drop = ZigzagDecode(columns_.schema_drop[i]);
  return columns_.histogram_flags[i] <= TierColumns::kAllHistogramFlags &&
         columns_.gauges[i] <= columns_.histogram_n[i] && drop > -100 && drop < 100 &&
         CheckTimes(columns_.histogram_n[i], columns_.histogram_first_t[i],
                    columns_.histogram_last_t[i], static_cast<uint64_t>(TierWindowMs(tier_)));
}

void TierBlockReader::Read(size_t i, Agg& agg) const {
  const uint64_t flags = columns_.flags[i];
  agg.resets = columns_.resets[i];
  agg.changes = columns_.changes[i];
  agg.stale_t.reset();
  if ((flags & TierColumns::kStale) != 0) {
    size_t place = 0;
    for (size_t k = 0; k < i; ++k) place += (columns_.flags[k] & TierColumns::kStale) != 0 ? 1 : 0;
    agg.stale_t = begin(i) + static_cast<int64_t>(columns_.stale_t[place]);
  }
  if ((flags & TierColumns::kFloats) != 0) {
    ReadFloats(i, agg.floats);
  } else {
    agg.floats = {};
  }
  if ((flags & TierColumns::kHistograms) != 0) {
    ReadHistograms(i, agg.histograms);
  } else if (agg.histograms.n > 0) {
    agg.histograms = {};
  }
}

void TierBlockReader::ReadFloats(size_t i, FloatAgg& out) const {
  const TierColumns& c = columns_;
  const size_t k = places_[i].floats;
  out.n = c.float_n[k];
  out.first = {begin(i) + static_cast<int64_t>(c.first_t[k]), c.first[k]};
  out.last = {end(i) - static_cast<int64_t>(c.last_t[k]), c.last[k]};
  out.correction = c.correction[k];
  out.min = c.min[k];
  out.max = c.max[k];
  out.min_t = out.first.t + static_cast<int64_t>(c.min_t[k]);
  out.max_t = out.last.t - static_cast<int64_t>(c.max_t[k]);
  out.overflowed = (c.flags[i] & TierColumns::kOverflowed) != 0;
  out.sum = out.overflowed ? 0 : c.sum[places_[i].summed];
  out.compensation = 0;
  out.mean = out.sum / static_cast<double>(out.n);
  out.squares = out.overflowed ? 0 : c.squares[places_[i].summed];
}

void TierBlockReader::ReadHistograms(size_t i, HistogramAgg& out) const {
  const TierColumns& c = columns_;
  const auto [floats, summed, k, edge, correction] = places_[i];
  const uint64_t flags = c.histogram_flags[k];
  out.n = c.histogram_n[k];
  // What is there already keeps its memory.
  out.first.t = begin(i) + static_cast<int64_t>(c.histogram_first_t[k]);
  out.first.h = edges_[edge];
  out.last.t = end(i) - static_cast<int64_t>(c.histogram_last_t[k]);
  out.last.h = edges_[edge + (out.n > 1 ? 1 : 0)];
  out.lowest_schema = out.first.h.schema - static_cast<int32_t>(ZigzagDecode(c.schema_drop[k]));
  out.first_is_reset = (flags & TierColumns::kFirstIsReset) != 0;
  out.has_correction = (flags & TierColumns::kCorrection) != 0;
  if (out.has_correction) {
    out.correction = corrections_[correction];
  } else {
    out.correction = {};
  }
  out.reset_hint_seen = (flags & TierColumns::kResetHint) != 0;
  out.no_reset_hint_seen = (flags & TierColumns::kNoResetHint) != 0;
  out.raw_only = (flags & TierColumns::kRawOnly) != 0;
  out.gauges = c.gauges[k];
  out.sum = {};
  out.compensation = {};
  out.no_sums = true;
}

}  // namespace tidemark::tsdb
