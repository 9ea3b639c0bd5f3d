#include "tsdb/chunk/encoded_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "tsdb/base/checksum.h"
#include "tsdb/base/coding.h"
#include "tsdb/base/varint.h"

namespace tidemark::tsdb {
namespace {

constexpr uint8_t kPlain = 1;       // versions: without starts
constexpr uint8_t kWithStarts = 2;  // and with them

bool IsKnown(uint8_t codec) { return codec <= static_cast<uint8_t>(kLastCodec); }

// The header up to and with the length of the chunk.
bool ReadHeader(std::string_view& in, EncodedRun& run, uint64_t& length) {
  uint8_t codec;
  int64_t min_t;
  uint64_t span;
  if (!ReadBigEndian(in, codec) || !ReadBigEndian(in, run.info.flags) ||
      !ReadVarint32(in, run.chunk.count) || !ReadZigzag(in, min_t) || !ReadVarint(in, span) ||
      !ReadVarint(in, run.info.sequence) || !ReadVarint(in, length)) {
    return false;
  }
  run.chunk.codec = static_cast<Codec>(codec);
  run.info.min_t = min_t;
  run.info.max_t = static_cast<int64_t>(static_cast<uint64_t>(min_t) + span);
  return run.info.max_t >= min_t;
}

// The samples of `run` at or after `t`.
SampleRun From(const SampleRun& run, int64_t t) {
  const auto n =
      static_cast<size_t>(std::lower_bound(run.t.begin(), run.t.end(), t) - run.t.begin());
  return run.Part(n, run.size() - n);
}

}  // namespace

void AppendRun(std::string& out, const ChunkView& chunk, const RunInfo& info,
               std::string_view starts) {
  const size_t start = out.size();
  AppendBigEndian<uint8_t>(out, starts.empty() ? kPlain : kWithStarts);
  AppendBigEndian<uint8_t>(out, static_cast<uint8_t>(chunk.codec));
  AppendBigEndian<uint8_t>(out, info.flags);
  AppendVarint(out, chunk.count);
  AppendZigzag(out, info.min_t);
  AppendVarint(out, static_cast<uint64_t>(info.max_t) - static_cast<uint64_t>(info.min_t));
  AppendVarint(out, info.sequence);
  AppendLengthPrefixed(out, chunk.bytes);
  if (!starts.empty()) AppendLengthPrefixed(out, starts);
  AppendBigEndian<uint32_t>(out, Checksum32(std::string_view(out).substr(start)));
}

void AppendCut(std::string& out, const CutInterval& cut, uint64_t sequence) {
  if (cut.after >= cut.until) return;
  AppendRun(out, {Codec::kCut, 0, {}}, {cut.after + 1, cut.until, sequence, 0});
}

StatusOr<EncodedRun> ReadRun(std::string_view& in) {
  std::string_view rest = in;
  EncodedRun run;
  uint8_t version;
  uint64_t length;
  if (!ReadBigEndian(rest, version)) return DataLoss("run: no bytes");
  if (version != kPlain && version != kWithStarts) {
    return DataLoss(fmt::format("run: version {}, this program reads {}", version, kWithStarts));
  }
  if (!ReadHeader(rest, run, length)) return DataLoss("run: the header is cut or damaged");
  if (length > rest.size() || rest.size() - length < sizeof(uint32_t)) {
    return DataLoss(
        fmt::format("run: {} bytes and a checksum wanted, {} left", length, rest.size()));
  }
  run.chunk.bytes = rest.substr(0, length);
  rest.remove_prefix(length);
  if (version == kWithStarts && (!ReadLengthPrefixed(rest, run.starts) || run.starts.empty() ||
                                 rest.size() < sizeof(uint32_t))) {
    return DataLoss("run: the starts are cut or damaged");
  }
  const uint32_t checksum = Checksum32(in.substr(0, in.size() - rest.size()));
  uint32_t stored = 0;
  ReadBigEndian(rest, stored);
  if (stored != checksum) {
    return DataLoss(fmt::format("run: checksum {:08x}, want {:08x}", checksum, stored));
  }
  if (!IsKnown(static_cast<uint8_t>(run.chunk.codec))) {
    return DataLoss(fmt::format("run: unknown codec {}", static_cast<unsigned>(run.chunk.codec)));
  }
  run.bytes = in.substr(0, in.size() - rest.size());
  in = rest;
  return run;
}

RunListIterator::RunListIterator(std::string list, bool start_times)
    : list_(std::move(list)), start_times_(start_times), rest_(list_) {}

bool RunListIterator::Next() {
  constexpr int64_t kAnyTime = std::numeric_limits<int64_t>::min();
  while (!NextBatch()) {
    if (!OpenRun(kAnyTime)) return false;
  }
  return true;
}

bool RunListIterator::Seek(int64_t t) {
  while (run_.size() == 0 || run_.t.back() < t) {
    if (decoder_ != nullptr && decoder_max_t_ < t) decoder_ = nullptr;
    if (decoder_ != nullptr && !reads_starts_) decoder_->Skip(t);
    while (!NextBatch()) {
      if (!OpenRun(t)) return false;
    }
  }
  run_ = From(run_, t);
  return true;
}

// The next samples of the run that is open.
bool RunListIterator::NextBatch() {
  run_ = {};
  if (decoder_ == nullptr || !status_.ok()) return false;
  if (decoder_->Next()) {
    run_ = decoder_->run();
    return !reads_starts_ || ReadStarts();
  }
  if (!decoder_->status().ok()) Fail(decoder_->status());
  decoder_ = nullptr;
  return false;
}

// Of the samples in run_.
bool RunListIterator::ReadStarts() {
  starts_.clear();
  for (const int64_t t : run_.t) starts_.push_back(start_reader_.Next(t));
  run_.start = starts_;
  if (start_reader_.ok()) return true;
  run_ = {};
  return Fail(DataLoss("run: the starts are damaged"));
}

// Opens the next run that does not end before `from`.
bool RunListIterator::OpenRun(int64_t from) {
  while (status_.ok() && !rest_.empty()) {
    const StatusOr<EncodedRun> run = ReadRun(rest_);
    if (!run.ok()) return Fail(run.status());
    if (run->chunk.codec == Codec::kOpaque) return Fail(DataLoss("run: opaque bytes"));
    if (run->chunk.codec == Codec::kCut) continue;
    if (opened_any_ && run->info.min_t <= decoder_max_t_) {
      return Fail(DataLoss(fmt::format("run: begins at {}, the one before it ends at {}",
                                       run->info.min_t, decoder_max_t_)));
    }
    opened_any_ = true;
    decoder_max_t_ = run->info.max_t;
    if (run->info.max_t < from) continue;
    decoder_ = NewChunkDecoder(run->chunk);
    reads_starts_ = start_times_ && !run->starts.empty();
    if (reads_starts_) {
      start_reader_ = StartReader(run->starts);
    } else {
      decoder_->Skip(from);
    }
    return true;
  }
  return false;
}

// Where it was: up to which byte runs were read.
bool RunListIterator::Fail(const Status& status) {
  status_ = DataLoss(fmt::format("run list of {} bytes, at byte {}: {}", list_.size(),
                                 list_.size() - rest_.size(), MessageOf(status)));
  return false;
}

}  // namespace tidemark::tsdb
