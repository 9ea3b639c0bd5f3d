#include "tsdb/store/journal_record.h"

#include <fmt/format.h>

#include <bit>
#include <utility>

#include "tsdb/base/coding.h"
#include "tsdb/base/varint.h"
#include "tsdb/store/histogram_coding.h"

namespace tidemark::tsdb {
namespace {

constexpr char kVersion = 2;
constexpr char kPlainFloats = 1;  // the version before: each float has 8 bytes
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

}  // namespace

void JournalWriter::Section::AddKey(SeriesId next_series, int64_t next_t) {
  AppendZigzag(bytes, Difference(next_series, series));
  AppendZigzag(bytes, Difference(static_cast<uint64_t>(next_t), static_cast<uint64_t>(t)));
  series = next_series;
  t = next_t;
}

void JournalWriter::AddHistogram(SeriesId series, int64_t t, const FloatHistogram& h) {
  histograms_.AddKey(series, t);
  AppendHistogram(histograms_.bytes, h);
}

std::string JournalWriter::Finish(TenantId tenant, uint64_t sequence, uint64_t durable) {
  std::string out;
  out.push_back(kVersion);
  AppendVarint(out, tenant);
  AppendVarint(out, sequence - durable);
  floats_.Finish(out);
  out += histograms_.bytes;
  *this = JournalWriter();
  return out;
}

StatusOr<JournalRecord> DecodeJournalRecord(uint64_t sequence, std::string_view bytes) {
  if (bytes.empty() || bytes[0] < kPlainFloats || bytes[0] > kVersion) {
    return DataLoss(fmt::format("journal record {}: version {}, this program knows {}", sequence,
                                bytes.empty() ? -1 : int{bytes[0]}, int{kVersion}));
  }
  JournalRecord record;
  std::string_view in = bytes.substr(1);
  uint64_t lag;
  const auto read_floats = [&] {
    return bytes[0] == kPlainFloats ? ReadPlainFloats(in, record)
                                    : ReadJournalFloats(in, record.floats);
  };
  if (!ReadVarint32(in, record.tenant) || !ReadVarint(in, lag) || lag > sequence ||
      !read_floats() || !ReadHistograms(in, record)) {
    return DataLoss(
        fmt::format("journal record {}: damaged {} bytes before its end", sequence, in.size()));
  }
  record.durable = sequence - lag;
  return record;
}

}  // namespace tidemark::tsdb
