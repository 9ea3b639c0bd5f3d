#include "server/remote_read/prometheus_chunk.h"

#include "server/remote_read/prometheus_bits.h"
#include "server/remote_read/prometheus_histograms.h"
#include "tsdb/base/coding.h"

namespace tidemark::server {
namespace {

std::string EncodeFloats(const std::vector<int64_t>& t, const std::vector<double>& v) {
  std::string chunk;
  tsdb::BitWriter bits;
  XorColumn values;
  bits.Write(t.size(), 16);
  WriteVarint(bits, t[0]);
  values.WriteFirst(bits, v[0]);
  uint64_t delta = 0;
  for (size_t i = 1; i < t.size(); ++i) {
    // Modulo 2^64, as times may lie that far apart.
    const uint64_t next = static_cast<uint64_t>(t[i]) - static_cast<uint64_t>(t[i - 1]);
    if (i == 1) {
      WriteUvarint(bits, next);
    } else {
      WriteSigned(bits, static_cast<int64_t>(next - delta), kTimeWidths);
    }
    delta = next;
    values.Write(bits, v[i]);
  }
  return bits.Take();
}

}  // namespace

void ChunkWriter::Add(const tsdb::SampleRun& run) {
  for (size_t i = 0; i < run.size(); ++i) {
    if (run.is_float()) {
      AddFloat(run.t[i], run.v[i]);
    } else {
      AddHistogram(run.t[i], run.h[i]);
    }
  }
}

void ChunkWriter::AddFloat(int64_t t, double v) {
  if (times_.size() == kMaxSamples || !histograms_.empty()) Flush();
  times_.push_back(t);
  floats_.push_back(v);
}

void ChunkWriter::AddHistogram(int64_t t, const tsdb::FloatHistogram& h) {
  const bool whole = HasWholeCounts(h);
  if (times_.size() == kMaxSamples || !floats_.empty() || !Joins(h, whole)) Flush();
  if (times_.empty()) whole_ = whole;
  times_.push_back(t);
  histograms_.push_back(h);
}

bool ChunkWriter::Joins(const tsdb::FloatHistogram& h, bool whole) const {
  if (histograms_.empty()) return true;
  const tsdb::FloatHistogram& last = histograms_.back();
  if (last.IsStale()) return false;  // only stale ones may follow; they are rare
  const auto is_gauge = [](const tsdb::FloatHistogram& one) {
    return one.counter_reset_hint == tsdb::CounterResetHint::kGauge;
  };
  if (is_gauge(h) != is_gauge(last)) return false;
  if (h.IsStale()) return true;
  return whole == whole_ && h.schema == last.schema && h.zero_threshold == last.zero_threshold &&
         h.custom_values == last.custom_values && (is_gauge(h) || !h.DetectReset(last));
}

void ChunkWriter::Flush() {
  if (times_.empty()) return;
  floats_.empty() ? FlushHistograms() : FlushFloats();
  times_.clear();
  floats_.clear();
  histograms_.clear();
}

void ChunkWriter::FlushFloats() {
  write_({times_.front(), times_.back(), ChunkEncoding::kXor, EncodeFloats(times_, floats_)});
}

void ChunkWriter::FlushHistograms() {
  write_({times_.front(), times_.back(),
          whole_ ? ChunkEncoding::kHistogram : ChunkEncoding::kFloatHistogram,
          EncodeHistograms(times_, histograms_, whole_)});
}

}  // namespace tidemark::server
