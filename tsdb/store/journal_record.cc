#include "tsdb/store/journal_record.h"

#include <fmt/format.h>

#include <bit>
#include <utility>

#include "tsdb/base/coding.h"
#include "tsdb/base/varint.h"
#include "tsdb/store/histogram_coding.h"

namespace tidemark::tsdb {
namespace {

// What a record begins with.
constexpr char kPlainFloats = 1;  // samples, each float has 8 bytes; no longer written
constexpr char kSamples = 2;
constexpr char kDelete = 3;
constexpr char kSamplesLastWins = 4;
// Beside one of these, but kDelete: start columns follow the head.
constexpr char kWithStarts = 0x40;
constexpr size_t kLeastEntryBytes = 3;

// Wraps around, as differences of any two 64-bit numbers must be able to.
int64_t Difference(uint64_t a, uint64_t b) { return static_cast<int64_t>(a - b); }
uint64_t Sum(uint64_t a, int64_t b) { return a + static_cast<uint64_t>(b); }

struct KeyReader {
  SeriesId series = 0;
  int64_t t = 0;

  bool Read(std::string_view& in) {
    int64_t series_step;
    int64_t t_step;
    if (!ReadZigzag(in, series_step) || !ReadZigzag(in, t_step)) return false;
    series = Sum(series, series_step);
    t = static_cast<int64_t>(Sum(static_cast<uint64_t>(t), t_step));
    return true;
  }
};

bool ReadPlainFloats(std::string_view& in, JournalRecord& record) {
  uint64_t n;
  if (!ReadVarint(in, n) || n > in.size() / kLeastEntryBytes) return false;
  record.floats.reserve(n);
  KeyReader key;
  for (uint64_t i = 0; i < n; ++i) {
    double v;
    if (!key.Read(in) || !ReadDouble(in, v)) return false;
    record.floats.push_back({key.series, key.t, v});
  }
  return true;
}

bool ReadHistograms(std::string_view& in, JournalRecord& record) {
  KeyReader key;
  while (!in.empty()) {
    FloatHistogram h;
    if (!key.Read(in) || !ReadHistogram(in, h)) return false;
    record.histograms.push_back({key.series, key.t, std::move(h)});
  }
  return true;
}

bool ReadDelete(std::string_view& in, DeletedSamples& deleted) {
  uint64_t span;
  uint64_t n;
  if (!ReadZigzag(in, deleted.times.mint) || !ReadVarint(in, span) || !ReadVarint(in, n) ||
      n > in.size()) {
    return false;
  }
  deleted.times.maxt = static_cast<int64_t>(
      Sum(static_cast<uint64_t>(deleted.times.mint), static_cast<int64_t>(span)));
  deleted.series.reserve(n);
  SeriesId series = 0;
  for (uint64_t i = 0; i < n; ++i) {
    uint64_t step;
    if (!ReadVarint(in, step)) return false;
    deleted.series.push_back(series += step);
  }
  return in.empty() && deleted.times.mint <= deleted.times.maxt;
}

bool ReadBody(char kind, std::string_view& in, JournalRecord& record) {
  if (kind == kDelete) return ReadDelete(in, record.deleted);
  record.last_wins = kind == kSamplesLastWins;
  const bool floats =
      kind == kPlainFloats ? ReadPlainFloats(in, record) : ReadJournalFloats(in, record.floats);
  return floats && ReadHistograms(in, record);
}

// What of a record is decoded with its samples' times.
struct StartColumns {
  std::string_view floats;
  std::string_view histograms;
};

template <typename T>
bool ReadStarts(std::string_view column, const std::vector<T>& samples,
                std::vector<int64_t>& starts) {
  if (column.empty()) return true;
  StartReader reader(column);
  starts.reserve(samples.size());
  for (const T& sample : samples) starts.push_back(reader.Next(sample.t));
  return reader.ok();
}

bool ReadBodyWithStarts(char kind, std::string_view& in, JournalRecord& record) {
  StartColumns starts;
  return kind != kDelete && ReadLengthPrefixed(in, starts.floats) &&
         ReadLengthPrefixed(in, starts.histograms) && ReadBody(kind, in, record) &&
         ReadStarts(starts.floats, record.floats, record.float_starts) &&
         ReadStarts(starts.histograms, record.histograms, record.histogram_starts);
}

void AppendHead(char kind, TenantId tenant, uint64_t sequence, uint64_t durable, std::string& out) {
  out.push_back(kind);
  AppendVarint(out, tenant);
  AppendVarint(out, sequence - durable);
}

}  // namespace

void JournalWriter::Section::AddKey(SeriesId next_series, int64_t next_t) {
  AppendZigzag(bytes, Difference(next_series, series));
  AppendZigzag(bytes, Difference(static_cast<uint64_t>(next_t), static_cast<uint64_t>(t)));
  series = next_series;
  t = next_t;
}

void JournalWriter::AddHistogram(SeriesId series, int64_t t, const FloatHistogram& h,
                                 int64_t start) {
  histogram_starts_.Add(t, start);
  histograms_.AddKey(series, t);
  AppendHistogram(histograms_.bytes, h);
}

void JournalWriter::Section::Clear() {
  bytes.clear();
  series = 0;
  t = 0;
}

void JournalWriter::Clear() {
  floats_.Clear();
  histograms_.Clear();
  float_starts_ = {};
  histogram_starts_ = {};
  last_wins_ = false;
}

std::string JournalWriter::Finish(TenantId tenant, uint64_t sequence, uint64_t durable) {
  std::string out;
  Finish(tenant, sequence, durable, out);
  return out;
}

void JournalWriter::Finish(TenantId tenant, uint64_t sequence, uint64_t durable, std::string& out) {
  out.clear();
  const bool starts = !float_starts_.column.empty() || !histogram_starts_.column.empty();
  const char kind = last_wins_ ? kSamplesLastWins : kSamples;
  AppendHead(starts ? kind | kWithStarts : kind, tenant, sequence, durable, out);
  if (starts) {
    AppendLengthPrefixed(out, float_starts_.column.Finish());
    AppendLengthPrefixed(out, histogram_starts_.column.Finish());
  }
  floats_.Finish(out);
  out += histograms_.bytes;
  Clear();
}

std::string EncodeDelete(const DeletedSamples& deleted, TenantId tenant, uint64_t sequence,
                         uint64_t durable) {
  std::string out;
  AppendHead(kDelete, tenant, sequence, durable, out);
  AppendZigzag(out, deleted.times.mint);
  AppendVarint(
      out, static_cast<uint64_t>(deleted.times.maxt) - static_cast<uint64_t>(deleted.times.mint));
  AppendVarint(out, deleted.series.size());
  SeriesId before = 0;
  for (const SeriesId series : deleted.series) {
    AppendVarint(out, series - before);
    before = series;
  }
  return out;
}

StatusOr<JournalRecord> DecodeJournalRecord(uint64_t sequence, std::string_view bytes) {
  const char kind = bytes.empty() ? '\0' : static_cast<char>(bytes[0] & ~kWithStarts);
  if (kind < kPlainFloats || kind > kSamplesLastWins) {
    return DataLoss(fmt::format("journal record {}: kind {}, this program knows {} to {}", sequence,
                                bytes.empty() ? -1 : int{bytes[0]}, int{kPlainFloats},
                                int{kSamplesLastWins}));
  }
  JournalRecord record;
  std::string_view in = bytes.substr(1);
  uint64_t lag;
  if (!ReadVarint32(in, record.tenant) || !ReadVarint(in, lag) || lag > sequence ||
      !(kind == bytes[0] ? ReadBody(kind, in, record) : ReadBodyWithStarts(kind, in, record))) {
    return DataLoss(
        fmt::format("journal record {}: damaged {} bytes before its end", sequence, in.size()));
  }
  record.durable = sequence - lag;
  return record;
}

}  // namespace tidemark::tsdb
