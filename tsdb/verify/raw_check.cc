#include <fmt/format.h>

#include "tsdb/chunk/encoded_run.h"
#include "tsdb/verify/checks.h"
#include "tsdb/verify/describe.h"

namespace tidemark::tsdb {
namespace {

const std::string kWhere = "raw";

// "" or what is wrong with the samples of one run.
std::string CheckSamples(const EncodedRun& run) {
  const auto decoder = NewChunkDecoder(run.chunk);
  StartReader starts(run.starts);
  uint64_t n = 0;
  int64_t first = 0;
  int64_t last = 0;
  while (decoder->Next()) {
    for (const int64_t t : decoder->run().t) {
      if (n > 0 && t <= last) return fmt::format("sample {} at {} is not after {}", n, t, last);
      if (n++ == 0) first = t;
      last = t;
      starts.Next(t);
    }
  }
  if (!decoder->status().ok()) return std::string(MessageOf(decoder->status()));
  if (n != run.chunk.count) return fmt::format("{} samples, {} announced", n, run.chunk.count);
  if (!starts.ok()) return "the starts of the samples are damaged";
  if (n == 0) return "no samples";
  if (first == run.info.min_t && last == run.info.max_t) return "";
  return fmt::format("samples from {} to {}, {} to {} announced", DescribeTime(first),
                     DescribeTime(last), DescribeTime(run.info.min_t),
                     DescribeTime(run.info.max_t));
}

std::string CheckRun(const RawKey& key, const EncodedRun& run, uint64_t next_sequence) {
  if (run.chunk.codec == Codec::kOpaque) {
    return fmt::format("{} bytes that could not be read when they were merged",
                       run.chunk.bytes.size());
  }
  if (run.info.min_t < BlockFirst(key.block_end) || run.info.max_t > key.block_end) {
    return fmt::format("samples from {} to {} are not all of this block",
                       DescribeTime(run.info.min_t), DescribeTime(run.info.max_t));
  }
  if (run.info.sequence >= next_sequence) {
    return fmt::format("holds journal record {}, the journal ends before {}", run.info.sequence,
                       next_sequence);
  }
  return run.chunk.codec == Codec::kCut ? "" : CheckSamples(run);
}

std::string CheckKey(const VerifyContext& context, const RawKey& key) {
  const bool ends = BlockEnd(key.block_end) == key.block_end ||
                    (context.store.format() < 3 && IsNarrowBlockEnd(key.block_end));
  if (!ends) return "no block ends then";
  if (PartitionOf(key.block_end) != key.partition) {
    return fmt::format("lies in partition {}, not {}", key.partition, PartitionOf(key.block_end));
  }
  if (context.tenants.count(key.tenant) == 0) return "its tenant is not in the catalog";
  if (!context.Knows(key.tenant, key.series)) return "its series is not in the catalog";
  return "";
}

}  // namespace

std::string CheckRunList(const RawKey& key, std::string_view list, uint64_t next_sequence,
                         VerifyCounts& counts) {
  const size_t size = list.size();
  bool has_previous = false;
  int64_t previous_max = 0;
  while (!list.empty()) {
    const size_t at = size - list.size();
    const auto run = ReadRun(list);
    if (!run.ok()) return fmt::format("byte {}: {}", at, MessageOf(run.status()));
    const std::string wrong = CheckRun(key, *run, next_sequence);
    if (!wrong.empty()) return fmt::format("run at byte {}: {}", at, wrong);
    ++counts.runs;
    if (run->chunk.codec == Codec::kCut) continue;
    if (has_previous && run->info.min_t <= previous_max) {
      return fmt::format("run at byte {}: begins at {}, the one before it ends at {}", at,
                         DescribeTime(run->info.min_t), DescribeTime(previous_max));
    }
    has_previous = true;
    previous_max = run->info.max_t;
    counts.block_samples += run->chunk.count;
  }
  return "";
}

void CheckRaw(VerifyContext& context) {
  const auto it = context.store.NewIterator(Family::kRaw);
  for (it->Seek(""); it->Valid(); it->Next()) {
    RawKey key;
    if (!DecodeRawKey(it->key(), key)) {
      context.findings.Error(kWhere, DescribeBytes(it->key()), "is no key of raw");
      continue;
    }
    ++context.counts.blocks;
    const std::string wrong_key = CheckKey(context, key);
    if (!wrong_key.empty()) context.findings.Error(kWhere, DescribeBlock(key), wrong_key);
    const std::string wrong = CheckRunList(key, it->value(), context.next_sequence, context.counts);
    if (!wrong.empty()) context.findings.Error(kWhere, DescribeBlock(key), wrong);
  }
  if (!it->status().ok()) {
    context.findings.Error(kWhere, "scan", std::string(MessageOf(it->status())));
  }
}

}  // namespace tidemark::tsdb
